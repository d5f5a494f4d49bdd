"""One field of a class body: its default, and what `field(...)`, `Field(...)` and their kin say of it."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.stack.nodes import Listing, Node, Scalar, Table, Unknown
from antifoul.readers.stack.static_python import Static

_MAKERS = frozenset({"field", "Field", "ib", "attrib", "PrivateAttr", "HfArg", "mutable_field", "arg"})
_EMPTY: Mapping[str, type[Table] | type[Listing]] = {"dict": Table, "list": Listing, "set": Listing, "tuple": Listing}


class Declared(NamedTuple):
    """A field as it is written. `default` is None where it must be set."""

    name: str
    line: int
    default: Node | None = None
    required: bool = True
    factory: str = ""  # the class that makes the default
    about: str = ""
    aliases: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    secret: bool = False


def declared_field(node: ast.AnnAssign, static: Static) -> Declared | None:
    """The field, None for what is none: a class variable, one that `__init__` does not take."""
    assert isinstance(node.target, ast.Name)  # noqa: S101  what the caller looks for
    name, annotation = node.target.id, ast.unparse(node.annotation)
    if annotation.rpartition(".")[2].startswith("ClassVar") or annotation.startswith(("ClassVar", "typing.ClassVar")):
        return None
    if name == "model_config" or name.startswith("__") or annotation.rpartition(".")[2] == "KW_ONLY":
        return None
    declared = Declared(name, node.lineno)
    for call in _marks(node.annotation):
        declared = _called(declared, call, static) or declared
    match node.value:
        case None:
            return declared
        case ast.Call() as call if _maker(call) in _MAKERS:
            return _called(declared, call, static)
        case value:
            return declared._replace(default=static.value(value), required=False)


def _marks(annotation: ast.expr) -> list[ast.Call]:
    """The `Field(...)` calls in `Annotated[X, ...]`."""
    match annotation:
        case ast.Subscript(value, ast.Tuple(parts)) if ast.unparse(value).rpartition(".")[2] == "Annotated":
            return [one for one in parts[1:] if isinstance(one, ast.Call) and _maker(one) in _MAKERS]
        case _:
            return []


def _maker(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _called(declared: Declared, call: ast.Call, static: Static) -> Declared | None:
    given = {one.arg: one.value for one in call.keywords if one.arg}
    if isinstance(given.get("init"), ast.Constant) and ast.unparse(given["init"]) == "False":
        return None
    if _maker(call) in {"Field", "ib", "attrib"} and call.args:
        given.setdefault("default", call.args[0])
    declared = _described(declared, given, static)
    factory = given.get("default_factory") or given.get("factory")
    if factory is not None:
        return _made(declared, factory, static)
    default = given.get("default")
    if default is None or ast.unparse(default) in {"...", "MISSING", "NOTHING", "dataclasses.MISSING"}:
        return declared
    return declared._replace(default=static.value(default), required=False)


def _made(declared: Declared, factory: ast.expr, static: Static) -> Declared:
    declared = declared._replace(required=False)
    match factory:
        case ast.Name(name) if name in _EMPTY:
            empty = Table({}, static.origin(factory)) if name == "dict" else Listing((), static.origin(factory))
            return declared._replace(default=empty)
        case ast.Lambda(_, body):
            return declared._replace(default=static.value(body))
        case ast.Name() | ast.Attribute():
            return declared._replace(factory=ast.unparse(factory))
        case _:
            return declared._replace(default=Unknown(ast.unparse(factory), static.origin(factory), "it is computed"))


def _described(declared: Declared, given: Mapping[str, ast.expr], static: Static) -> Declared:
    """Descriptions, aliases and short flags, from the call itself and from its metadata."""
    words = {key: static.value(value) for key, value in given.items()}
    for key in ("metadata", "json_schema_extra"):
        inner = words.get(key)
        if isinstance(inner, Table):
            words |= {str(name): node for name, node in inner.items.items()}
    about = next((text for key in ("help", "description", "doc") if (text := _text(words.get(key)))), "")
    names = [
        name
        for key in ("alias", "validation_alias", "aliases", "flags", "flag", "short")
        for name in _texts(words.get(key))
    ]
    short = tuple(name for name in names if name.startswith("-") and not name.startswith("--"))
    long = tuple(
        name.lstrip("-").replace("-", "_") if name.startswith("--") else name for name in names if name not in short
    )
    secret = words.get("secret")
    return declared._replace(
        about=about or declared.about,
        aliases=declared.aliases + tuple(name for name in long if name != declared.name),
        flags=declared.flags + short,
        secret=isinstance(secret, Scalar) and bool(secret.value),
    )


def _text(node: Node | None) -> str:
    return " ".join(node.value.split()) if isinstance(node, Scalar) and isinstance(node.value, str) else ""


def _texts(node: Node | None) -> list[str]:
    match node:
        case Scalar(str() as text):
            return [text]
        case Listing(items):
            return [one.value for one in items if isinstance(one, Scalar) and isinstance(one.value, str)]
        case _:
            return []
