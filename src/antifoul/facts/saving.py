"""What saving keeps: weights, states, checkpoints."""

from typing import NamedTuple


class Apart(NamedTuple):
    """A tensor that came back differently from how it was saved."""

    name: str
    difference: float  # of the largest element
    scale: float  # its largest element
    scrambled: bool  # it is still what it was made to be before loading: it was not loaded at all


class Saving(NamedTuple):
    """Weights that were saved, then scrambled, then loaded."""

    apart: tuple[Apart, ...]
    untied: tuple[tuple[str, str], ...]  # names that shared a tensor before, and do not after loading
    changed: tuple[str, ...]  # parameters that saving itself changed
    mode: bool  # saving left the model in another mode
    total: int  # tensors that were compared


class Moment(NamedTuple):
    """One optimizer step, in a few numbers."""

    batch: int  # a hash of the rows
    loss: float | None
    gradient: float  # its norm
    pulls: tuple[float, ...]  # its norm in each parameter: clipping hides nothing there
    lr: float
    change: float  # of the weights: the root of the sum of squares of the largest change in each parameter


class Resuming(NamedTuple):
    """The same steps twice: without a break, and from a checkpoint."""

    whole: tuple[Moment, ...]  # the steps after the checkpoint, without a break
    resumed: tuple[Moment, ...]
    apart: tuple[Apart, ...]  # weights after loading, beside those when it was saved
    dropout: bool
    fed: bool  # the program gives its own batches: their order is its own


class Kept(NamedTuple):
    """One call of save_rotating."""

    metric: float
    survives: bool  # at the end, something of what it wrote is still there


class Rotation(NamedTuple):
    """Checkpoints saved with metrics, and which of them are left."""

    calls: tuple[Kept, ...]
    better: str  # "lower", "higher", "" where the program does not say
    left: int  # files and folders at the end


class Build(NamedTuple):
    """One build of the target from a seed: its first weights and losses."""

    weights: tuple[tuple[str, int], ...]  # a hash of each parameter
    batches: tuple[int, ...]  # hashes of the first batches
    losses: tuple[float, ...]


class Seeding(NamedTuple):
    """The target built twice with one seed, and once with another."""

    first: Build
    again: Build
    other: Build | None
    named: bool  # the factory has a parameter `seed`


class Loading(NamedTuple):
    """One epoch of the program's own loader."""

    rows: int  # of the data set
    seen: tuple[int, ...]  # how often each row came, in order of the data set
    batch: int  # rows of the largest batch
    strange: int  # rows that are none of the data set's
    sampler: str  # the class of the sampler, "" where there is none
    drops: bool  # drop_last is asked for
    source: str  # "indices", "contents"
    again: tuple[int, ...] = ()  # hashes of the first batch, twice
