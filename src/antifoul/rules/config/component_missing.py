"""component-missing."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("component-missing", severity="error", cost="tree", novelty="debt")
def component_missing(usage: Usage) -> Iterator[Hit]:
    r"""A class or function that a config names and that its module does not define.

    It was renamed or moved, and the configs that name it were not. They fail when the component is built, which may
    be after the model has been loaded on every node.

    Names under `_component_`, `_target_`, `class_path` and their kin are followed through the code's imports. A module
    that makes names when it runs, and one that is not at hand, is not judged.

    Correct the name.

    Bad::

        files = {"pkg/loss.py": "class DPOLoss: ...\n", "a.yaml": "loss:\n  _target_: pkg.loss.DpoLoss\n"}

    Good::

        files = {"pkg/loss.py": "class DPOLoss: ...\n", "a.yaml": "loss:\n  _target_: pkg.loss.DPOLoss\n"}
    """
    for stray in usage.components:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name} is not defined in {stray.taker}{hint(stray)}",
            symbol=stray.name,
            anchor=stray.name,
            severity=milder(usage.path, "error"),
        )
