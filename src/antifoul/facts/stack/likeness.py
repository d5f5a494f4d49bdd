"""Which type a value looks like, before it is cast to any."""

from antifoul.facts.stack.cast import fits
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Listing, Node, Scalar, Table
from antifoul.facts.stack.scalars import resolved
from antifoul.facts.stack.schema import Field, Kind


def is_tag(field: Field) -> bool:
    """The field has one choice: it tells its class from others."""
    return field.kind.sort == "choice" and len(field.kind.choices) == 1


def as_list(node: Node) -> Listing | None:
    """A list; what a flag or variable gives may be `a,b,c`."""
    match node:
        case Listing():
            return node
        case Scalar(_, origin, str() as text) if not origin.line:
            parts = [part.strip() for part in text.split(",")] if text.strip() else []
            return Listing(tuple(Scalar(resolved(part), origin, part) for part in parts), origin)
        case _:
            return None


def preferred(node: Scalar, kinds: tuple[Kind, ...]) -> Kind | None:
    """The type that the value is of as it stands; an unquoted yes or no is a bool where one may stand."""
    said = node.text is not None and node.text.lower() in {"yes", "no", "on", "off"}
    answer = next((one for one in kinds if one.sort == "bool"), None) if said else None
    return answer or next((one for one in kinds if fits(node, one)), None)


def by_likeness(node: Node, kinds: tuple[Kind, ...]) -> list[Kind]:
    """The types in the order to try: a number is rather another number than text."""
    if isinstance(node, Scalar) and not isinstance(node.value, str):
        return sorted(kinds, key=lambda one: one.sort in {"str", "made"})
    return list(kinds)


def is_near(node: Node, kind: Kind) -> bool:
    """What is wrong with the value as one of that type is worth saying."""
    match node:
        case Table():
            return kind.sort in {"object", "mapping"}
        case Listing():
            return kind.sort in {"list", "tuple"}
        case _:
            return kind.sort not in {"none", "object", "mapping", "list", "tuple"}


def shown(node: Node) -> str:
    """The value, or what it is where it is long."""
    match node:
        case Table():
            return "a mapping"
        case Listing():
            return "a list"
        case _:
            return literal(node)
