"""tests-untouched."""

from __future__ import annotations

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.measures.substance import Part, changed, substance
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from antifoul.facts.change import Change, ChangedFile
    from antifoul.facts.source import Source
    from antifoul.measures.testing import Tests

_NAMED = 3
_BUILD = frozenset({"setup.py", "noxfile.py"})  # they run when a package is built, and no test imports them


@rule("tests-untouched", severity="warning")
def tests_untouched(change: Change, tests: Tests) -> Iterator[Hit]:
    """Package code changed in substance, and no test of it was touched.

    The bugs that cost most in post-training do not crash: a mask, a scale, a sign. Only a test notices, and a
    test is cheapest while the change is fresh in mind.

    Add or change a test of what changed: one that imports it, over other modules too, or is named for it. Comments,
    docstrings, annotations, formatting, version labels, imports, renames, moves, deletions and setup.py need none; a
    comment in a test, an empty `__init__.py` or a deleted test is no test. With `--coverage FILE` the lines that
    existing tests run are told.

    Bad::

        # the change
        def loss(logits, labels):
            return cross_entropy(logits[:-1], labels[1:])

    Good::

        # the change
        def loss(logits, labels):
            return cross_entropy(logits[:-1], labels[1:])

        # in tests/test_loss.py
        def test_the_last_token_is_not_a_target():
            assert loss(certain(3), [1, 2, 3]) == 0
    """
    new = {file.path: _new_parts(file) for file in change.files if _is_tested(file)}
    if not any(new.values()):
        return
    moved = _gone(change)
    for file in change.files:
        parts = {name: part for name, part in new.get(file.path, {}).items() if not (moved and part.text in moved)}
        if not parts or file.after is None or tests.touched_for(file.path):
            continue
        first = min(parts.values(), key=lambda part: part.line)
        yield Hit(
            line=_line(file, file.after, first),
            message=f"{_named(parts)} changed, and no test of it was touched{_known(file, tests)}",
            path=file.path,
            anchor=" ".join(sorted(parts)),
        )


def _line(file: ChangedFile, after: Source, part: Part) -> int:
    """The first changed line of a part, or where it begins: lines may only have been taken out of it."""
    first, last = after.git_line(part.start), after.git_line(part.end_line)
    return min((line for line in file.added() if first <= line <= last), default=after.git_line(part.line))


def _is_tested(file: ChangedFile) -> bool:
    return file.after is not None and file.after.role == "package" and file.path.rpartition("/")[2] not in _BUILD


def _known(file: ChangedFile, tests: Tests) -> str:
    """What is known of the tests that there are."""
    importing = tests.importing(file.path) if file.before is not None else ()
    more = len(importing) - _NAMED
    names = ", ".join(importing[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    said = f": {names} {'imports' if len(importing) == 1 else 'import'} it" if importing else ""
    covered = tests.covered(file.path)
    if covered is not None:
        lines = sorted(covered.intersection(file.added()))
        said += f"; existing tests run {len(lines)} of its {file.added_lines} new lines"
    return said


def _gone(change: Change) -> frozenset[str]:
    """The text of each definition that the change took away: what has it now was moved or renamed."""
    gone = []
    for file in change.files:
        before = _parts(file.before)
        after = _parts(file.after) if before else {}
        gone += [part.text for name, part in before.items() if name and name not in after]
        if file.after is None and "" in before:
            gone.append(before[""].text)
    return frozenset(gone)


def _new_parts(file: ChangedFile) -> Mapping[str, Part]:
    if file.after is None or not file.after.is_python:
        return {}
    try:
        return changed(file.before, file.after)
    except ReadError:  # the rule file-unreadable says so, or the old side was broken: then all of it is new
        return _parts(file.after)


def _parts(source: Source | None) -> Mapping[str, Part]:
    if source is None or not source.is_python:
        return {}
    try:
        return substance(source.tree)
    except ReadError:
        return {}


def _named(parts: Mapping[str, Part]) -> str:
    names = [name or "module code" for name, _ in sorted(parts.items(), key=lambda item: item[1].line)]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
