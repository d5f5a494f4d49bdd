"""Precision and recall of the debt markers on lines that were labelled by hand, by repository and by kind.

Usage: python bench/markers_score.py FOLDER OF REPOSITORIES [LABELS]   (in an environment with antifoul)

The labels (bench/markers_labels.tsv; drawn by bench/markers_sample.py) say of a line whether it is, or belongs to, a
note to developers: TODO, FIXME, HACK, XXX in capitals, or opening a comment or a docstring's line, or followed by `:`
or `(name)`; or code that deprecates something: a decorator, a warning of one of the three categories or whose words say
so, `deprecated=`; or a comment or docstring that opens with deprecated and a sign. Prose that speaks of hacks, of
deprecated parameters or of markers elsewhere is none; neither is text that a program prints, nor an identifier. Each
line's hash is checked, so that another commit's line is never scored.
"""

import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

from antifoul.facts.settings import MARKERS
from antifoul.facts.tree import Code
from antifoul.ledger.measuring import Item, measure_one


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints."""
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout


def found_in(folder: Path, commit: str, path: str) -> tuple[list[bytes], dict[int, str]]:
    """The lines of a file, and which of them belong to which kind of marker."""
    data = git(folder, "show", f"{commit}:{path}")
    outcome = measure_one(Item(path, "0" * 40, data), MARKERS)
    if not isinstance(outcome, Code):
        raise SystemExit(f"{path}: {outcome}")
    kinds = {}
    for one in outcome.markers:
        last = one.end_line if one.marker == "DEPRECATED" else one.line
        kinds.update(dict.fromkeys(range(one.line, last + 1), one.marker))
    return data.split(b"\n"), kinds


def judged(said: str, label: str) -> str:
    """What came of a line."""
    if said == label:
        return "none" if label == "-" else "right"
    return "missed" if said == "-" else "false" if label == "-" else "wrong kind"


def row_of(group: str, counts: Counter[tuple[str, str]]) -> str:
    """A row of the table; a marker of the wrong kind is found all the same."""
    found = counts[group, "right"] + counts[group, "wrong kind"]
    missed, false = counts[group, "missed"], counts[group, "false"]
    lines = sum(count for (one, _), count in counts.items() if one == group)
    precision, recall = found / max(found + false, 1), found / max(found + missed, 1)
    return f"| {group} | {lines} | {found + missed} | {found} | {false} | {precision:.3f} | {recall:.3f} |"


def main() -> None:
    """Print the table, then every line that was judged wrongly."""
    labels = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("markers_labels.tsv")
    counts: Counter[tuple[str, str]] = Counter()
    wrong, repositories, kinds_seen = [], [], set()
    files: dict[tuple[str, str], tuple[list[bytes], dict[int, str]]] = {}
    for row in labels.read_text(encoding="utf-8").splitlines()[1:]:
        name, commit, path, number, digest, label = row.split("\t")
        if (name, path) not in files:
            files[name, path] = found_in(Path(sys.argv[1]) / name, commit, path)
        lines, kinds = files[name, path]
        line = lines[int(number) - 1]
        if sha256(line.strip()).hexdigest()[:16] != digest:
            raise SystemExit(f"{name}/{path}:{number} is another line than the one labelled")
        said = kinds.get(int(number), "-")
        outcome = judged(said, label)
        repositories.append(name)
        kinds_seen |= {said, label} - {"-"}
        for group in (name, label if label != "-" else said, "all"):
            counts[group, outcome] += 1
        if outcome not in {"right", "none"}:
            wrong.append(
                f"{outcome}: {name}/{path}:{number} {label} -> {said}: {line.decode(errors='replace').strip()}"
            )
    heads = ("lines of", "labelled", "markers", "found", "false", "precision", "recall")
    print(f"| {' | '.join(heads)} |\n| :-- |{' --: |' * 6}")
    for group in (*dict.fromkeys(repositories), *sorted(kinds_seen), "all"):
        print(row_of(group, counts))
    print("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
