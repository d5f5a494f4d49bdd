"""Build and train the target from a configuration that remembers what was asked of it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from antifoul.facts.run import Unjudged
from antifoul.facts.tokens import Unread
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.asked import Asked, leaves
from antifoul.smoke.building import told

_NONE = Unjudged(
    "the target is not made from a mapping of settings", "def make(config={'lr': 1e-3, ...}): ...  # a default to try"
)


def record(program: Program, _seed: int) -> Unread | Unjudged:
    """The keys that nothing read, or why there is no configuration."""
    name, config = program.config_given
    if not isinstance(config, Mapping) or not config or program.rebuild is None:
        return _NONE
    seen: set[str] = set()
    plain = dict(config)
    try:
        made = program.fresh(**{name: Asked(plain, seen)})
        if made is None:
            return _NONE
        _used(made)
    except Exception as problem:  # noqa: BLE001  a guest's factory: it wants its own kind of mapping
        return Unjudged(f"the target could not be made from a mapping ({told(problem)})")
    keys = list(leaves(plain))
    return Unread(tuple(key for key in keys if key not in seen), len(keys))


def _used(made: Program) -> None:
    """Train, evaluate and save, so that what is read late is read."""
    if made.refused() is None:
        made.drive(2, 1, 2)
    if not isinstance(made, Loop):
        return
    evaluate, save = made.get("evaluate"), made.get("save")
    if evaluate is not None:
        evaluate(*([[made.batch(2)]] if made.wants(evaluate) and made.has_rows() else []))
    if save is not None:
        with tempfile.TemporaryDirectory(prefix="antifoul-") as folder:
            save(str(Path(folder) / "saved"))
