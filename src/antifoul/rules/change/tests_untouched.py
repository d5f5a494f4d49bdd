"""tests-untouched."""

from collections.abc import Iterator, Mapping

from antifoul.facts.change import Change, ChangedFile
from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.facts.source import Source
from antifoul.measures.substance import Part, changed, substance
from antifoul.rules.registry import rule

_NAMED = 3


@rule("tests-untouched", severity="warning", triggers=(b".py",))
def tests_untouched(change: Change) -> Iterator[Hit]:
    """Package code changed in substance, and no test was touched.

    The bugs that cost most in post-training do not crash: a mask, a scale, a sign. Only a test notices, and a
    test is cheapest while the change is fresh in mind.

    Add or change a test of what changed. Comments, docstrings, annotations, formatting, version labels,
    imports, renames, moves and deletions need none; a comment in a test, an empty `__init__.py` or a deleted
    test is no test.

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
    if any(map(_is_touched_test, change.files)):
        return
    new = {file.path: _new_parts(file) for file in change.files if file.after and file.after.role == "package"}
    if not any(new.values()):
        return
    moved = {(_last(name), part.text) for file in change.files for name, part in _parts(file.before).items()}
    for file in change.files:
        parts = {name: part for name, part in new.get(file.path, {}).items() if (_last(name), part.text) not in moved}
        if parts and file.after is not None:
            first = min(parts.values(), key=lambda part: part.line)
            yield Hit(
                line=file.after.git_line(first.line),
                message=f"{_named(parts)} changed, and the change touches no test",
                path=file.path,
                anchor=" ".join(sorted(parts)),
            )


def _is_touched_test(file: ChangedFile) -> bool:
    return file.after is not None and file.after.role == "test" and bool(_new_parts(file))


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


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _named(parts: Mapping[str, Part]) -> str:
    names = [name or "module code" for name, _ in sorted(parts.items(), key=lambda item: item[1].line)]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
