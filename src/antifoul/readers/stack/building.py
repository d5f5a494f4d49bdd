"""An object of the user's class out of a config, and what the class made of the values that it was given."""

from collections.abc import Iterator
from typing import Any

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.check import Misfit
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, at, leaves
from antifoul.facts.stack.paths import KeyPath, dotted
from antifoul.facts.stack.schema import Kind, Schema
from antifoul.readers.stack.class_fields import family_of
from antifoul.readers.stack.classes import Declared, node_of


class RefusedError(UsageError):
    """The user's own class refused the values; `misfits` are what it said, each with its place."""

    def __init__(self, misfits: tuple[Misfit, ...]) -> None:
        super().__init__("; ".join(one.sentence for one in misfits))
        self.misfits = misfits


def built(tree: Table, declared: Declared) -> Any:  # noqa: ANN401  an object of the user's class
    """The object. Its class is called with exactly what is in force.

    Raises:
        RefusedError: the class does not take it.
    """
    return _Builder(declared).node(tree, declared.schema.top, ())


class _Builder:
    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._schema: Schema = declared.schema

    def node(self, node: Node, kind: Kind, path: KeyPath) -> Any:  # noqa: ANN401  as above
        """The value as its type has it."""
        match node, kind.sort:
            case Table(), "object":
                return self._object(node, kind, path)
            case _, "union":
                return self._one_of(node, kind, path)
            case Table(items), _:
                inner = kind.args[1] if kind.sort == "mapping" and len(kind.args) == 2 else Kind("any", "Any")
                return {key: self.node(one, inner, (*path, key)) for key, one in items.items()}
            case Listing(items), _:
                kinds = kind.args if kind.sort == "tuple" else (kind.args or (Kind("any", "Any"),)) * len(items)
                values = [self.node(one, of, (*path, n)) for n, (one, of) in enumerate(zip(items, kinds, strict=False))]
                return _as_written(values, kind)
            case Scalar(value), _:
                return value
            case _:
                return literal(node)

    def _one_of(self, node: Node, kind: Kind, path: KeyPath) -> Any:  # noqa: ANN401  as above
        for one in kind.args:
            if isinstance(node, Table) and one.sort == "object" and self._holds(node, one):
                return self._object(node, one, path)
        fit = next((one for one in kind.args if _is_of(node, one)), Kind("any", "Any"))
        return self.node(node, fit, path)

    def _holds(self, node: Table, kind: Kind) -> bool:
        shape = self._schema.shape(kind)
        return shape is not None and (shape.extra == "kept" or all(shape.field(str(key)) for key in node.items))

    def _object(self, node: Table, kind: Kind, path: KeyPath) -> Any:  # noqa: ANN401  as above
        shape = self._schema.shape(kind)
        cls = self._declared.classes.get(kind.of)
        kinds = {one.name: one.kind for one in shape.fields} if shape else {}
        family = family_of(cls)
        values = {
            key: self.node(one, kinds.get(str(key), Kind("any", "Any")), (*path, key))
            for key, one in node.items.items()
        }
        try:
            return _made(cls, family, values)
        except Exception as problem:
            raise RefusedError(tuple(_misfits(problem, node, path))) from problem


def _made(cls: Any, family: str | None, values: dict[Any, Any]) -> Any:  # noqa: ANN401  as above
    match family:
        case None | "TypedDict":
            return values
        case "pydantic":
            return cls.model_validate(_in_aliases(cls, values))
        case "msgspec":
            import sys  # noqa: PLC0415  for msgspec alone

            encoded = dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
            return sys.modules["msgspec"].convert({encoded.get(key, key): one for key, one in values.items()}, cls)
        case "class":
            made = cls()
            for key, one in values.items():
                setattr(made, key, one)
            return made
        case _:
            return cls(**values)


def _in_aliases(cls: Any, values: dict[Any, Any]) -> dict[Any, Any]:  # noqa: ANN401  as above
    """The values by the names that pydantic wants to hear."""
    out = {}
    for key, one in values.items():
        field = cls.model_fields.get(key)
        alias = (field.validation_alias or field.alias) if field is not None else None
        choices = getattr(alias, "choices", ())
        name = alias if isinstance(alias, str) else next((choice for choice in choices if isinstance(choice, str)), key)
        out[name] = one
    return out


def _misfits(problem: Exception, node: Table, path: KeyPath) -> Iterator[Misfit]:
    """What a class said, each at the place of the value that it is about."""
    if isinstance(problem, RefusedError):
        yield from problem.misfits
        return
    errors = getattr(problem, "errors", None)
    if callable(errors) and type(problem).__module__.startswith("pydantic"):
        for one in errors():
            where = tuple(part for part in one["loc"] if not isinstance(part, str) or at(node, (part,)) is not None)
            yield Misfit((*path, *where), _origin(node, where), str(one["msg"]))
        return
    yield Misfit(path, node.origin, f"{type(problem).__name__}: {problem}")


def _origin(node: Node, path: KeyPath) -> Origin:
    for size in range(len(path), -1, -1):
        found = at(node, path[:size])
        if found is not None:
            return found.origin
    return node.origin


def _as_written(values: list[Any], kind: Kind) -> Any:  # noqa: ANN401  as above
    name = kind.written.partition("[")[0].lower()
    if name in {"set", "frozenset"}:
        return set(values) if name == "set" else frozenset(values)
    return tuple(values) if name == "tuple" else values


def _is_of(node: Node, kind: Kind) -> bool:
    match node:
        case Table():
            return kind.sort in {"mapping", "object"}
        case Listing():
            return kind.sort in {"list", "tuple"}
        case _:
            return False


def inferred(made: Any, tree: Table) -> tuple[Note, ...]:  # noqa: ANN401  as above
    """What the class itself changed: each value that is not the one it was given."""
    try:
        now = node_of(made, Origin("inferred", type(made).__name__))
    except TypeError:
        return ()
    notes = []
    for path, node in leaves(tree):
        after = at(now, path)
        if after is not None and path and literal(after) != literal(node):
            message = f"{dotted(path)}: {literal(node)} became {literal(after)} in {type(made).__name__}"
            notes.append(Note(message, node.origin))
    return tuple(notes)
