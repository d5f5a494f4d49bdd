"""import-broken."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.measures.modules import imports
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source
    from antifoul.measures.modules import Modules


@rule("import-broken", severity="error", cost="tree", novelty="debt")
def import_broken(source: Source, modules: Modules) -> Iterator[Hit]:
    """A module that imports a name which its own repository's module does not define.

    A function was renamed, and a recipe that nobody ran that week still imports the old name: it fails after the queue,
    on the day of the deadline. The change that breaks it is the place to say so, also where the importing file is not
    touched.

    Change the import, or keep the old name. Modules that fill their namespace when they run (`__getattr__`,
    `globals()`, a lazy loader), imports inside `try`, and files that a build writes are not judged; an import under
    `if TYPE_CHECKING` is warned about.

    Bad::

        # in trainer.py, while loss.py defines dpo_loss
        from loss import dpo

    Good::

        from loss import dpo_loss
    """
    for one in imports(source):
        problem = modules.problem(one, source.path)
        if problem:
            yield Hit(
                line=source.git_line(one.line),
                message=problem,
                anchor=f"{one.module}:{one.name}",
                severity="warning" if one.typing_only else None,
            )
