"""The fields of a class of settings, by what each library leaves on the class. None of them is imported."""

import dataclasses
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from antifoul.facts.stack.schema import Extra

_EARLY = frozenset({"before", "plain", "wrap"})
Family = typing.Literal["dataclass", "attrs", "pydantic", "msgspec", "TypedDict", "NamedTuple", "class", "function"]


class Given(NamedTuple):
    """One field as its library has it. `default` is a function that makes the value, None where there is none."""

    name: str
    hint: Any
    default: Callable[[], object] | None = None
    required: bool = False
    about: str = ""
    aliases: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    marks: tuple[object, ...] = ()
    secret: bool = False


def family_of(cls: Any) -> Family | None:  # noqa: ANN401, PLR0911  anything may be given as a schema; one for each
    """Whose class it is, None for one that declares no settings."""
    if not isinstance(cls, type):
        return "function" if inspect.isfunction(cls) else None
    if hasattr(cls, "model_fields") and hasattr(cls, "model_validate"):
        return "pydantic"
    if hasattr(cls, "__attrs_attrs__"):
        return "attrs"
    if dataclasses.is_dataclass(cls):
        return "dataclass"
    if hasattr(cls, "__struct_fields__"):
        return "msgspec"
    if hasattr(cls, "__required_keys__"):
        return "TypedDict"
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return "NamedTuple"
    plain = "__init__" not in {name for one in cls.__mro__[:-1] for name in vars(one)} and getattr(
        cls, "__annotations__", None
    )
    return "class" if plain and cls.__module__ != "builtins" else None


def fields_of(cls: Any, family: Family) -> Iterator[Given]:  # noqa: ANN401  as above
    """The fields in their order."""
    return _READ[family](cls, hints_of(cls))


def extra_of(cls: Any, family: Family) -> Extra:  # noqa: ANN401  as above
    """What becomes of a key that the class does not have."""
    match family:
        case "pydantic":
            return {"forbid": "refused", "allow": "kept"}.get(cls.model_config.get("extra"), "dropped")  # type: ignore[return-value]  # the three there are
        case "msgspec":
            return "refused" if cls.__struct_config__.forbid_unknown_fields else "dropped"
        case "function":
            kinds = {one.kind for one in inspect.signature(cls).parameters.values()}
            return "kept" if inspect.Parameter.VAR_KEYWORD in kinds else "refused"
        case _:
            return "refused"


def reworks(cls: Any) -> bool:  # noqa: ANN401  as above
    """A validator of the class sees the whole mapping before its fields do: pydantic's mode "before"."""
    decorators = getattr(cls, "__pydantic_decorators__", None)
    models = getattr(decorators, "model_validators", {}).values()
    roots = getattr(decorators, "root_validators", {}).values()
    return any(one.info.mode in _EARLY for one in (*models, *roots))


def _reworked(cls: Any) -> set[str]:  # noqa: ANN401  as above
    """The fields whose values a validator of the class sees before they are cast; "*" for all."""
    decorators = getattr(cls, "__pydantic_decorators__", None)
    fields = [*getattr(decorators, "field_validators", {}).values(), *getattr(decorators, "validators", {}).values()]
    return {name for one in fields if one.info.mode in _EARLY for name in one.info.fields}


