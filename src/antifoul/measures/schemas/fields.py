"""The fields that one class body declares, and what its settings say of keys that it does not declare."""

from __future__ import annotations

import ast

from antifoul.facts.options import Option, Place
from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.outline import constant, keywords, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.outline import Outline

_FIELD_CALLS = frozenset({"field", "Field", "attrib", "ib", "HfArg", "Factory", "PrivateAttr"})
_NO_FIELD = frozenset({"ClassVar", "KW_ONLY"})
# Methods that are given a mapping before the class is built of it.
_LOADS = frozenset({
    "__pre_init__", "__new__", "from_dict", "from_yaml_file", "from_json_file", "from_yaml", "from_json", "from_file",
})  # fmt: skip
_CHECKS = frozenset({"field_validator", "model_validator", "root_validator", "validator", "field_serializer"})


class Declared(NamedTuple):
    """One option with the expression of its type, and the module that the type's names belong to."""

    option: Option
    annotation: ast.expr | None
    outline: Outline


def place_of(outline: Outline, node: ast.AST) -> Place:
    """Where a node stands."""
    return Place(outline.path, getattr(node, "lineno", 1), outline.library.said if outline.library else "")


def own_fields(node: ast.ClassDef, outline: Outline) -> Iterator[Declared]:
    """The annotated names of a class body; for attrs' older form the assigned ones too."""
    for item in node.body:
        match item:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if not _is_class_variable(annotation):
                    yield _declared(name, annotation, value, outline, item)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _called(call) in {"attrib", "ib"}:
                yield _declared(name, keywords(call).get("type"), call, outline, item)
            case _:
                pass


def _called(call: ast.Call) -> str:
    parts = parts_of(call.func)
    return parts[-1] if parts else ""


def _is_class_variable(annotation: ast.expr) -> bool:
    text = ast.unparse(annotation)
    return any(word in text for word in _NO_FIELD)


def _declared(
    name: str, annotation: ast.expr | None, value: ast.expr | None, outline: Outline, item: ast.stmt
) -> Declared:
    aliases: list[str] = []
    settable = not name.startswith("__")
    default = ""
    for call in (call for call in _field_calls(annotation, value) if _called(call) in _FIELD_CALLS):
        given = keywords(call)
        aliases += _aliases(given)
        init = given.get("init")
        settable = settable and not (isinstance(init, ast.Constant) and init.value is False)
        first = next((one for one in (given.get("default"), *call.args[:1]) if one is not None), None)
        default = default or (ast.unparse(first) if first is not None else "")
        if "default_factory" in given:
            default = f"{ast.unparse(given['default_factory'])}()"
    if value is not None and not default and not isinstance(value, ast.Call):
        default = ast.unparse(value)
    text = ast.unparse(annotation) if annotation is not None else ""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        text = annotation.value
    option = Option(name, place_of(outline, item), text, default, tuple(aliases), settable)
    return Declared(option, annotation, outline)


def _field_calls(annotation: ast.expr | None, value: ast.expr | None) -> Iterator[ast.Call]:
    """The calls that describe a field: its value, and what an `Annotated` carries."""
    if isinstance(value, ast.Call):
        yield value
    if isinstance(annotation, ast.Subscript) and parts_of(annotation.value)[-1:] == ("Annotated",):
        inner = annotation.slice
        for one in inner.elts[1:] if isinstance(inner, ast.Tuple) else ():
            if isinstance(one, ast.Call):
                yield one


def _aliases(given: object) -> Iterator[str]:
    """Other names that a value may be given under: pydantic's aliases, the parser's from the metadata."""
    assert isinstance(given, dict)  # noqa: S101  for the type checker
    for key in ("alias", "validation_alias", "aliases"):
        value = given.get(key)
        if value is not None:
            yield from (
                text for one in ast.walk(value) if (text := constant(one if isinstance(one, ast.expr) else None))
            )
    metadata = given.get("metadata")
    if isinstance(metadata, ast.Dict):
        for name, value in zip(metadata.keys, metadata.values, strict=True):
            if constant(name) == "aliases":
                yield from (text for one in ast.walk(value) if isinstance(one, ast.expr) and (text := constant(one)))


def extra_of(node: ast.ClassDef) -> str:
    """What a pydantic class says of keys that it does not have: "allow", "ignore", "forbid"; "" for nothing."""
    for item in node.body:
        match item:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                settings = value
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                settings = value
            case ast.ClassDef(name="Config", body=body):
                assigned = [one for one in body if isinstance(one, ast.Assign)]
                found = [ast.unparse(one.value) for one in assigned if ast.unparse(one.targets[0]) == "extra"]
                return found[0].strip("'\"").rpartition(".")[2] if found else ""
            case _:
                continue
        return _extra_in(settings)
    for one in node.keywords:  # class Model(BaseModel, extra="forbid")
        if one.arg == "extra":
            return constant(one.value) or ""
        if one.arg == "forbid_unknown_fields":  # msgspec
            return "forbid"
    return ""


def _extra_in(settings: ast.expr) -> str:
    pairs: list[tuple[str | None, ast.expr]] = []
    if isinstance(settings, ast.Call):
        pairs = [(one.arg, one.value) for one in settings.keywords]
    elif isinstance(settings, ast.Dict):
        pairs = [(constant(key), value) for key, value in zip(settings.keys, settings.values, strict=True)]
    return next((ast.unparse(value).strip("'\"").rpartition(".")[2] for key, value in pairs if key == "extra"), "")


def renames(node: ast.ClassDef) -> bool:
    """The class makes other names for its fields by a function: what they are only that function knows."""
    return any(
        isinstance(item, ast.Assign | ast.AnnAssign) and "alias_generator" in ast.unparse(item) for item in node.body
    ) or any(
        isinstance(item, ast.ClassDef) and item.name == "Config" and "alias_generator" in ast.unparse(item)
        for item in node.body
    )


def checks(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The methods of a class that look at what it is given before it is built, and those that they call."""
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    found = [item for item in methods.values() if item.name in _LOADS or _is_check(item)]
    called = {
        one.attr
        for item in found
        for one in ast.walk(item)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id in {"self", "cls", node.name}
    }
    yield from found
    yield from (methods[name] for name in sorted(called & methods.keys()) if methods[name] not in found)


def _is_check(item: ast.FunctionDef) -> bool:
    named = (parts_of(one.func if isinstance(one, ast.Call) else one) for one in item.decorator_list)
    return any(part in _CHECKS for parts in named for part in parts)


def checked_keys(node: ast.ClassDef) -> Iterator[str]:
    """The keys that a class's own checks look at: they are known, whatever the fields say."""
    for item in checks(node):
        yield from read_keys(item)


def stripped_prefixes(node: ast.ClassDef) -> Iterator[str]:
    """The beginnings of keys that a class's own checks look for, to take them off: "fsdp_"."""
    for item in checks(node):
        for one in ast.walk(item):
            match one:
                case ast.Call(
                    func=ast.Attribute(attr="startswith" | "removeprefix"), args=[ast.Constant(value=str(text)), *_]
                ):
                    if text.endswith(("_", "-", ".")):
                        yield text
                case _:
                    pass


def read_keys(node: ast.AST) -> Iterator[str]:
    """The string constants that code uses as keys: x["key"], x.get("key"), "key" in x."""
    for one in ast.walk(node):
        match one:
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                yield key
            case ast.Call(
                func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[ast.Constant(value=str(key)), *_]
            ):
                yield key
            case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
                yield key
            case ast.Call(func=ast.Name(id="hasattr" | "getattr"), args=[_, ast.Constant(value=str(key)), *_]):
                yield key
            case _:
                pass
