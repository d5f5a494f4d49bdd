"""A config held against its schema: each value cast to its type, defaults filled in, and what does not fit."""

import re
from dataclasses import dataclass, replace

from antifoul.facts.stack.cast import cast
from antifoul.facts.stack.likeness import as_list, by_likeness, is_near, is_tag, preferred, shown
from antifoul.facts.stack.merge import MISSING, merge, settled
from antifoul.facts.stack.nodes import Node, Origin, Scalar, Table, Unknown
from antifoul.facts.stack.paths import Key, KeyPath, dotted, shown_key
from antifoul.facts.stack.schema import Field, Kind, Schema, Shape, is_alternative
from antifoul.facts.stack.unfit import UnfitError, must, within
from antifoul.facts.stack.words import hint


@dataclass(frozen=True, slots=True)
class Misfit:
    """A key or value that the schema does not take."""

    path: KeyPath
    origin: Origin
    message: str
    certain: bool = True  # False: the class has a validator of its own that may take it

    @property
    def sentence(self) -> str:
        """In one line, with its place."""
        key = f"{dotted(self.path)}: " if self.path else ""
        return f"{self.origin.spot}: {key}{self.message}"


def checked(tree: Table, schema: Schema) -> tuple[Table, tuple[Misfit, ...]]:
    """The tree as the schema wants it, and all that does not fit."""
    work = _Check(schema)
    whole = work.node(tree, schema.top, ())
    return (whole if isinstance(whole, Table) else tree), tuple(work.misfits)


