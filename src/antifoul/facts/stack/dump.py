"""A config as YAML that every loader reads alike, and the fingerprint of its values."""

import hashlib
import json
from collections.abc import Iterator

from antifoul.facts.stack.literals import key_word, literal, word
from antifoul.facts.stack.nodes import Gone, Listing, Node, Scalar, Table, Unknown
from antifoul.facts.stack.paths import shown_key

_NARROW = 80  # signs up to which a list stands in one line


def yaml_text(tree: Table, *, places: bool = False) -> str:
    """The tree, a key a line; with `places` each line says where its value was set."""
    if not tree.items:
        return "{}\n"
    return "".join(f"{line}\n" for line in _lines(tree, "", places=places))


def _lines(node: Node, indent: str, *, places: bool) -> Iterator[str]:
    match node:
        case Table(items):
            for key, inner in items.items():
                yield from _entry(f"{indent}{key_word(key)}:", inner, f"{indent}  ", places=places)
        case Listing(items):
            for inner in items:
                yield from _entry(f"{indent}-", inner, f"{indent}  ", places=places)
        case _:
            raise TypeError("a value has no lines of its own")


def _entry(head: str, node: Node, indent: str, *, places: bool) -> Iterator[str]:
    remark = f"  # {_one_line(node.origin.spot)}" if places and node.origin.place else ""
    if isinstance(node, Table | Listing) and node.items and not _fits_in_line(node):
        yield head
        yield from _lines(node, indent, places=places)
    else:
        yield f"{head} {_shown(node)}{remark}"


def _fits_in_line(node: Table | Listing) -> bool:
    plain = isinstance(node, Listing) and not any(isinstance(one, Table | Listing) for one in node.items)
    return plain and len(_shown(node)) <= _NARROW


def _shown(node: Node) -> str:
    """In one line; what is not known is text, so that the file can be read."""
    match node:
        case Unknown(text):
            return word(text)
        case Listing(items):
            return f"[{', '.join(map(_shown, items))}]"
        case _:
            return literal(node)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def fingerprint(tree: Table) -> str:
    """64 bits of the values in force, in hex: the same for the same values, wherever and in whatever order they stand.

    A number's type counts, as it does to the code: 1 is not 1.0.
    """
    text = json.dumps(_canonical(tree), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _canonical(node: Node) -> object:
    match node:
        case Table(items):
            return {f"{type(key).__name__}:{shown_key(key)}": _canonical(inner) for key, inner in items.items()}
        case Listing(items):
            return [_canonical(inner) for inner in items]
        case Scalar(value):
            return {type(value).__name__: word(value)}
        case Unknown(text):
            return {"unknown": text}
        case Gone():
            return None
