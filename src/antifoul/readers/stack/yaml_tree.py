"""YAML as a tree of values with their lines, by the parser's events: no object is built, whatever a tag says."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml  # noqa: TID253  this module is loaded for YAML alone

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table
from antifoul.facts.stack.paths import Key, shown_key
from antifoul.facts.stack.scalars import resolved
from antifoul.readers.config_marks import Marks
from antifoul.readers.config_yaml import marked
from antifoul.readers.stack.yaml_tags import tagged

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(slots=True)
class _Reading:
    """What is known so far of one document."""

    layer: str
    place: str
    notes: list[Note]
    anchors: dict[str, Node] = field(default_factory=dict)

    def origin(self, event: Any) -> Origin:  # noqa: ANN401  PyYAML's events have no common type in its stubs
        """Where it stands."""
        return Origin(self.layer, self.place, event.start_mark.line + 1, event.start_mark.column + 1)


def yaml_tree(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    """The one document in the text, and what there is to say of it.

    Raises:
        ReadError: with line and column: it is not YAML, too deep, grows without bound, or several documents.
    """
    marked(text, Marks())  # refuses, with its place, what this walk could not bear
    notes: list[Note] = []
    found: Node | None = None
    events = iter(yaml.parse(text, Loader=_LOADER))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            reading = _Reading(layer, place, notes)
            node = _node(next(events), events, reading)
            if isinstance(node, Scalar) and node.value is None:
                continue
            if found is not None:
                raise ReadError("it holds several documents; a config is one", reading.origin(event).line, 1)
            found = node
    return found if found is not None else Table({}, Origin(layer, place, 1, 1)), notes


def _node(event: Any, events: Iterator[Any], reading: _Reading) -> Node:  # noqa: ANN401  as above
    match event:
        case yaml.AliasEvent():
            return _aliased(event, reading)
        case yaml.ScalarEvent():
            node = _scalar(event, reading)
        case yaml.SequenceStartEvent():
            node = tagged(event.tag, _listing(event, events, reading), reading.notes)
        case _:
            node = tagged(event.tag, _table(event, events, reading), reading.notes)
    if event.anchor:
        _anchored(event, node, reading)
    return node


def _aliased(event: Any, reading: _Reading) -> Node:  # noqa: ANN401  as above
    origin = reading.origin(event)
    if event.anchor not in reading.anchors:
        raise ReadError(f"the anchor &{event.anchor} holds itself", origin.line, origin.column)
    return replace(reading.anchors[event.anchor], origin=origin)


def _anchored(event: Any, node: Node, reading: _Reading) -> None:  # noqa: ANN401  as above
    if event.anchor in reading.anchors:
        message = f"the anchor &{event.anchor} is defined again: PyYAML refuses that"
        reading.notes.append(Note(message, reading.origin(event)))
    reading.anchors[event.anchor] = node


def _scalar(event: Any, reading: _Reading) -> Node:  # noqa: ANN401  as above
    origin = reading.origin(event)
    if event.tag and event.tag != "!":
        return tagged(event.tag, Scalar(event.value, origin, event.value), reading.notes)
    if not event.implicit[0]:
        return Scalar(event.value, origin)
    try:
        return Scalar(resolved(event.value), origin, event.value)
    except ReadError as problem:
        raise ReadError(str(problem), origin.line, origin.column) from None


def _listing(start: Any, events: Iterator[Any], reading: _Reading) -> Listing:  # noqa: ANN401  as above
    items = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        items.append(_node(event, events, reading))
    return Listing(tuple(items), reading.origin(start))


def _table(start: Any, events: Iterator[Any], reading: _Reading) -> Table:  # noqa: ANN401  as above
    own: dict[Key, Node] = {}
    below: list[Table] = []  # what `<<` takes in, the first over the others
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        origin = reading.origin(event)
        merges = (
            isinstance(event, yaml.ScalarEvent) and event.value == "<<" and (event.implicit[0] or event.tag == _MERGE)
        )
        key = None if merges else _key(_node(event, events, reading), origin)
        value = _node(next(events), events, reading)
        if merges:
            below += _merged_in(value, origin)
            continue
        if key in own:
            message = f"{shown_key(key)!r} is set again, first at line {own[key].origin.line}: the last one counts"
            reading.notes.append(Note(message, origin, fatal=True))
        own[key] = replace(value, origin=origin)
    taken: dict[Key, Node] = {}
    for table in reversed(below):
        taken |= table.items
    return Table({**taken, **own}, reading.origin(start))


def _key(node: Node, origin: Origin) -> Key:
    if isinstance(node, Scalar) and not isinstance(node.value, bytes):
        return node.value  # type: ignore[return-value]  # datetime and time cannot be made without a tag
    raise ReadError("a key that is a list or a mapping", origin.line, origin.column)


def _merged_in(value: Node, origin: Origin) -> list[Table]:
    tables = list(value.items) if isinstance(value, Listing) else [value]
    if not all(isinstance(table, Table) for table in tables):
        raise ReadError("<< takes in a mapping or a list of them", origin.line, origin.column)
    return [table for table in tables if isinstance(table, Table)]