class _Check:
    def __init__(self, schema: Schema) -> None:
        self.misfits: list[Misfit] = []
        self._schema = schema

    def node(self, node: Node, kind: Kind, path: KeyPath) -> Node:  # noqa: PLR0911  one for each type
        """The node as one of that type; a misfit is said, and stays as it is."""
        if isinstance(node, Unknown) or (isinstance(node, Scalar) and node.value == MISSING):
            return node
        try:
            match kind.sort:
                case "object":
                    return self._object(node, kind, path)
                case "union":
                    return self._union(node, kind, path)
                case "list" | "tuple":
                    return self._list(node, kind, path)
                case "mapping":
                    return self._mapping(node, kind, path)
                case _:
                    if isinstance(node, Scalar):
                        return cast(node, kind)
                    if kind.sort == "any":
                        return node
                    raise must(kind, node)
        except UnfitError as problem:
            self.misfits.append(Misfit(path, node.origin, str(problem)))
            return node

    def _object(self, node: Node, kind: Kind, path: KeyPath) -> Node:
        shape = self._schema.shape(kind)
        if shape is None:
            return node
        if not isinstance(node, Table):
            raise must(replace(kind, written="a mapping"), node)
        items: dict[Key, Node] = {}
        for key, inner in node.items.items():
            name = shown_key(key)
            field = shape.field(name)
            if field is None:
                items[key] = self._other(inner, name, shape, path, node)
            elif field.name in items:
                message = f"it is set twice, as {name!r} and under another of its names"
                self.misfits.append(Misfit((*path, key), inner.origin, message))
            else:
                items[field.name] = self._value(inner, field, (*path, field.name))
        for field in shape.fields:
            if field.name not in items:
                self._absent(field, shape, items, path, node)
        order = {field.name: at for at, field in enumerate(shape.fields)}
        return replace(node, items=dict(sorted(items.items(), key=lambda one: order.get(str(one[0]), len(order)))))

    def _value(self, node: Node, field: Field, path: KeyPath) -> Node:
        """A field's value; of one of several classes also on its default, where that is of the same class."""
        if is_alternative(field.kind) and isinstance(node, Table) and isinstance(field.default, Table):
            whole = settled(merge(field.default, node))
            usual, chosen = self._variant(field.default, field.kind, path), self._variant(whole, field.kind, path)
            if usual is not None and usual is chosen:
                return self.node(whole, chosen, path)
        return self.node(node, field.kind, path)

    def _variant(self, node: Node, kind: Kind, path: KeyPath) -> Kind | None:
        """The first class that takes the whole mapping."""
        return next((one for one in kind.args if one.sort == "object" and not self._tried(node, one, path)[1]), None)

    def _other(self, inner: Node, name: str, shape: Shape, path: KeyPath, around: Table) -> Node:
        """A key that no field has."""
        for pattern, kind in shape.patterns:
            if re.search(pattern, name):
                return self.node(inner, kind, (*path, name))
        if shape.extra == "kept":
            return self.node(inner, shape.rest, (*path, name))
        free = [field.name for field in shape.fields if _is_free(around.items.get(field.name))]
        close = hint(name, free) or hint(name, (field.name for field in shape.fields))
        dropped = ", and drops it without a word" if shape.extra == "dropped" else ""
        dropped = ", unless its validators know it" if shape.reworks else dropped
        message = f"{shape.name} has no such key{dropped}{f': {close}' if close else ''}"
        self.misfits.append(Misfit((*path, name), inner.origin, message, certain=not shape.reworks))
        return inner

    def _absent(self, field: Field, shape: Shape, items: dict[Key, Node], path: KeyPath, around: Table) -> None:
        if field.default is not None:
            items[field.name] = self.node(field.default, field.kind, (*path, field.name))
        elif field.required:
            place = f" ({field.place}:{field.line})" if field.line else ""
            message = f"it must be set: {field.kind.written or 'a value'} of {shape.name}{place}"
            self.misfits.append(Misfit((*path, field.name), around.origin, message))

    def _mapping(self, node: Node, kind: Kind, path: KeyPath) -> Node:
        if not isinstance(node, Table):
            raise must(kind, node)
        of_keys, of_values = kind.args or (Kind("any", "Any"), Kind("any", "Any"))
        items: dict[Key, Node] = {}
        for key, inner in node.items.items():
            written = Scalar(key, inner.origin, shown_key(key))
            try:
                name = cast(written, of_keys).value if of_keys.sort != "union" else key
            except UnfitError as problem:
                self.misfits.append(Misfit((*path, key), inner.origin, f"its key: {problem}"))
                name = key
            items[name if isinstance(name, str | int | float | bool) or name is None else key] = self.node(
                inner, of_values, (*path, key)
            )
        within(items, kind)
        return replace(node, items=items)

    def _list(self, node: Node, kind: Kind, path: KeyPath) -> Node:
        listing = as_list(node)
        if listing is None:
            raise must(kind, node)
        args = kind.args
        if kind.sort == "tuple" and len(args) != len(listing.items):
            raise UnfitError(f"it must have {len(args)} values, not {len(listing.items)}")
        each = args if kind.sort == "tuple" else (args or (Kind("any", "Any"),)) * len(listing.items)
        items = tuple(
            self.node(item, one, (*path, at)) for at, (item, one) in enumerate(zip(listing.items, each, strict=True))
        )
        within(items, kind)
        return replace(listing, items=items)

    def _union(self, node: Node, kind: Kind, path: KeyPath) -> Node:
        if isinstance(node, Scalar):
            exact = preferred(node, kind.args)
            if exact is not None:
                return self.node(node, exact, path)
        kinds = kind.args
        if (
            isinstance(node, Table)
            and (tags := self._tags(kinds))
            and (tag := next((key for key in tags if key in node.items), ""))
        ):
            kinds = self._tagged(node, kind, path, tag)
            if not kinds:
                return node
        tried = [(one, *self._tried(node, one, path)) for one in by_likeness(node, kinds)]
        for _, done, misfits in tried:
            if not misfits:
                return done
        near = [one for one in tried if is_near(node, one[0])]
        if len(near) > 1:
            near.sort(key=lambda one: len(one[2]))
            near = near[:1] if len(near[0][2]) < len(near[1][2]) else near
        if len(near) == 1 or (near and isinstance(node, Table)):
            self.misfits += near[0][2]
            return node
        raise UnfitError(f"it must be {kind.written}, not {shown(node)}")

    def _tags(self, kinds: tuple[Kind, ...]) -> list[str]:
        """The fields by which classes tell themselves apart: each has one choice for it."""
        shapes = [shape for one in kinds if (shape := self._schema.shape(one)) is not None]
        named = [[one.name for one in shape.fields if is_tag(one)] for shape in shapes]
        return [name for name in named[0] if all(name in names for names in named)] if len(named) > 1 else []

    def _tagged(self, node: Table, kind: Kind, path: KeyPath, tag: str) -> tuple[Kind, ...]:
        """The classes whose tag the mapping has; none of them is a misfit of the tag."""
        fitting: list[Kind] = []
        choices: list[object] = []
        for one in kind.args:
            shape = self._schema.shape(one)
            field = shape.field(tag) if shape is not None else None
            if field is not None:
                choices += field.kind.choices[:1]
                fitting += [] if self._tried(node.items[tag], field.kind, (*path, tag))[1] else [one]
        if not fitting:
            self.node(node.items[tag], Kind("choice", "", choices=tuple(choices)), (*path, tag))
        return tuple(fitting)

    def _tried(self, node: Node, kind: Kind, path: KeyPath) -> tuple[Node, list[Misfit]]:
        trial = _Check(self._schema)
        done = trial.node(node, kind, path)
        return done, trial.misfits


def _is_free(node: Node | None) -> bool:
    """No layer but the schema's own defaults has set it."""
    return node is None or node.origin.layer == "default"
