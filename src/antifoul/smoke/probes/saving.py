"""Save, scramble, load: is every trained weight back, and what was tied still tied?"""

import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Saving
from antifoul.smoke.adapters import Program
from antifoul.smoke.building import told
from antifoul.smoke.scramble import apart, scrambled, values_of


def record(program: Program, _seed: int) -> Saving | Unjudged:
    """What saving and loading kept, or why they could not be tried."""
    if refused := program.savers():
        return refused
    if not any(one.requires_grad for one in program.model.parameters()):
        return Unjudged("no parameter of the model is trainable")
    with tempfile.TemporaryDirectory(prefix="antifoul-") as folder, program.kept():
        try:
            return _tried(program, str(Path(folder) / "saved"))
        except Exception as problem:  # noqa: BLE001  a guest's functions
            return Unjudged(f"saving or loading stopped ({told(problem)})")


def _tried(program: Program, folder: str) -> Saving | Unjudged:
    model = program.model
    program.moved_once()
    before, mode, ties = values_of(model), bool(model.training), _ties(model)
    if any(bool(one.isnan().any()) for one in before.values()):
        return Unjudged("a step leaves weights that are NaN, and NaN is not equal to itself: see the law `finite`")
    program.save(folder)
    changed = [name for name, one in model.named_parameters() if name in before and not _equal(one, before[name])]
    kept = bool(model.training)
    noise = scrambled(model)
    loaded = program.load(folder)
    if isinstance(loaded, Unjudged):
        return loaded
    now = {name: id(one) for name, one in loaded.named_parameters(remove_duplicate=False)}
    return Saving(
        apart=apart(loaded, before, noise),
        untied=tuple(pair for pair in ties if now.get(pair[0]) != now.get(pair[1])),
        changed=tuple(changed),
        mode=kept != mode,
        total=len(before),
    )


def _equal(one: Any, other: Any) -> bool:  # noqa: ANN401  torch tensors
    return bool(one.shape == other.shape and one.dtype == other.dtype and (one == other).all())


def _ties(model: Any) -> list[tuple[str, str]]:  # noqa: ANN401  a torch module
    """The pairs of names that share one parameter."""
    named: dict[int, list[str]] = {}
    for name, one in model.named_parameters(remove_duplicate=False):
        named.setdefault(id(one), []).append(name)
    return [pair for names in named.values() for pair in combinations(names, 2)]
