"""Every number of `antifoul survey` beside the tool that users know it from, function by function and file by file.

Usage: python bench/metrics_vs_oracles.py FOLDER...   (in an environment with antifoul, radon, ruff, mccabe, complexipy)
"""

import ast
import json
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import complexipy
import radon.metrics
import radon.raw
import radon.visitors

from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.facts.tree import Code
from antifoul.ledger.measuring import Item, measure_one
from antifoul.measures.code import measure


def ruff(folder: Path) -> dict[tuple[str, int, str], int]:
    """C901 of every function, by file, line and name."""
    argv = (
        str(Path(sys.executable).with_name("ruff")), "check", "--isolated", "--no-cache", "--ignore-noqa", "--select",
        "C901", "--config", "lint.mccabe.max-complexity=0", "--output-format", "json", str(folder),
    )  # fmt: skip
    out = subprocess.run(argv, capture_output=True, check=False).stdout
    found = {}
    for row in json.loads(out):
        if row["code"] == "C901":
            name, number = re.findall(r"`(.+?)` is too complex \((\d+) ", row["message"])[0]
            found[row["filename"], row["location"]["row"], name] = int(number)
    return found


def radon_functions(tree: ast.Module) -> Iterator[tuple[int, str, int]]:
    """Every function that radon reports, closures too."""
    visitor = radon.visitors.ComplexityVisitor.from_ast(tree)
    waiting = [*visitor.functions, *(method for one in visitor.classes for method in one.methods)]
    while waiting:
        function = waiting.pop()
        yield function.lineno, function.name, function.complexity
        waiting += function.closures


def compare(file: Path, by_ruff: dict[tuple[str, int, str], int], counts: Counter[str]) -> None:
    """Count what is equal in one file."""
    data = file.read_bytes()
    if not isinstance(measure_one(Item(file.name, "0" * 40, data), MARKERS), Code):
        counts["files not read"] += 1
        return
    source = Source(file.name, data)
    code = measure(source, MARKERS)
    counts["files"] += 1
    counts["defs"] += sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in ast.walk(source.tree))
    counts["functions"] += len(code.functions)
    ours = {(one.line, one.symbol.rpartition(".")[2]): one for one in code.functions}
    for line, name, complexity in radon_functions(source.tree):
        counts["radon"] += 1
        counts["radon ="] += ours[line, name].complexity == complexity
    for (path, line, name), complexity in by_ruff.items():
        if path == str(file):
            counts["ruff"] += 1
            counts["ruff ="] += ours[line, name].mccabe == complexity
    by_end = {(one.symbol, one.end_line): one.cognitive for one in code.functions}
    for one in complexipy.code_complexity(source.text, no_ignore=True).functions:
        key = one.name.replace("::", "."), one.line_end
        if key in by_end:
            counts["complexipy"] += 1
            counts["complexipy ="] += by_end[key] == one.complexity
            counts["complexipy <"] += by_end[key] < one.complexity
    lines = (code.loc, code.lloc, code.sloc, code.comments, code.multi, code.blank, code.single)
    counts["raw ="] += lines == tuple(radon.raw.analyze(source.text))
    counts["hal ="] += tuple(code.halstead) == tuple(radon.metrics.h_visit_ast(source.tree).total)[:4]
    counts["mi ="] += abs(code.maintainability - radon.metrics.mi_visit(source.text, multi=True)) < 0.006


def main() -> None:
    """Print a row a folder."""
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    heads = ("folder", "files", "functions, defs", "radon cc", "ruff C901", "complexipy", "raw", "hal", "mi")
    print(f"| {' | '.join(heads)} |\n| :-- |{' --: |' * 8}")
    for folder in map(Path, sys.argv[1:]):
        counts: Counter[str] = Counter()
        by_ruff = ruff(folder)
        for file in sorted(folder.resolve().rglob("*.py")):
            compare(file, by_ruff, counts)
        cells = [
            folder.name,
            f"{counts['files']:,}",
            f"{counts['functions']:,} of {counts['defs']:,}",
            *(f"{counts[f'{one} =']:,} of {counts[one]:,}" for one in ("radon", "ruff", "complexipy")),
            *(f"{counts[f'{one} =']:,}" for one in ("raw", "hal", "mi")),
        ]
        print(f"| {' | '.join(cells)} |")
        print(f"<!-- below complexipy: {counts['complexipy <']}; not read: {counts['files not read']} -->")


if __name__ == "__main__":
    main()
