"""Sentences about a stack: who set a key; which flags and variables a schema has."""

from collections.abc import Iterator
from typing import NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.environment import variable_for
from antifoul.facts.stack.hiding import HIDDEN
from antifoul.facts.stack.known import Known, fields
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Node, Scalar, Table, Unknown, at, rows
from antifoul.facts.stack.paths import KeyPath, dotted
from antifoul.facts.stack.schema import Schema
from antifoul.facts.stack.secrets import is_secret
from antifoul.facts.stack.stack import Stack, Step

_WIDEST = 100


def found_at(tree: Table, path: KeyPath) -> KeyPath:
    """The key in the config's own words.

    Raises:
        UsageError: there is no such key.
    """
    known = Known(tree, None)
    real = known.real(path)
    if real is None:
        raise UsageError(f"there is no key {dotted(path)}{known.hint(path)}")
    return real


def explained(stack: Stack, tree: Table, path: KeyPath) -> str:
    """Who set the key, a line for each layer, the one that won first; of a mapping, a line for each value in it.

    Raises:
        UsageError: there is no such key, and no layer took it away.
    """
    steps = stack.history(path)
    gone = bool(steps) and steps[0].act in {"removes", "replaces"} and at(tree, path) is None
    if not gone:
        path = found_at(tree, path)
        steps = stack.history(path)
    return "\n".join(_lines(tree, path, steps))


def _lines(tree: Table, path: KeyPath, steps: tuple[Step, ...]) -> Iterator[str]:
    node = at(tree, path)
    if node is None:
        yield f"{dotted(path)} is not set"
    elif any(inner for inner, _ in rows(node)):
        for inner, leaf in rows(node):
            yield _sentence((*path, *inner), leaf)
        return
    else:
        yield _sentence(path, node)
    for one in steps if node is None or steps[0].act == "adds" else steps[1:]:
        yield f"  over {said(one, path)}" if node is not None else f"  {said(one, path)}"


def _sentence(path: KeyPath, node: Node) -> str:
    by = f"set by {node.origin.layer}, {node.origin.spot}"
    return f"{dotted(path)} = {shown(path, node)}: {by}{_how(node)}"


def _how(node: Node) -> str:
    match node:
        case Scalar(via=str() as via) if via:
            return f", as {via}"
        case Unknown(_, _, why):
            return f": not known here, {why}"
        case _:
            return ""


def said(one: Step, path: KeyPath) -> str:
    """What one layer does to a key."""
    where = f"{one.origin.layer}, {one.origin.spot}"
    match one.act:
        case "removes":
            return f"{where}: takes it away"
        case "replaces":
            return f"{where}: replaces what it is in"
        case "adds":
            return f"{where}: adds {shown(path, one.node)}"
        case "sets":
            return f"{where}: {shown(path, one.node)}"


def shown(path: KeyPath, node: Node) -> str:
    """The value in one line, cut where it is long; a secret is not shown."""
    text = HIDDEN if is_secret(path, node) else literal(node)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


class Flag(NamedTuple):
    """One key as it may be set from above."""

    flag: str  # "--optimizer.lr"
    shorts: tuple[str, ...]
    variable: str
    type: str
    default: str  # as YAML, "" where it must be set
    about: str
    group: str  # the section that it stands in, "" for the top


def flags_of(schema: Schema, prefix: str) -> tuple[Flag, ...]:
    """Each leaf of the schema."""
    out = []
    for path, one in fields(schema):
        if schema.shape(one.kind) is None:
            default = literal(one.default) if one.default is not None else one.computed
            group = dotted(path[:-1]) if len(path) > 1 else ""
            flag = f"--{dotted(path)}"
            variable = variable_for(path, prefix)
            out.append(Flag(flag, one.flags, variable, one.kind.written, default, one.about, group))
    return tuple(out)


def usage_of(flags: tuple[Flag, ...]) -> str:
    """The flags as a help text, a group after the other."""
    lines = []
    for group in dict.fromkeys(flag.group for flag in flags):
        lines.append(f"{group or 'options'}:")
        for flag in (one for one in flags if one.group == group):
            names = ", ".join((*flag.shorts, flag.flag))
            default = f" (default: {flag.default})" if flag.default else " (must be set)"
            lines.append(f"  {names} {flag.type}{default}  [{flag.variable}]")
            lines += [f"      {flag.about}"] if flag.about else []
    return "".join(f"{line}\n" for line in lines)
