"""Where two definitions first differ: docstrings, annotations, comments and layout apart."""

from __future__ import annotations

import ast
import textwrap
from itertools import zip_longest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    Apart: TypeAlias = tuple[ast.stmt | None, ast.stmt | None]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parsed(text: str) -> Definition | None:
    """The definition that the text is; None where it is none that parses."""
    try:
        node = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return None
    return node if isinstance(node, _DEFINITIONS) else None


def first_apart(wanted: Definition, got: Definition, ignored: frozenset[int], *, cut: bool) -> Apart | None:
    """The first statements that differ. A copy that was cut is compared as far as it goes.

    A function with a line that is ignored may differ: only its author knows how far.
    """
    if isinstance(wanted, ast.ClassDef) and isinstance(got, ast.ClassDef):
        return _members_apart(wanted, got, ignored)
    if not ignored.isdisjoint(range(got.lineno, (got.end_lineno or got.lineno) + 1)):
        return None
    if _head(wanted) != _head(got):
        return wanted, got
    theirs, ours = _body(wanted), _body(got)
    for one, other in zip(theirs, ours, strict=False):
        if ast.dump(one) != ast.dump(other):
            return one, other
    if len(ours) > len(theirs):
        return None, ours[len(theirs)]
    return (theirs[len(ours)], None) if len(theirs) > len(ours) and not cut else None


def _members_apart(wanted: ast.ClassDef, got: ast.ClassDef, ignored: frozenset[int]) -> Apart | None:
    """The first members of two classes that differ: those with names by name, what else there is in order."""
    theirs = {one.name: one for one in wanted.body if isinstance(one, _DEFINITIONS)}
    for other in got.body:
        if not isinstance(other, _DEFINITIONS):
            continue
        one = theirs.pop(other.name, None)
        lines = {other.lineno, *(mark.lineno for mark in other.decorator_list)}
        if not ignored.isdisjoint(lines):
            continue
        if one is None:
            return None, other
        if type(one) is not type(other):
            return one, other
        apart = first_apart(one, other, ignored, cut=False)
        if apart is not None:
            return apart
    if theirs:
        return next(iter(theirs.values())), None
    return _others_apart(wanted, got, ignored)


def _others_apart(wanted: ast.ClassDef, got: ast.ClassDef, ignored: frozenset[int]) -> Apart | None:
    """The first statements of two classes that differ, definitions apart; none where one is ignored."""
    theirs, ours = ([one for one in _body(node) if not isinstance(one, _DEFINITIONS)] for node in (wanted, got))
    if any(one.lineno in ignored for one in ours):
        return None
    for one, other in zip_longest(theirs, ours):
        if one is None or other is None or ast.dump(one) != ast.dump(other):
            return one, other
    return None


def _body(node: ast.AST) -> list[ast.stmt]:
    """The statements of a definition, docstrings apart."""
    return [
        one
        for one in getattr(node, "body", ())
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str))
    ]


def _head(node: ast.AST) -> str:
    """The parameters with their defaults, annotations apart."""
    given = getattr(node, "args", None)
    if given is None:
        return ""
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    defaults = [ast.dump(one) for one in (*given.defaults, *given.kw_defaults) if one is not None]
    return f"{names} {defaults} {bool(given.vararg)} {bool(given.kwarg)}"
