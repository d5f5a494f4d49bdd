"""Copies made from real functions, and pairs that only look like copies: what `antifoul duplicates` finds of them.

    python bench/copies_labelled.py [--each 60] [--seed 1] [--show KIND] FOLDER...

The functions come from the folders given; no two share a third of their words, or four lines in a row. Each stands in
a file of its own with its file's imports, its copy in another; the sets are laid out in a temporary folder and judged
by the command. A pair of files counts as found when a class of copies has both. `--show` prints what was
missed or found falsely.
"""

import argparse
import ast
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path

import copies_pieces as made
from copies_pieces import FUNCTIONS, Piece

Pair = tuple[str, str]
ORDINARY = ("exact", "layout", "renamed", "literals", "edited 1-3")
HARD = ("renamed, edited 1-3", "edited 4-8", "fragment", "small", "fields")
LOOKALIKES = ("dataclasses", "argparse blocks", "assigning __init__s", "tests", "look-alikes")


def main() -> None:
    """Make the sets, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="")
    parser.add_argument("--keep", type=Path, help="lay the sets out here instead")
    given = parser.parse_args()
    dice = random.Random(given.seed)  # noqa: S311 - the same seed is to make the same sets
    every = list(made.pieces(given.folders))
    dice.shuffle(every)
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        if given.keep:
            folder.mkdir(parents=True)
        Path(folder, "pyproject.toml").write_text("[tool.antifoul]\n", encoding="utf-8")
        taken: list[Piece] = []
        labels = positives(every, given.each, dice, folder, taken)
        labels |= negatives([one for one in every if one not in taken], given.each, folder, taken)
        tell(labels, found(folder), given.show, folder)


def found(folder: Path) -> set[Pair]:
    """The pairs of files that some class of copies has both of."""
    command = (str(Path(sys.executable).parent / "antifoul"), "duplicates", str(folder), "--format", "json")
    done = subprocess.run(command, env={**os.environ, "ANTIFOUL_CACHE": ""}, stdout=subprocess.PIPE, check=True)
    classes = json.loads(done.stdout)["clones"]
    paths = [sorted({member["path"] for member in one["members"]}) for one in classes]
    return {pair for one in paths for pair in combinations(one, 2)}


def tell(labels: dict[str, list[Pair]], told: set[Pair], show: str, folder: Path) -> None:
    """The table, kind by kind and set by set."""
    print("| set | pairs | found | precision | recall | F1 |\n| :-- | --: | --: | --: | --: | --: |")
    home = {path: kind for kind, pairs in labels.items() for pair in pairs for path in pair}
    true = {(min(pair), max(pair)) for kind in (*ORDINARY, *HARD) for pair in labels[kind]}
    for name, kinds in (("ordinary", ORDINARY), ("hard", HARD)):
        hits = wrong = wanted = 0
        for kind in (*kinds, name):
            if kind != name:
                pairs = {(min(pair), max(pair)) for pair in labels[kind]}
                right, false = len(pairs & told), [pair for pair in told - true if home[pair[0]] == kind]
                hits, wrong, wanted = hits + right, wrong + len(false), wanted + len(pairs)
                row(kind, len(pairs), right, len(false))
                display([*(pairs - told), *false] if show == kind else (), folder)
            else:
                across = [pair for pair in told - true if home[pair[0]] in LOOKALIKES]
                row(f"**{name}**, look-alikes included", wanted, hits, wrong + len(across))
    print("\n| look-alikes | pairs | told as copies |\n| :-- | --: | --: |")
    for kind in LOOKALIKES:
        false = [pair for pair in told - true if kind in {home[pair[0]], home[pair[1]]}]
        print(f"| {kind} | {len(labels[kind])} | {len(false)} |")
        display(false if show == kind else (), folder)


def row(name: str, wanted: int, right: int, wrong: int) -> None:
    """One row."""
    precision, recall = right / max(right + wrong, 1), right / max(wanted, 1)
    score = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"| {name} | {wanted} | {right} | {precision:.3f} | {recall:.3f} | {score:.3f} |")


def display(pairs: Sequence[Pair], folder: Path) -> None:
    """The texts of some pairs."""
    for pair in sorted(pairs)[:12]:
        for path in pair:
            print(f"----- {path}\n{Path(folder, path).read_text(encoding='utf-8')[-2500:]}")


def apart(every: Sequence[Piece], number: int, wanted: Callable[[Piece], bool], taken: list[Piece]) -> list[Piece]:
    """So many pieces that are wanted, no two of which, nor of the taken, share a third of their words or four lines."""
    out: list[Piece] = []
    runs = {run for one in taken for run in one.runs}
    for one in every:
        if len(out) == number:
            break
        if wanted(one) and runs.isdisjoint(one.runs) and all(made.common(one, other) < 1 / 3 for other in taken):
            out.append(one)
            taken.append(one)
            runs |= one.runs
    return out


def is_function(piece: Piece, least: int, most: int) -> bool:
    """A function of so many statements that is no test, no row of assignments and of one level."""
    node = piece.node
    return (
        isinstance(node, FUNCTIONS)
        and least <= piece.statements <= most
        and not piece.name.startswith("test")
        and piece.name != "__init__"
        and not any(isinstance(one, (*FUNCTIONS, ast.ClassDef)) for one in ast.walk(node) if one is not node)
        and repetition(node) < 0.5
    )


def repetition(node: ast.AST) -> float:
    """The share of the commonest kind of statement, by what is called or assigned to."""
    kinds = []
    for one in ast.walk(node):
        if isinstance(one, ast.stmt) and one is not node:
            value = getattr(one, "value", None)
            called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
            kinds.append(f"{type(one).__name__} {type(value).__name__} {called}")
    return max((kinds.count(kind) for kind in set(kinds)), default=0) / max(len(kinds), 1)


def positives(
    every: Sequence[Piece], each: int, dice: random.Random, folder: Path, taken: list[Piece]
) -> dict[str, list[Pair]]:
    """The copies, written to the folder; by kind the pairs."""
    long = apart(every, each, lambda one: is_function(one, 26, 80), taken)
    larger = apart(every, 10 * each, lambda one: is_function(one, 7, 40), taken)
    small = apart(every, each, lambda one: is_function(one, 3, 4) and len(one.words) >= 8, taken)
    classes = apart(every, each, lambda one: is_fields(one, 5), taken)
    hosts, cut = larger[-2 * each :], larger[6 * each : -2 * each]
    strangers = [row for one in hosts for row in made.simple(one.node)]
    labels: dict[str, list[Pair]] = {}

    def put(kind: str, originals: Sequence[Piece], make: Callable[[Piece], str]) -> None:
        done = (pair for one in originals if (pair := write(folder, kind, one, make(one))))
        labels[kind] = list(islice(done, each))

    slices = [larger[number * each : (number + 1) * each] for number in range(6)]
    put("exact", slices[0], lambda one: one.text)
    put("layout", slices[1], lambda one: made.laid_out(one, dice))
    put("renamed", slices[2], lambda one: made.renamed(one, dice))
    put("literals", slices[3], lambda one: made.renamed(one, dice, literals=True))
    put("edited 1-3", slices[4], lambda one: made.edited(one.text, edits(one, dice), strangers, dice))
    put(
        "renamed, edited 1-3",
        slices[5],
        lambda one: made.edited(made.renamed(one, dice), edits(one, dice), strangers, dice),
    )
    put(
        "edited 4-8",
        long,
        lambda one: made.edited(one.text, min(dice.randint(4, 8), one.statements // 6), strangers, dice),
    )
    around = iter(hosts)
    put("fragment", cut, lambda one: made.fragment(one, next(around), dice)[0])
    put("small", small, lambda one: made.renamed(one, dice))
    put("fields", classes, lambda one: retitled(one, dice))
    return labels


def edits(piece: Piece, dice: random.Random) -> int:
    """One to three, in a short function fewer: no more than a sixth of its statements."""
    return max(1, min(dice.randint(1, 3), piece.statements // 6))


def retitled(piece: Piece, dice: random.Random) -> str:
    """A class of another name with one field less, or one more."""
    node = piece.node
    if not isinstance(node, ast.ClassDef):
        return ""
    node.name += "Two"
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
    if dice.random() < 0.5:
        node.body.remove(dice.choice(fields))
    else:
        node.body.append(ast.parse("temperature_floor: float = 0.25").body[0])
    return ast.unparse(ast.fix_missing_locations(node))


def is_fields(piece: Piece, least: int) -> bool:
    """A class of nothing but annotated fields."""
    node = piece.node
    return (
        isinstance(node, ast.ClassDef)
        and sum(isinstance(one, ast.AnnAssign) for one in node.body) >= least
        and all(isinstance(one, ast.AnnAssign) or made.is_docstring(one) for one in node.body)
    )


def negatives(every: Sequence[Piece], each: int, folder: Path, taken: list[Piece]) -> dict[str, list[Pair]]:
    """Pieces that look alike and say different things; every pair of a kind is a pair that must not be told."""
    kinds = {
        "dataclasses": lambda one: is_fields(one, 4),
        "argparse blocks": is_parser,
        "assigning __init__s": is_assigning,
        "tests": lambda one: one.name.startswith("test") and one.statements >= 5,
    }
    labels: dict[str, list[Pair]] = {}
    for kind, wanted in kinds.items():
        rows = apart(every, each, wanted, taken)
        paths = [path for one in rows if (path := write_one(folder, kind, one, one.text))]
        labels[kind] = list(combinations(paths, 2))
    labels["look-alikes"] = [
        (left, right)
        for one, other in lookalikes(every, each, taken)
        if (left := write_one(folder, "alike", one, one.text))
        and (right := write_one(folder, "alike", other, other.text))
    ]
    return labels


def is_parser(piece: Piece) -> bool:
    """A function that is mostly options of a parser."""
    node = piece.node
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr == "add_argument"]
    return isinstance(node, FUNCTIONS) and len(calls) >= 4 and len(calls) > piece.statements / 2


def is_assigning(piece: Piece) -> bool:
    """An `__init__` that only sets attributes."""
    node = piece.node
    return (
        piece.name == "__init__"
        and isinstance(node, FUNCTIONS)
        and piece.statements >= 4
        and all(isinstance(one, (ast.Assign, ast.AnnAssign)) or made.is_docstring(one) for one in node.body)
    )


def lookalikes(every: Sequence[Piece], each: int, taken: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Functions whose statements are of the same kinds in the same order, with little else in common."""
    by_shape: dict[tuple[str, ...], list[Piece]] = {}
    number = 0
    for one in every:
        if not is_function(one, 5, 40) or any(made.common(one, other) >= 1 / 3 for other in taken):
            continue
        shape = tuple(type(node).__name__ for node in ast.walk(one.node) if isinstance(node, ast.stmt))
        for other in by_shape.get(shape, ()):
            if made.common(one, other) < 0.2:
                by_shape[shape].clear()
                taken += [one, other]
                yield one, other
                number += 1
                break
        else:
            by_shape.setdefault(shape, []).append(one)
        if number == each:
            return


_written: dict[tuple[str, str], int] = {}


def write(folder: Path, kind: str, piece: Piece, text: str) -> Pair | None:
    """The pair of files of a piece and its copy; None where the copy could not be made."""
    if not text or not parses(text):
        return None
    left, right = write_one(folder, kind, piece, piece.text), write_one(folder, kind, piece, text)
    return (left, right) if left and right else None


def write_one(folder: Path, kind: str, piece: Piece, text: str) -> str:
    """A file with the imports of the piece's file and this text; its name."""
    stem = "".join(one if one.isalnum() else "_" for one in kind)
    number = _written[stem, ""] = _written.get((stem, ""), 0) + 1
    path = f"{stem}_{number:03}.py"
    Path(folder, path).write_text(f"{piece.imports}\n\n\n{text}\n", encoding="utf-8")
    return path


def parses(text: str) -> bool:
    """It is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


if __name__ == "__main__":
    main()
