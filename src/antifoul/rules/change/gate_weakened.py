"""gate-weakened."""

from __future__ import annotations

import ast
import re

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.facts.roles import is_gate
from antifoul.facts.settings import Thresholds
from antifoul.measures.definitions import definitions
from antifoul.measures.novelty import Judged, fresh
from antifoul.measures.scopes import last_name
from antifoul.rules.registry import index, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.change import Change, ChangedFile
    from antifoul.facts.source import Source

# A comment that switches a whole check off; compiled when first needed.
_BLANKET = (
    (r"#\s*(?:ruff|flake8)\s*:\s*noqa\b(?!\s*:)", "the linter is switched off for the file"),
    (r"#\s*mypy\s*:\s*ignore-errors", "the type checker is switched off for the file"),
    (r"#\s*pylint\s*:\s*(?:skip-file|disable\s*=\s*all)\b", "pylint is switched off"),
    (r"#\s*pyright\s*:\s*(?:basic|off)\b", "pyright is switched down"),
    (r"#\s*noqa\b(?!\s*:)", "a blanket `noqa`: name the rule, `# noqa: CODE`"),
    (r"#\s*type:\s*ignore\b(?!\s*\[)", "a blanket `type: ignore`: name the error, `# type: ignore[CODE]`"),
)
_WORDS = (b"noqa", b"type: ignore", b"type:ignore", b"mypy:", b"pylint:", b"pyright:")
_RUNS = re.compile(rb"\b(?:ruff|flake8|mypy|pytest|pylint|coverage|pre-commit|antifoul|tox|nox|unittest)\b")
_TEST_WORDS = (b"skip", b"expectedFailure", b"xfail")
_SKIPS = frozenset({"skip", "expectedFailure", "xfail"})


@rule("gate-weakened", severity="warning")
def gate_weakened(change: Change) -> Iterator[Hit]:
    """A change that lets more pass: lint rules off, blanket ignores, thresholds lowered, tests skipped, hooks out.

    Gates are loosened in the change that they would have stopped, on a Friday, for one run. Nobody tightens them again.

    Mend what the gate says, or loosen it in a change of its own that says why. To loosen antifoul's own settings is an
    error, so that a change cannot disarm the gate that judges it. A `skipif` or `xfail` with its condition is left
    alone, and so is a strict `xfail`: it fails once the test passes.

    Bad::

        # in pyproject.toml
        [tool.coverage.report]
        fail_under = 60  # was 80

    Good::

        # in tests/test_loss.py: the test that brings it back to 80
    """
    judged = []
    # Settings that move from one file to another are compared by people.
    replaced = any(file.after is not None and is_gate(file.path) for file in change.files)
    for file in change.files:
        if file.after is not None and file.before is not None and is_gate(file.path):
            yield from _settings(file, file.before, file.after)
        elif file.before is not None and is_gate(file.path) and not replaced and _RUNS.search(file.before.data):
            yield Hit(
                line=1, message="a file that configures or runs a gate is deleted", path=file.path, anchor="deleted"
            )
        if file.after is not None and file.after.is_python:
            judged.append(Judged(file, _in_python(file.before), _in_python(file.after)))
    for path, hits in fresh(judged).items():
        yield from (hit._replace(path=path) for hit in hits)


def _settings(file: ChangedFile, before: Source, after: Source) -> Iterator[Hit]:
    try:
        old, new = before.text, after.text
    except ReadError:
        return
    lines = new.split("\n")
    added = sorted(file.added())
    from antifoul.measures.weakening import weakened  # noqa: PLC0415  only where such a file changed

    for one in weakened(file.path, old, new, _defaults()):
        places = [line for line in added if one.text and line <= len(lines) and one.text in lines[line - 1]]
        where = places or [n for n, line in enumerate(lines, 1) if one.text and one.text in line] or added or [1]
        yield Hit(
            line=where[0],
            message=one.message,
            path=file.path,
            anchor=one.message,
            severity="error" if one.own else None,
        )


def _defaults() -> dict[str, object]:
    """What antifoul's own settings are where nothing is set."""
    limits = Thresholds()
    out: dict[str, object] = {f"rules.{entry.name}.severity": entry.severity for entry in index()}
    out |= {f"thresholds.{name.replace('_', '-')}": value for name, value in limits._asdict().items()}
    out |= {"rules.complexity-raised.limit": limits.complexity, "rules.nesting-raised.limit": limits.nesting}
    return out | {"rules.complexity-raised.by": 5, "rules.function-grown.limit": 60, "fail-on": "error"}


def _in_python(source: Source | None) -> tuple[Hit, ...]:
    if source is None or not source.is_python:
        return ()
    lowered = source.data.lower()
    in_comments = any(word in lowered for word in _WORDS)
    in_tests = source.role == "test" and any(word in source.data for word in _TEST_WORDS)
    try:
        return (*(_comments(source) if in_comments else ()), *(_skipped_tests(source) if in_tests else ()))
    except ReadError:
        return ()


def _comments(source: Source) -> Iterator[Hit]:
    from antifoul.measures.tokens import comments  # noqa: PLC0415  only where one may stand

    found = definitions(source)
    for comment in comments(source.text):
        what = next((said for pattern, said in _BLANKET if re.search(pattern, comment.text, re.IGNORECASE)), "")
        if what:
            inside = [one for one in found if one.start <= comment.line <= one.end_line]
            home = max(inside, key=lambda one: one.start).key.symbol if inside else ""
            yield Hit(source.git_line(comment.line), what, comment.column + 1, symbol=home, anchor=what)


def _skipped_tests(source: Source) -> Iterator[Hit]:
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value) if _skips(value):
                yield Hit(source.git_line(node.lineno), "every test of this file is skipped", anchor="pytestmark")
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr="skip"))):
                yield Hit(source.git_line(node.lineno), "every test of this file is skipped", anchor="module skip")
            case _:
                pass
    for one in definitions(source):
        for decorator in one.node.decorator_list:
            if _skips(decorator):
                what = "class of tests" if isinstance(one.node, ast.ClassDef) else "test"
                may_fail = last_name(decorator.func if isinstance(decorator, ast.Call) else decorator) == "xfail"
                message = f"the {what} {one.name} {'may fail unnoticed' if may_fail else 'is skipped'}"
                line = source.git_line(decorator.lineno)
                yield Hit(line, message, decorator.col_offset + 1, symbol=one.key.symbol, anchor="skip")


def _skips(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=func, keywords=keywords) if last_name(func) == "xfail":
            strict = [one for one in keywords if one.arg == "strict" and getattr(one.value, "value", True)]
            return _skips(func) and not strict and not node.args
        case ast.Call(func=func):
            return _skips(func)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _SKIPS
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return any(map(_skips, items))
        case _:
            return False
