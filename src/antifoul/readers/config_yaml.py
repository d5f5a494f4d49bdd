"""Walk through YAML by its parser's events: no object is built, no alias expanded, any tag let through."""

from typing import Any

import yaml  # noqa: TID253  this module is loaded for YAML alone

from antifoul.facts.errors import ReadError
from antifoul.readers.config_marks import Marks

_DEEPEST = 200  # levels; loaders recurse and give up a little later
_LARGEST = 1_000_000  # nodes after aliases are expanded
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()  # its method is untyped in the stubs


def marked(text: str, marks: Marks) -> None:
    """Tell the marks what the documents in the text hold.

    Raises:
        ReadError: with line and column, where it is not YAML, too deep, or grows without bound.
    """
    walk = _Walk(marks)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            walk.take(event)
    except yaml.MarkedYAMLError as problem:
        raise _refused(problem, text) from None
    except yaml.YAMLError as problem:
        raise ReadError(f"it is not YAML: {_first(problem)}", *_unprintable(text)) from None


def _refused(problem: yaml.MarkedYAMLError, text: str) -> ReadError:
    mark = problem.problem_mark or problem.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())] if line <= len(lines) else ""
    if "\t" in indent:
        return ReadError("it is not YAML: the line is indented with a tab", line, column)
    context = f" {problem.context}" if problem.context else ""
    return ReadError(f"it is not YAML: {problem.problem}{context}", line, column)


def _first(problem: Exception) -> str:
    return str(problem).strip().split("\n")[0]


def _unprintable(text: str) -> tuple[int, int]:
    """Line and column of the first character that YAML does not allow."""
    for number, sign in enumerate(text):
        if not (sign.isprintable() or sign in "\t\n\r\x85\u2028\u2029\ufeff\xa0" or sign >= "\ue000"):
            return text.count("\n", 0, number) + 1, number - text.rfind("\n", 0, number)
    return 1, 1


class _Open:
    """A collection that is open: whether a key comes next, and how many nodes it holds with aliases expanded."""

    __slots__ = ("anchor", "key_next", "mapping", "size")

    def __init__(self, *, mapping: bool, anchor: str | None) -> None:
        self.mapping = mapping
        self.key_next = mapping
        self.anchor = anchor
        self.size = 1


class _Walk:
    """The state of a walk through the events."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._open: list[_Open] = []
        self._sizes: dict[str, int] = {}  # anchor -> nodes below it

    def take(self, event: Any) -> None:  # noqa: ANN401  PyYAML's events have no common type in its stubs
        """One event."""
        match event:
            case yaml.DocumentStartEvent():
                self._marks.restart()
                self._sizes.clear()
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end(event)
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                self._alias(event)
            case _:
                pass

    def _start(self, event: Any) -> None:  # noqa: ANN401  see above
        mark = event.start_mark
        if len(self._open) >= _DEEPEST:
            raise ReadError(f"it is nested more than {_DEEPEST} levels deep", mark.line + 1, mark.column + 1)
        if self._expects_key():
            self._marks.key("?", mark.line + 1, mark.column + 1, identity=(mark.line, mark.column))
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.anchor:
            self._sizes[event.anchor] = 1
        self._marks.enter(mapping=mapping)
        self._open.append(_Open(mapping=mapping, anchor=event.anchor))

    def _end(self, event: Any) -> None:  # noqa: ANN401  see above
        closed = self._open.pop()
        self._marks.leave()
        if closed.anchor:
            self._sizes[closed.anchor] = closed.size
        self._grow(closed.size, event)

    def _scalar(self, event: Any) -> None:  # noqa: ANN401  see above
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor:
            self._sizes[event.anchor] = 1
        tag = event.tag or _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        if self._expects_key():
            # A merge may stand more than once in a mapping; every other key may not.
            merge = tag == "tag:yaml.org,2002:merge"
            self._marks.key(event.value, line, column, identity=(line, column) if merge else (tag, event.value))
        else:
            self._marks.scalar(event.value if tag == "tag:yaml.org,2002:str" else None, line, column)
        self._grow(1, event)

    def _alias(self, event: Any) -> None:  # noqa: ANN401  see above
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor not in self._sizes:
            raise ReadError(f"it is not YAML: *{event.anchor} is not defined above", line, column)
        if self._expects_key():
            self._marks.key(f"*{event.anchor}", line, column, identity=(line, column))
        else:
            self._marks.scalar(None, line, column)
        self._grow(self._sizes[event.anchor], event)

    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].key_next

    def _grow(self, size: int, event: Any) -> None:  # noqa: ANN401  see above
        """One node is complete: a mapping's next node is the value of its key, or the next key."""
        if not self._open:
            return
        around = self._open[-1]
        around.size += size
        around.key_next = around.mapping and not around.key_next
        if around.size > _LARGEST:
            mark = event.start_mark
            raise ReadError(f"its aliases expand to more than {_LARGEST:,} values", mark.line + 1, mark.column + 1)
