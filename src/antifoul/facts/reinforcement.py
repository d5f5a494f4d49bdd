"""What the functions of reinforcement training give for inputs whose right answers are known."""

from typing import NamedTuple


class Advantages(NamedTuple):
    """Advantages of three groups of rewards."""

    size: int  # rewards in a group
    given: tuple[float, ...]  # of rewards that differ, group after group
    rewards: tuple[float, ...]
    touched: tuple[int, ...]  # advantages that change, more than in size, when the first reward changes
    resized: bool  # others of them change in size alone
    equal: tuple[float, ...]  # of groups of equal rewards
    scale: str  # what the program declares: "group", "batch", "none", ""


class EndMask(NamedTuple):
    """A completion mask of rows with EOS at known places."""

    ids: tuple[tuple[int, ...], ...]
    given: tuple[tuple[int, ...], ...]
    eos: int
    cut: str  # what is done with rows without EOS, where the program declares it


class Surrogate(NamedTuple):
    """Slopes of the policy loss in the log-probabilities, by the sign of the advantage and the ratio."""

    slopes: tuple[tuple[str, float], ...]  # "up", "up high", "up low", "down", "down high", "down low"
    uses_old: bool  # the loss changes when old_logps change
    masked: bool | None  # log-probabilities under a mask of 0 change the loss; None: it takes no mask
    widened: tuple[float, float] | None  # the loss, and that with more masked columns
    loss_type: str


class Rewards(NamedTuple):
    """What the reward function says."""

    given: tuple[float, ...]
    turned: tuple[float, ...]  # of the same completions in the reverse order, turned back
    good: float | None  # of the known good answer, None where none was given
    bad: float | None
    again: tuple[float, ...]


class Rollout(NamedTuple):
    """A batch as the program samples it, and the first step on it."""

    weights: tuple[tuple[float, ...], ...]  # of the tokens of each row that the first step trains
    still: tuple[tuple[float, ...], ...]  # the same with dropout off
    after_end: tuple[tuple[int, int], ...]  # row and position of trained tokens after an EOS
    end_missing: tuple[int, ...]  # rows whose first EOS follows trained tokens and is not trained
    kl: float | None  # that the first step tells
    kl_slope: float | None  # cosine of the loss's slope with that of the KL, where nothing but the KL is left
    differ: tuple[str, ...]  # parameters of the reference that are not the policy's
    told: tuple[tuple[float, float], ...]  # rewards in the batch, and those of its completions
    temperature: float | None
    tokenwise: bool  # advantages differ from token to token
