"""file-missing."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("file-missing", severity="error", cost="tree", novelty="debt")
def file_missing(usage: Usage) -> Iterator[Hit]:
    r"""A config file that a config or a launch command names and that the repository does not have.

    It was moved or renamed, and who names it was not. The job stops when it looks for it.

    Judged are files that are read when a run starts: training configs, deepspeed, accelerate and FSDP files, chat
    templates. They are looked for from the top, from where the script went, and in the folders above the file that
    names them; and only where the repository has their folder, with files of their kind in it.

    Correct the path.

    Bad::

        files = {"ds/zero3.json": "{}", "a.yaml": "deepspeed: ds/zero_3.json\n"}

    Good::

        files = {"ds/zero3.json": "{}", "a.yaml": "deepspeed: ds/zero3.json\n"}
    """
    for stray in usage.files:
        hint = f"; did you mean {stray.near!r}?" if stray.near else ""
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.taker}: there is no file {stray.name}{hint}",
            symbol=stray.taker,
            anchor=stray.name,
            severity=milder(usage.path, "error"),
        )
