"""Put one wish of the command line, or of a variable, on the layers below."""

from dataclasses import replace

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.elements import element
from antifoul.facts.stack.known import Known
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.merge import merge, settled
from antifoul.facts.stack.nodes import Gone, Listing, Node, Origin, Scalar, Table, at, step
from antifoul.facts.stack.overrides import COMMAND_LINE, Override
from antifoul.facts.stack.paths import Key, KeyPath, dotted, parsed
from antifoul.facts.stack.schema import Kind
from antifoul.facts.stack.stack import Layer


def layer_for(wish: Override, known: Known, shorts: dict[str, KeyPath]) -> Layer:
    """The layer that does what one override says.

    Raises:
        UsageError: there is no such key, or it cannot be done to it.
        ReadError: its value cannot be read.
    """
    origin = Origin(COMMAND_LINE, wish.written)
    path, act = _target(wish, known, shorts)
    below = at(known.tree, path)
    if act == "remove":
        if below is None:
            raise _unknown(wish, path, known)
        if wish.values and literal(element(wish.values[0], origin)) != literal(below):
            raise UsageError(f"{wish.written}: {dotted(path)} is {literal(below)}")
        return _layer(known.tree, path, Gone(origin), origin)
    node = _value(wish, act, known.kinds(path), below)
    if act == "more":
        items = node.items if isinstance(node, Listing) else (node,)
        node = Listing(items, origin, append=True)
    _refuse_flattening(wish, path, below, node, known)
    return _layer(known.tree, path, node, origin)


def _target(wish: Override, known: Known, shorts: dict[str, KeyPath]) -> tuple[KeyPath, str]:
    """The key that is meant, in the config's own words, and what is to be done to it."""
    if wish.short:
        if f"-{wish.key}" not in shorts:
            there = f"there is {', '.join(shorts)}" if shorts else "no key has a short one"
            raise UsageError(f"there is no flag -{wish.key}: {there}")
        return shorts[f"-{wish.key}"], wish.act
    path = parsed(wish.key)
    real = known.real(path)
    if real is None and wish.flag and wish.act == "on" and wish.key.startswith(("no-", "no_")):
        real = known.real(parsed(wish.key[3:]))
        if real is not None:
            return real, "off"
    if wish.act in {"add", "put"}:
        if wish.act == "add" and real is not None and at(known.tree, real) is not None:
            raise UsageError(f"{wish.written}: {dotted(real)} is there already").with_remedy(
                f"to set it: {wish.written.removeprefix('+')}"
            )
        return real or path, wish.act
    if real is None:
        raise _unknown(wish, path, known)
    return real, wish.act


def _unknown(wish: Override, path: KeyPath, known: Known) -> UsageError:
    close = known.near(path)
    begins = [dotted(one) for one in known.paths() if wish.flag and dotted(one).startswith(wish.key)]
    if begins and close:
        hint = f"write it in full: --{begins[0]}" if len(begins) == 1 else f"it may be {', '.join(sorted(begins)[:4])}"
        return UsageError(f"{wish.written}: there is no key {wish.key}, and no flag may be shortened: {hint}")
    problem = UsageError(f"{wish.written}: there is no key {dotted(path)}{known.hint(path)}")
    if not wish.flag and wish.act == "set":
        problem.with_remedy(f"to add a new key: +{wish.written}")
    return problem


def _value(wish: Override, act: str, kinds: list[Kind], below: Node | None) -> Node:
    origin = Origin(COMMAND_LINE, wish.written)
    if wish.node is not None:
        return wish.node
    if act in {"on", "off"}:
        if kinds and not _may_be(kinds, "bool", "any"):
            raise UsageError(f"{wish.written}: it wants a value: {' | '.join(kind.written for kind in kinds)}")
        if not kinds and not (isinstance(below, Scalar) and isinstance(below.value, bool)):
            raise UsageError(f"{wish.written}: it wants a value")
        return Scalar(act == "on", origin)
    if len(wish.values) == 1:
        node = element(wish.values[0], origin)
        one_of_list = wish.flag and isinstance(node, Scalar) and not kinds and isinstance(below, Listing)
        return Listing((node,), origin) if one_of_list else node
    if isinstance(below, Listing) or _may_be(kinds, "list", "tuple"):
        return Listing(tuple(element(text, origin) for text in wish.values), origin)
    raise UsageError(f"{wish.written}: {wish.values[1]!r} belongs to no flag")


def _may_be(kinds: list[Kind], *sorts: str) -> bool:
    return any(kind.sort in sorts or (kind.sort == "union" and _may_be(list(kind.args), *sorts)) for kind in kinds)


def _refuse_flattening(wish: Override, path: KeyPath, below: Node | None, node: Node, known: Known) -> None:
    """A value in the place of a mapping is a slip, and a key in that of a value: what is there would be lost."""
    flat = isinstance(node, Listing) or (isinstance(node, Scalar) and node.value is not None)
    for size in range(1, len(path)):
        around = at(known.tree, path[:size])
        if wish.act == "add" and isinstance(around, Scalar | Listing) and literal(around) != "null":
            raise UsageError(f"{wish.written}: {dotted(path[:size])} is {literal(around)}, no mapping").with_remedy(
                f"to put a mapping in its place: +{wish.written}"
            )
    if flat and isinstance(below, Table) and below.items and known.schema is None and wish.act != "put":
        inner = ", ".join(dotted((*path, key)) for key in list(below.items)[:5])
        raise UsageError(f"{wish.written}: {dotted(path)} is a mapping: set one of {inner}").with_remedy(
            f"to put the value in its place: ++{wish.written.lstrip('+-')}"
        )


def _layer(tree: Table, path: KeyPath, node: Node, origin: Origin) -> Layer:
    patch = patched(tree, path, node, origin)
    if not isinstance(patch, Table):
        raise TypeError("a path into a mapping gives a mapping")
    return Layer(origin.layer, origin.place, patch)


def patched(below: Node | None, path: KeyPath, node: Node, origin: Origin) -> Node:
    """A tree that sets that one path, for a merge on what is below; a list on the way is written out whole.

    Raises:
        UsageError: the path leads to an item that the list does not have.
    """
    if not path:
        return node
    part, rest = path[0], path[1:]
    inner = step(below, part) if below is not None else None
    if isinstance(below, Listing):
        if not isinstance(part, int) or part >= len(below.items):
            raise UsageError(f"{origin.place}: the list has {len(below.items)} items, from 0")
        if isinstance(node, Gone) and not rest:
            items = below.items[:part] + below.items[part + 1 :]
        else:
            whole = _onto(inner, patched(inner, rest, node, origin))
            items = (*below.items[:part], whole, *below.items[part + 1 :])
        return replace(below, items=items, origin=origin)
    items_of: dict[Key, Node] = {part: patched(inner, rest, node, origin)}
    return Table(items_of, origin)


def _onto(below: Node | None, patch: Node) -> Node:
    return settled(merge(below, patch)) if below is not None else patch
