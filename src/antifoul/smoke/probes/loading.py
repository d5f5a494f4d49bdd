"""One epoch of the program's own loader: how often does each row of the data come?"""

from collections import Counter
from itertools import islice
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Loading
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.batches import rows_of, take
from antifoul.smoke.building import told
from antifoul.smoke.forms import ids_in, mask_in, named_parts
from antifoul.smoke.prints import batch_print
from antifoul.smoke.world import set_seed

_MOST = 20_000  # rows of an epoch that is looked at by indices
_FEW = 512  # by contents
_NONE = Unjudged("no dataloader", "dataloader = ...  # that gives one epoch each time it is iterated")


def record(program: Program, _seed: int) -> Loading | Unjudged:
    """How often each row came, or why no epoch could be read."""
    try:
        if isinstance(program, HfTrainer):
            return _of_trainer(program)
        if not isinstance(program, Loop):
            return _NONE
        loader = program.get("dataloader") or program.get("train_dataloader") or program.get("train_loader")
        if loader is None:
            return _of_batches(program)
        with program.untouched():
            return _epoch(loader, program)
    except Exception as problem:  # noqa: BLE001  a guest's loader
        return Unjudged(f"the loader stopped ({told(problem)})")


def _of_trainer(program: HfTrainer) -> Loading | Unjudged:
    if refused := program.refused():
        return refused
    if program.samples:
        return Unjudged("a prompt comes once for each answer that is sampled")
    with program.borrowed():
        program.resize()
        return _epoch(program.trainer.get_train_dataloader(), None)


def _epoch(loader: Any, program: Loop | None) -> Loading | Unjudged:  # noqa: ANN401  a data loader
    loader = getattr(loader, "base_dataloader", loader)  # as accelerate wraps it
    batches = getattr(loader, "batch_sampler", None)
    dataset: Any = getattr(loader, "dataset", None)
    if batches is None or not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
        return _contents(loader, program) if program is not None else Unjudged("the data is a stream without an index")
    if len(dataset) > _MOST:
        return Unjudged(f"the data has more than {_MOST} rows")
    inner = getattr(batches, "batch_sampler", batches)
    groups = [list(one) for one in islice(iter(inner), _MOST)]
    counts: Counter[int] = Counter(one for group in groups for one in group if isinstance(one, int))
    sampler = getattr(inner, "sampler", None) or getattr(loader, "sampler", None)
    return Loading(
        rows=len(dataset),
        seen=tuple(counts.get(row, 0) for row in range(len(dataset))),
        batch=max(map(len, groups), default=0),
        strange=sum(count for row, count in counts.items() if not 0 <= row < len(dataset)),
        sampler=type(sampler).__name__,
        drops=bool(getattr(inner, "drop_last", False) or getattr(loader, "drop_last", False)),
        source="indices",
    )


def _of_batches(program: Loop) -> Loading | Unjudged:
    """An epoch of `next_batch`, as long as there are examples."""
    examples = program.examples()
    if program.get("next_batch") is None or not examples or program.get("collate") is None:
        return _NONE
    turns = []
    for seed in (11, 12):
        with program.untouched():
            set_seed(seed)
            turns.append([program.batch(1) for _ in range(len(examples))])
    if [batch_print(one) for one in turns[0]] != [batch_print(one) for one in turns[1]]:
        return Unjudged("next_batch draws at random, or cannot be begun anew", "dataloader = ...  # that has an epoch")
    counted = _counted(turns[0], program, "next_batch")
    if isinstance(counted, Loading) and sum(map(bool, counted.seen)) <= counted.rows / 2:
        return Unjudged("next_batch gives a few rows again and again", "dataloader = ...  # that has an epoch")
    return counted


def _contents(loader: Any, program: Loop) -> Loading | Unjudged:  # noqa: ANN401  a data loader
    if not hasattr(loader, "__iter__") or iter(loader) is loader:
        return Unjudged("the dataloader is an iterator without an end of its own")
    batches = list(islice(iter(loader), _FEW))
    if len(batches) >= _FEW or not program.examples() or program.get("collate") is None:
        return Unjudged("the loader's rows cannot be told by an index", "examples and collate, beside dataloader")
    return _counted(batches, program, "contents")


def _counted(batches: list[Any], program: Loop, source: str) -> Loading | Unjudged:
    given = program.get("examples")
    examples = list(islice(iter(given), _FEW))
    known = [_row_prints(program.collated([one])) for one in examples]
    if any(len(one) != 1 for one in known):
        return Unjudged("an example does not make one row")
    rows = [one for (one,) in known]
    if len(set(rows)) != len(rows):
        return Unjudged("some examples are the same")
    came = Counter(one for batch in batches for one in _row_prints(batch))
    return Loading(
        rows=len(rows),
        seen=tuple(came.get(one, 0) for one in rows),
        batch=max((rows_of(batch) or 1 for batch in batches), default=0),
        strange=sum(count for one, count in came.items() if one not in set(rows)),
        sampler="",
        drops=False,
        source=source,
    )


def _row_prints(batch: Any) -> list[tuple[int, ...]]:  # noqa: ANN401  a batch of any kind
    """The token ids of each row, without what the mask leaves out."""
    count = rows_of(batch) or 0
    found = []
    for row in range(count):
        parts = dict(named_parts(take(batch, [row])))
        name = ids_in(parts)
        if name is None:
            return []
        ids = parts[name]
        mask = mask_in(parts, ids)
        kept = ids[parts[mask].bool()] if mask else ids.flatten()
        found.append(tuple(int(one) for one in kept.tolist()))
    return found
