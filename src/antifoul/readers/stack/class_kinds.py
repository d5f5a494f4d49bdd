"""The type of an annotation, told by how it looks: no library is imported for it."""

import types
import typing
from collections import OrderedDict, abc, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

from antifoul.facts.stack.schema import ANY, Kind, Sort

_SIMPLE: dict[object, Sort] = {
    type(None): "none", None: "none", bool: "bool", int: "int", float: "float", str: "str",
    date: "date", datetime: "datetime", time: "time",
}  # fmt: skip
_LISTS = (
    list, set, frozenset, abc.Sequence, abc.MutableSequence, abc.Iterable, abc.Collection, abc.Set, abc.MutableSet,
    deque,
)  # fmt: skip
_MAPPINGS = (dict, abc.Mapping, abc.MutableMapping, OrderedDict)
_LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
_WRAPPED = ("Required", "NotRequired", "ReadOnly", "Final", "InitVar")


def kind_of(hint: Any, enter: Callable[[type], str]) -> Kind:  # noqa: ANN401  an annotation is anything
    """The type. `enter` reads a class of settings and gives its name, "" for another class."""
    hint = _unwrapped(hint)
    written = shown_type(hint)
    if hint in _SIMPLE:
        return Kind(_SIMPLE[hint], written)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return limited(kind_of(args[0], enter), args[1:])
    if origin is typing.Literal:
        return Kind("choice", written, choices=args)
    if origin in {typing.Union, types.UnionType}:
        kinds = [kind_of(one, enter) for one in args]
        flat = tuple(inner for one in kinds for inner in (one.args if one.sort == "union" else (one,)))
        return Kind("union", written, flat)
    if getattr(hint, "__pydantic_root_model__", False):
        return kind_of(hint.model_fields["root"].annotation, enter)
    return _container(origin or hint, args, written, enter) or _class(hint, written, enter)


def _container(origin: Any, args: tuple[Any, ...], written: str, enter: Callable[[type], str]) -> Kind | None:  # noqa: ANN401  as above
    if origin is tuple and args and args[-1] is not Ellipsis:
        return Kind("tuple", written, tuple(kind_of(one, enter) for one in args if one != ()))
    if origin is tuple or origin in _LISTS:
        return Kind("list", written, (kind_of(args[0], enter),) if args else (ANY,))
    if origin in _MAPPINGS:
        return Kind("mapping", written, tuple(kind_of(one, enter) for one in args) if len(args) == 2 else (ANY, ANY))
    return None


def _class(hint: Any, written: str, enter: Callable[[type], str]) -> Kind:  # noqa: ANN401  as above
    if not isinstance(hint, type):
        return ANY if hint in {Any, object} else Kind("any", written)
    if issubclass(hint, Enum):
        members = tuple(one for name, member in hint.__members__.items() for one in (name, member.value))
        return Kind("enum", written, choices=members, make=lambda name: hint[str(name)])
    if issubclass(hint, PurePath):
        return Kind("made", written, make=_path if hint is Path else hint)
    if hint is Decimal:
        return Kind("made", written, make=lambda value: Decimal(str(value)))
    if hint.__name__ in {"SecretStr", "SecretBytes"}:
        return Kind("any", written)
    name = enter(hint)
    return Kind("object", written, of=name) if name else Kind("any", written)


def _path(value: object) -> Path:
    if not isinstance(value, str | PurePath):
        raise TypeError("a path is text")
    return Path(value)


def _unwrapped(hint: Any) -> Any:  # noqa: ANN401  as above
    while True:
        name = getattr(typing.get_origin(hint), "__name__", "") or getattr(typing.get_origin(hint), "_name", "")
        if name in _WRAPPED and typing.get_args(hint):
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif type(hint).__name__ == "InitVar":
            hint = hint.type
        else:
            return hint


def limited(kind: Kind, marks: Iterable[object]) -> Kind:
    """The type with the limits that its marks set: annotated-types, pydantic's and msgspec's have the same names."""
    limits = [
        (name, limit)
        for mark in marks
        for name in _LIMITS
        if (limit := getattr(mark, name, None)) is not None and not callable(limit)
    ]
    if not limits:
        return kind
    if kind.sort == "union":
        held = tuple(one if one.sort == "none" else limited(one, marks) for one in kind.args)
        return Kind("union", kind.written, held)
    return Kind(kind.sort, kind.written, kind.args, kind.choices, kind.of, kind.make, kind.limits + tuple(limits))


def shown_type(hint: Any) -> str:  # noqa: ANN401, PLR0911  as above; one for each kind
    """The annotation as a reader would write it."""
    if hint is None or hint is type(None):
        return "None"
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return " | ".join(map(shown_type, args))
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, args))}]"
    if origin is typing.Annotated:
        return shown_type(args[0])
    if args and origin is not None:
        inner = ", ".join("..." if one is Ellipsis else shown_type(one) for one in args)
        return f"{getattr(origin, '__name__', str(origin))}[{inner}]"
    return str(hint).replace("typing.", "")