def hints_of(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401  as above
    """The annotations as types; one that cannot be told, since only a type checker imports it, is Any."""
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except Exception:  # noqa: BLE001  evaluating a guest's annotations may raise anything
        return {name: _hint(cls, text) for one in reversed(_lineage(cls)) for name, text in _own(one).items()}


def _lineage(cls: Any) -> list[Any]:  # noqa: ANN401  as above
    return list(getattr(cls, "__mro__", (cls,)))


def _own(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401  as above
    return dict(getattr(cls, "__dict__", {}).get("__annotations__", {}) or {})


def _hint(cls: Any, text: Any) -> Any:  # noqa: ANN401  as above
    if not isinstance(text, str):
        return text
    for one in _lineage(cls):
        names = {**vars(typing), **vars(sys.modules.get(one.__module__, typing))}
        try:
            return eval(text, names)  # noqa: S307  the annotation of a class that the user's own process has imported
        except Exception:  # noqa: BLE001, S112  as above: the next class's module may know the name
            continue
    return Any


def _dataclass(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    for one in dataclasses.fields(cls):
        if not one.init:
            continue
        default: Callable[[], object] | None = None
        if one.default is not dataclasses.MISSING:
            default = _always(one.default)
        elif one.default_factory is not dataclasses.MISSING:
            default = one.default_factory
        yield _with_metadata(Given(one.name, hints.get(one.name, Any), default, default is None), one.metadata)


def _attrs(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    nothing = sys.modules["attr"].NOTHING
    for one in cls.__attrs_attrs__:
        if not one.init:
            continue
        name = getattr(one, "alias", None) or one.name.lstrip("_")
        default: Callable[[], object] | None = _always(one.default)
        if one.default is nothing:
            default = None
        elif hasattr(one.default, "factory"):
            default = _unknown if one.default.takes_self else one.default.factory
        hint = hints.get(one.name, Any) if one.converter is None else Any  # a converter takes what it will
        yield _with_metadata(Given(name, hint, default, one.default is nothing), one.metadata)


def _pydantic(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    early = _reworked(cls)
    for name, one in cls.model_fields.items():
        marked = any(
            type(mark).__name__ in {"BeforeValidator", "PlainValidator", "WrapValidator"} for mark in one.metadata
        )
        hint = Any if marked or early & {name, "*"} else hints.get(name, one.annotation)
        required = one.is_required()
        default = None if required else one.default_factory or _always(one.default)
        aliases = {one.alias, *_aliases(one.validation_alias)} - {None, name}
        given = Given(
            name,
            hint,
            default,
            required,
            one.description or "",
            tuple(sorted(aliases)),
            marks=tuple(one.metadata),
            secret="Secret" in str(one.annotation),
        )
        extra = one.json_schema_extra
        yield _with_metadata(given, extra if isinstance(extra, dict) else {})


def _aliases(alias: Any) -> set[str]:  # noqa: ANN401  as above
    if isinstance(alias, str):
        return {alias}
    return {one for one in getattr(alias, "choices", ()) if isinstance(one, str)}


def _msgspec(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    missing = sys.modules["msgspec"].NODEFAULT
    names, defaults = cls.__struct_fields__, cls.__struct_defaults__
    padded = (missing,) * (len(names) - len(defaults)) + tuple(defaults)
    for name, written, value in zip(names, cls.__struct_encode_fields__, padded, strict=True):
        default: Callable[[], object] | None = _always(value)
        if value is missing:
            default = None
        elif type(value).__name__ == "Factory":
            default = value.factory
        yield Given(
            name, hints.get(name, Any), default, value is missing, aliases=(written,) if written != name else ()
        )
    if cls.__struct_config__.tag is not None:
        tag = cls.__struct_config__.tag
        yield Given(cls.__struct_config__.tag_field, typing.Literal[tag], _always(tag))


def _typed_dict(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    for name, hint in hints.items():
        yield Given(name, hint, None, name in cls.__required_keys__)


def _named_tuple(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    for name in cls._fields:
        has = name in cls._field_defaults
        yield Given(name, hints.get(name, Any), _always(cls._field_defaults[name]) if has else None, not has)


def _plain(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    for name, hint in hints.items():
        if typing.get_origin(hint) is not typing.ClassVar and hint is not typing.ClassVar:
            has = hasattr(cls, name)
            yield Given(name, hint, _always(getattr(cls, name)) if has else None, not has)


def _function(cls: Any, hints: Mapping[str, Any]) -> Iterator[Given]:  # noqa: ANN401  as above
    for name, one in inspect.signature(cls).parameters.items():
        if one.kind in {one.VAR_KEYWORD, one.VAR_POSITIONAL}:
            continue
        has = one.default is not one.empty
        yield Given(name, hints.get(name, Any), _always(one.default) if has else None, not has)


def _always(value: object) -> Callable[[], object]:
    return lambda: value


def _unknown() -> object:
    raise TypeError("its class decides")


def _with_metadata(given: Given, metadata: Mapping[Any, Any]) -> Given:
    """What the usual keys of a field's metadata say: help, alias, aliases, flags, short, secret."""
    about = next((str(metadata[key]) for key in ("help", "description", "doc") if metadata.get(key)), given.about)
    words: list[str] = []
    for key in ("alias", "aliases", "flag", "flags", "short"):
        value = metadata.get(key, ())
        words += [value] if isinstance(value, str) else [one for one in value if isinstance(one, str)]
    short = tuple(word for word in words if word.startswith("-") and not word.startswith("--"))
    long = tuple(
        word.lstrip("-").replace("-", "_") if word.startswith("--") else word for word in words if word not in short
    )
    return given._replace(
        about=about,
        flags=given.flags + short,
        aliases=given.aliases + long,
        secret=given.secret or bool(metadata.get("secret")),
    )


_READ: Mapping[Family, Callable[[Any, Mapping[str, Any]], Iterator[Given]]] = {
    "dataclass": _dataclass,
    "attrs": _attrs,
    "pydantic": _pydantic,
    "msgspec": _msgspec,
    "TypedDict": _typed_dict,
    "NamedTuple": _named_tuple,
    "class": _plain,
    "function": _function,
}
