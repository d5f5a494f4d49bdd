"""What a class says of itself beside its fields: the members of an enum, what becomes of keys that it does not have."""

import ast

from antifoul.facts.stack.nodes import Scalar
from antifoul.facts.stack.schema import Extra, Kind
from antifoul.readers.stack.static_fields import Declared
from antifoul.readers.stack.static_modules import Found, Module
from antifoul.readers.stack.static_python import Static

_ATTRS = frozenset({"define", "frozen", "mutable", "s", "attrs"})


def enum_kind(node: ast.ClassDef, module: Module) -> Kind:
    """The type of a class of choices: its members' names and values."""
    static = Static("default", module.place, {})
    choices: list[object] = []
    for one in node.body:
        if (
            isinstance(one, ast.Assign)
            and isinstance(one.targets[0], ast.Name)
            and not one.targets[0].id.startswith("_")
        ):
            value = static.value(one.value)
            choices += [one.targets[0].id, value.value if isinstance(value, Scalar) else one.targets[0].id.lower()]
    return Kind("enum", node.name, choices=tuple(choices))


def extra_said(found: Found) -> Extra | None:
    """What the class itself says: `model_config = ConfigDict(extra="forbid")`, `forbid_unknown_fields=True`."""
    words: dict[str, Extra] = {"forbid": "refused", "allow": "kept", "ignore": "dropped"}
    node = found.node
    if not isinstance(node, ast.ClassDef):
        return None
    if any(one.arg == "forbid_unknown_fields" and ast.unparse(one.value) == "True" for one in node.keywords):
        return "refused"
    for one in ast.walk(node):
        match one:
            case ast.keyword("extra", ast.Constant(str() as word)) | ast.Assign(
                [ast.Name("extra")], ast.Constant(str() as word)
            ):
                return words.get(word)
            case ast.Dict(keys, values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "extra" and isinstance(value, ast.Constant):
                        return words.get(str(value.value))
            case _:
                pass
    return None


def in_its_library(declared: Declared, node: ast.AnnAssign, around: ast.ClassDef) -> Declared:
    """The field by the rules of the library that its class is of: attrs' private names, a TypedDict's optional keys."""
    makers = {ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in around.decorator_list}
    if makers & _ATTRS and "dataclass" not in makers:
        return declared._replace(name=declared.name.lstrip("_"))
    if any(ast.unparse(base).rpartition(".")[2] == "TypedDict" for base in around.bases):
        written = ast.unparse(node.annotation).rpartition(".")[2] if isinstance(node.annotation, ast.Name) else ""
        head = ast.unparse(node.annotation.value) if isinstance(node.annotation, ast.Subscript) else written
        total = not any(one.arg == "total" and ast.unparse(one.value) == "False" for one in around.keywords)
        optional = head.rpartition(".")[2] == "NotRequired" or not (total or head.rpartition(".")[2] == "Required")
        return declared._replace(required=not optional)
    return declared


def reworks_mapping(node: ast.ClassDef) -> bool:
    """A validator of the class sees the whole mapping first: `@model_validator(mode="before")`."""
    return any(_maker(call) in {"model_validator", "root_validator"} and _is_early(call) for call in _decorators(node))


def reworked_fields(node: ast.ClassDef) -> set[str]:
    """The fields whose values a validator sees first: `@field_validator("lr", mode="before")`; "*" for all."""
    calls = [call for call in _decorators(node) if _maker(call) in {"field_validator", "validator"} and _is_early(call)]
    return {str(one.value) for call in calls for one in call.args if isinstance(one, ast.Constant)}


def _decorators(node: ast.ClassDef) -> list[ast.Call]:
    methods = (one for one in node.body if isinstance(one, ast.FunctionDef))
    return [call for one in methods for call in one.decorator_list if isinstance(call, ast.Call)]


def _maker(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _is_early(call: ast.Call) -> bool:
    said = {one.arg: ast.unparse(one.value).strip("'\"") for one in call.keywords}
    return said.get("mode") in {"before", "plain", "wrap"} or said.get("pre") == "True"


def extra_of_function(node: ast.FunctionDef) -> Extra:
    """What becomes of an argument that no parameter has."""
    return "kept" if node.args.kwarg is not None else "refused"
