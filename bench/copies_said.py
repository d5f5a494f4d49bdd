"""Recall on copies that say so: definitions under `# Copied from PATH` in the sources of transformers.

    python bench/copies_said.py FOLDER   (the folder that holds `transformers`)

A pair is a function or method under such a comment and the one that it names, or, under a class's comment, the methods
that both classes have. It counts as found when `antifoul duplicates` has both in one class of copies. Pairs are read
here by `ast` alone. Functions of fewer than three statements, docstrings apart, are counted in a row of their own.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SAID = re.compile(r"\s*#\s*Copied from\s+([\w.]+)\s*(with\s.*)?$")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Place = tuple[str, int]


class Said(NamedTuple):
    """A copy and its source."""

    copy: Place
    source: Place
    renamed: bool
    statements: int
    by_class: bool


def main() -> None:
    """Print the table."""
    root = Path(sys.argv[1])
    said = list(dict.fromkeys(pairs(root)))
    command = (
        str(Path(sys.executable).parent / "antifoul"),
        "duplicates",
        str(root),
        "--no-history",
        "--format",
        "json",
    )
    done = subprocess.run(command, env={**os.environ, "ANTIFOUL_CACHE": ""}, stdout=subprocess.PIPE, check=True)
    home: dict[Place, set[int]] = {}
    for number, one in enumerate(json.loads(done.stdout)["clones"]):
        for member in one["members"] if one["kind"] != "fragment" else ():
            home.setdefault((member["path"], member["start"]), set()).add(number)
    print("| copies | pairs | found | recall |\n| :-- | --: | --: | --: |")
    large = [one for one in said if one.statements >= 3]
    tell("that name a function", [one for one in large if not one.by_class], home)
    tell("of them with `A->B`", [one for one in large if not one.by_class and one.renamed], home)
    tell("methods of classes that name a class", [one for one in large if one.by_class], home)
    tell("of them with `A->B`", [one for one in large if one.by_class and one.renamed], home)
    tell("all", large, home)
    tell("all with `A->B`", [one for one in large if one.renamed], home)
    tell("of one or two statements", [one for one in said if one not in set(large)], home)
    for one in large if "--show" in sys.argv else ():
        if not home.get(one.copy, set()) & home.get(one.source, set()):
            print(one)


def tell(name: str, rows: list[Said], home: dict[Place, set[int]]) -> None:
    """One row."""
    found = sum(bool(home.get(one.copy, set()) & home.get(one.source, set())) for one in rows)
    print(f"| {name} | {len(rows)} | {found} | {found / max(len(rows), 1):.3f} |")


def pairs(root: Path) -> Iterator[Said]:
    """Every such pair whose source is there."""
    for path in sorted(root.rglob("*.py")):
        lines, tree = read(path)
        for node in ast.walk(tree):
            if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                continue
            at = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 2
            if at < 0 or not (found := SAID.match(lines[at])):
                continue
            source = named(root, found[1].split("."))
            if source is not None:
                yield from matched(root, path, node, source, renamed=bool(found[2]))


def matched(
    root: Path, path: Path, node: Definition, source: tuple[Path, Definition], *, renamed: bool
) -> Iterator[Said]:
    """The pair, or those of the methods."""
    where, other = source
    names = [str(one.relative_to(root)) for one in (path, where)]
    if isinstance(node, FUNCTIONS) and isinstance(other, FUNCTIONS):
        yield Said((names[0], node.lineno), (names[1], other.lineno), renamed, count(node), by_class=False)
    elif isinstance(node, ast.ClassDef) and isinstance(other, ast.ClassDef):
        theirs = {one.name: one for one in other.body if isinstance(one, FUNCTIONS)}
        for one in node.body:
            if isinstance(one, FUNCTIONS) and one.name in theirs:
                there = (names[1], theirs[one.name].lineno)
                yield Said((names[0], one.lineno), there, renamed, count(one), by_class=True)


def named(root: Path, parts: list[str]) -> tuple[Path, Definition] | None:
    """The file and the definition of a dotted name."""
    for size in range(len(parts) - 1, 0, -1):
        path = root.joinpath(*parts[:size]).with_suffix(".py")
        if path.is_file():
            node: ast.AST | None = read(path)[1]
            for name in parts[size:]:
                body = getattr(node, "body", ())
                node = next((one for one in body if getattr(one, "name", None) == name), None)
            return (path, node) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else None
    return None


@cache
def read(path: Path) -> tuple[list[str], ast.Module]:
    """The lines and the syntax tree of a file."""
    text = path.read_text(encoding="utf-8")
    return text.split("\n"), ast.parse(text)


def count(node: ast.AST) -> int:
    """Statements inside, docstrings apart."""
    rows = [one for one in ast.walk(node) if isinstance(one, ast.stmt)][1:]
    return sum(not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)) for one in rows)


if __name__ == "__main__":
    main()
