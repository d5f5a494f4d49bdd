"""override-unknown."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, milder, taken_by
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("override-unknown", severity="error", cost="tree", novelty="debt")
def override_unknown(usage: Usage) -> Iterator[Hit]:
    r"""An override in a launch command of a key that the config does not have.

    Hydra refuses it when the job starts. A `+` before a key that is there already is refused too, and so is taking
    away what is not there.

    The config is composed from its files by their defaults lists; what depends on an interpolation or on a choice that
    is left open is not judged.

    Correct the key to the one that is named; write `+key=value` to add one.

    Bad::

        files = {"conf/train.yaml": "optim:\n  lr: 0.1\n", "run.sh": "python train.py optim.lrr=0.2\n"}

    Good::

        files = {"conf/train.yaml": "optim:\n  lr: 0.1\n", "run.sh": "python train.py optim.lr=0.2 +optim.eps=1\n"}
    """
    for stray in usage.overrides:
        note = f": {stray.note}" if stray.note else ""
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} does not fit {taken_by(stray)}{note}{hint(stray)}",
            symbol=stray.name,
            anchor=f"{stray.taker} {stray.name}",
            severity=milder(usage.path, "error"),
        )
