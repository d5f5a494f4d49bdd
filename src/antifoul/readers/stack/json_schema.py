"""A JSON Schema as a schema: the part of it that configs use. What it says beyond that is noted, not judged."""

from collections.abc import Iterator, Mapping
from typing import Any

from antifoul.facts.stack.nodes import Origin, from_plain
from antifoul.facts.stack.schema import ANY, Extra, Field, Kind, Schema, Shape, Sort

_TYPES: Mapping[str, Sort] = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "none"}
_LIMITS = {
    "exclusiveMinimum": "gt", "minimum": "ge", "exclusiveMaximum": "lt", "maximum": "le", "multipleOf": "multiple_of",
    "minLength": "min_length", "maxLength": "max_length", "minItems": "min_length", "maxItems": "max_length",
    "pattern": "pattern",
}  # fmt: skip
_UNJUDGED = (
    "if", "then", "else", "not", "dependentRequired", "dependentSchemas", "dependencies", "contains", "propertyNames",
    "uniqueItems", "minProperties", "maxProperties", "unevaluatedProperties", "$dynamicRef",
)  # fmt: skip


def json_schema(document: Mapping[str, Any]) -> Schema:
    """The schema that the document declares."""
    work = _Reading(document)
    top = work.kind(document, "#")
    return Schema(work.shapes, top, tuple(work.notes))


class _Reading:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.shapes: dict[str, Shape] = {}
        self.notes: list[str] = []
        self._document = document
        self._entered: set[str] = set()
        self._following: set[str] = set()

    def kind(self, node: Any, where: str) -> Kind:  # noqa: ANN401, PLR0911  a piece of a parsed document
        """The type that a piece of the schema declares."""
        if not isinstance(node, Mapping):
            return ANY if node is not False else Kind("union", "nothing")
        self.notes += [f"{where}: {word} is not judged" for word in _UNJUDGED if word in node]
        if "$ref" in node:
            return self._referred(str(node["$ref"]), where)
        if "allOf" in node:
            node = self._joined(node, where)
        if "const" in node:
            return Kind("choice", repr(node["const"]), choices=(node["const"],))
        if "enum" in node:
            choices = tuple(node["enum"])
            return Kind("choice", " | ".join(map(repr, choices)), choices=choices)
        for word in ("anyOf", "oneOf"):
            if word in node:
                return _union(
                    [
                        self.kind({**_rest(node, word), **one}, f"{where}/{word}/{at}")
                        for at, one in enumerate(node[word])
                    ]
                )
        types = node.get("type")
        if isinstance(types, list):
            return _union([self.kind({**node, "type": one}, where) for one in types])
        return self._of_type(node, str(types or _guessed(node)), where)

    def _of_type(self, node: Mapping[str, Any], name: str, where: str) -> Kind:
        limits = tuple((ours, node[theirs]) for theirs, ours in _LIMITS.items() if theirs in node)
        if name in _TYPES:
            return Kind(_TYPES[name], name, limits=limits)
        if name == "array":
            fixed = node.get("prefixItems")
            if isinstance(fixed, list) and node.get("items") is False:
                return Kind(
                    "tuple", "array", tuple(self.kind(one, f"{where}/prefixItems/{at}") for at, one in enumerate(fixed))
                )
            return Kind("list", "array", (self.kind(node.get("items", True), f"{where}/items"),), limits=limits)
        if name == "object":
            return self._object(node, where)
        return ANY

    def _object(self, node: Mapping[str, Any], where: str) -> Kind:
        name = str(node.get("title", where.rpartition("/")[2] if where != "#" else "the schema"))
        kind = Kind("object", name, of=where)
        if where in self._entered:
            return kind
        self._entered.add(where)
        rest = node.get("additionalProperties", True)
        patterns = tuple(
            (text, self.kind(one, f"{where}/{text}")) for text, one in node.get("patternProperties", {}).items()
        )
        fields = tuple(self._fields(node, where))
        extra: Extra = "refused" if rest is False else "kept"
        inner = self.kind(rest, f"{where}/additionalProperties") if isinstance(rest, Mapping) else ANY
        about = str(node.get("description", ""))
        self.shapes[where] = Shape(name, fields, extra, about, rest=inner, patterns=patterns)
        return kind

    def _fields(self, node: Mapping[str, Any], where: str) -> Iterator[Field]:
        needed = set(node.get("required", ()))
        known = node.get("properties", {})
        for name, one in {**known, **{name: True for name in needed if name not in known}}.items():
            piece = one if isinstance(one, Mapping) else {}
            default = from_plain(piece["default"], Origin("default", f"{where}/{name}")) if "default" in piece else None
            yield Field(
                str(name),
                self.kind(one, f"{where}/properties/{name}"),
                default,
                name in needed and default is None,
                about=str(piece.get("description", "")),
            )

    def _referred(self, text: str, where: str) -> Kind:
        node: Any = self._document
        if not text.startswith("#"):
            self.notes.append(f"{where}: {text} is another document: not judged")
            return ANY
        for part in text[1:].strip("/").split("/") if text.strip("#/") else []:
            part = part.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901  as JSON Pointer has it
            node = node.get(part) if isinstance(node, Mapping) else None
            if node is None:
                self.notes.append(f"{where}: {text} leads nowhere: not judged")
                return ANY
        if text in self._entered:
            return Kind("object", text.rpartition("/")[2], of=text)
        if text in self._following:  # it leads back to itself, through no object
            return ANY
        self._following.add(text)
        kind = self.kind(node, text)
        self._following.discard(text)
        return kind

    def _joined(self, node: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        """`allOf` of objects is one object with the properties of all."""
        whole: dict[str, Any] = {key: one for key, one in node.items() if key != "allOf"}
        for piece in node["allOf"]:
            one = self._target(piece, where)
            for key, value in one.items():
                if key in {"properties", "patternProperties"}:
                    whole[key] = {**value, **whole.get(key, {})}
                elif key == "required":
                    whole[key] = [*whole.get(key, []), *value]
                else:
                    whole.setdefault(key, value)
        return whole

    def _target(self, piece: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401  as above
        for _ in range(20):
            if not (isinstance(piece, Mapping) and "$ref" in piece):
                break
            node: Any = self._document
            for part in str(piece["$ref"]).strip("#/").split("/"):
                node = node.get(part) if isinstance(node, Mapping) else None
            piece = node
        if isinstance(piece, Mapping):
            return self._joined(piece, where) if "allOf" in piece else piece
        return {}


def _rest(node: Mapping[str, Any], word: str) -> dict[str, Any]:
    """What stands beside `anyOf` holds for each of its pieces."""
    return {key: one for key, one in node.items() if key not in {word, "title", "description", "default", "$defs"}}


def _guessed(node: Mapping[str, Any]) -> str:
    if {"properties", "required", "additionalProperties", "patternProperties"} & set(node):
        return "object"
    return "array" if "items" in node else ""


def _union(kinds: list[Kind]) -> Kind:
    flat = [inner for one in kinds for inner in (one.args if one.sort == "union" else (one,))]
    return flat[0] if len(flat) == 1 else Kind("union", " | ".join(one.written for one in flat), tuple(flat))
