"""Which keys there are to be set from above: those of the layers below, and those of the schema."""

from collections.abc import Iterator

from antifoul.facts.stack.nodes import Listing, Node, Scalar, Table, at, leaves, step
from antifoul.facts.stack.overrides import Takes
from antifoul.facts.stack.paths import Key, KeyPath, dotted, shown_key
from antifoul.facts.stack.schema import Field, Kind, Schema
from antifoul.facts.stack.words import nearest


class Known:
    """The keys of a tree and of a schema, which may be None."""

    def __init__(self, tree: Table, schema: Schema | None) -> None:
        self.tree = tree
        self.schema = schema

    def real(self, path: KeyPath) -> KeyPath | None:
        """The path in the config's own words, `learning_rate` for `learning-rate`; None where there is none."""
        out: tuple[Key, ...] = ()
        node: Node | None = self.tree
        kinds = [self.schema.top] if self.schema else []
        for part in path:
            names = list(self._names(node, kinds))
            match = next((one for one in names if one == part and type(one) is type(part)), None)
            match = match if match is not None else self._alike(part, names, node, kinds)
            if match is None:
                if not self._is_free(node, kinds):
                    return None
                match = part
            node = step(node, match) if node is not None else None
            kinds = [inner for kind in kinds for inner in self._inner(kind, match)]
            out = (*out, match)
        return out

    def near(self, path: KeyPath) -> str:
        """The key that was probably meant, "" for none: first one beside it, then one of that name anywhere."""
        known = list(self.paths())
        around = self.real(path[:-1]) if path[:-1] else ()
        beside = {shown_key(one[-1]): one for one in known if around is not None and one[:-1] == around}
        if close := nearest(shown_key(path[-1]), beside):
            return dotted(beside[close])
        ends: dict[str, KeyPath] = {}
        for one in known:
            ends.setdefault(shown_key(one[-1]), one)
        if shown_key(path[-1]) in ends:
            return dotted(ends[shown_key(path[-1])])
        if around is None or not beside:
            return nearest(dotted(path), map(dotted, known)) or dotted(ends.get(nearest(shown_key(path[-1]), ends), ()))
        return ""

    def hint(self, path: KeyPath) -> str:
        """Half a sentence for a key that there is not: the one that was probably meant, else those beside it."""
        if close := self.near(path):
            return f": did you mean {close!r}?"
        around = self.real(path[:-1]) if path[:-1] else ()
        beside = [shown_key(one[-1]) for one in self.paths() if around is not None and one[:-1] == around]
        inside = f" in {dotted(around)}" if around else ""
        return f": there is {', '.join(beside)}{inside}" if 0 < len(beside) <= 12 else ""

    def paths(self) -> Iterator[KeyPath]:
        """Every key that can be set, mappings as well as leaves."""
        seen: set[KeyPath] = set()
        for path, _ in leaves(self.tree):
            for size in range(1, len(path) + 1):
                if path[:size] not in seen:
                    seen.add(path[:size])
                    yield path[:size]
        if self.schema:
            for path, _ in fields(self.schema):
                if path not in seen:
                    seen.add(path)
                    yield path

    def takes(self, path: KeyPath) -> Takes:
        """What may stand behind the flag of a key."""
        real = self.real(path)
        if real is None:
            return "untold"
        kinds = [inner for kind in self.kinds(real) for inner in (kind.args if kind.sort == "union" else (kind,))]
        node = at(self.tree, real)
        if any(kind.sort in {"list", "tuple"} for kind in kinds) or (not kinds and isinstance(node, Listing)):
            return "list"
        if any(kind.sort == "bool" for kind in kinds):
            return "switch"
        boolean = isinstance(node, Scalar) and isinstance(node.value, bool)
        return "switch" if boolean and (not kinds or any(kind.sort == "any" for kind in kinds)) else "value"

    def kinds(self, path: KeyPath) -> list[Kind]:
        """The types that the schema names for a key."""
        kinds = [self.schema.top] if self.schema else []
        for part in path:
            kinds = [inner for kind in kinds for inner in self._inner(kind, part)]
        return kinds

    def _names(self, node: Node | None, kinds: list[Kind]) -> Iterator[Key]:
        match node:
            case Table(items):
                yield from items
            case Listing(items):
                yield from range(len(items))
            case _:
                pass
        for kind in kinds:
            yield from (field.name for field in self._fields(kind))

    def _alike(self, part: Key, names: list[Key], node: Node | None, kinds: list[Kind]) -> Key:
        """The name that is written otherwise: a number in words, dashes, an alias."""
        text = shown_key(part)
        for kind in kinds:
            for field in self._fields(kind):
                if text in field.aliases:
                    return field.name
        by_text = [one for one in names if shown_key(one) == text]
        folded = [one for one in names if isinstance(one, str) and one.replace("-", "_") == text.replace("-", "_")]
        found = by_text or folded
        if isinstance(node, Listing) and not by_text:
            return None
        return found[0] if len({*found}) >= 1 else None

    def _fields(self, kind: Kind) -> tuple[Field, ...]:
        if kind.sort == "union":
            return tuple(field for one in kind.args for field in self._fields(one))
        shape = self.schema.shape(kind) if self.schema else None
        return shape.fields if shape else ()

    def _is_free(self, node: Node | None, kinds: list[Kind]) -> bool:
        """Any key may stand there."""
        if not kinds or isinstance(node, Listing | Scalar):
            return False
        return any(self._takes_any(kind) for kind in kinds)

    def _takes_any(self, kind: Kind) -> bool:
        match kind.sort:
            case "any" | "mapping":
                return True
            case "union":
                return any(map(self._takes_any, kind.args))
            case "object":
                shape = self.schema.shape(kind) if self.schema else None
                return shape is not None and (shape.extra == "kept" or bool(shape.patterns))
            case _:
                return False

    def _inner(self, kind: Kind, part: Key) -> Iterator[Kind]:
        match kind.sort:
            case "union":
                for one in kind.args:
                    yield from self._inner(one, part)
            case "object":
                yield from (field.kind for field in self._fields(kind) if field.name == part)
            case "mapping":
                yield from kind.args[1:]
            case "list":
                yield from kind.args
            case "tuple":
                if isinstance(part, int) and part < len(kind.args):
                    yield kind.args[part]
            case "any":
                yield kind
            case _:
                pass


def fields(
    schema: Schema, kind: Kind | None = None, path: KeyPath = (), around: tuple[str, ...] = ()
) -> Iterator[tuple[KeyPath, Field]]:
    """Each field with its path, classes within classes too; a class within itself is not entered again."""
    kind = kind or schema.top
    for one in kind.args if kind.sort == "union" else (kind,):
        shape = schema.shape(one)
        if shape is None or one.of in around:
            continue
        for field in shape.fields:
            yield (*path, field.name), field
            yield from fields(schema, field.kind, (*path, field.name), (*around, one.of))
