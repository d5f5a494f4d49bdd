"""file-unreadable."""

from __future__ import annotations

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.facts.roles import is_template
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.change import Change


@rule("file-unreadable", severity="error")
def file_unreadable(change: Change) -> Iterator[Hit]:
    """A source file that the change adds or edits and that cannot be read.

    A file with a syntax error, a wrong encoding or NUL bytes is passed over by most tools without a word, so
    that every other check looks green. The run that imports it then fails after it has waited for its GPUs.

    Mend the file, or exclude it if it is not source (`exclude` in the settings; templates end in `.j2`).

    Bad::

        def step(batch)
            return batch

    Good::

        def step(batch):
            return batch
    """
    for skip in change.skipped:
        yield Hit(
            line=max(skip.line, 1),
            message=f"cannot be judged: {skip.reason}",
            path=skip.path,
            anchor="unread",
        )
    for file in change.files:
        source = file.after
        if source is None or not source.is_python or is_template(file.path):
            continue
        if source.role in {"vendored", "generated"}:
            continue
        try:
            _ = source.tree
        except ReadError as problem:
            yield Hit(line=1, message=f"cannot be judged: {problem}", path=file.path, anchor="unread")
