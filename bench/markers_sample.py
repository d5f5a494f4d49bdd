"""Draw lines for the hand-labelled set of debt markers: every line that could hold one has the same chance.

Usage: python bench/markers_sample.py FOLDER OF REPOSITORIES > /tmp/lines.tsv

Of each repository so many lines are drawn, by hash, from those of its Python files that say todo, fixme, hack, xxx or
deprecat in any spelling. Prints repository, commit, path, line, a hash of the line and the line itself. The labels in
bench/markers_labels.tsv keep all but the line: `bench/markers_score.py` looks it up again.
"""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

REPOSITORIES = ("trl", "torchtune", "axolotl", "LLaMA-Factory", "verl", "peft", "open-instruct", "pytest")
EACH = 54
_CANDIDATE = re.compile(rb"(?i)todo|fixme|hack|xxx|deprecat")
_DOCUMENTATION = re.compile(rb"(?i)autodoc")  # a word that says todo and never means it


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints."""
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout


def digest(line: bytes) -> str:
    """What is kept of a line instead of the line."""
    return sha256(line.strip()).hexdigest()[:16]


def candidates(folder: Path, commit: str) -> list[tuple[str, int, bytes]]:
    """Every line of the commit's Python files that could hold a marker."""
    found = []
    for path in git(folder, "ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0"):
        if path.endswith(".py"):
            lines = git(folder, "show", f"{commit}:{path}").split(b"\n")
            found += [
                (path, number, line)
                for number, line in enumerate(lines, 1)
                if _CANDIDATE.search(_DOCUMENTATION.sub(b"", line))
            ]
    return found


def main() -> None:
    """Print the lines, those of a repository in order of place."""
    for name in REPOSITORIES:
        folder = Path(sys.argv[1]) / name
        commit = git(folder, "rev-parse", "HEAD").decode().strip()
        drawn = sorted(
            candidates(folder, commit), key=lambda row: sha256(f"{name}:{row[0]}:{row[1]}".encode()).digest()
        )
        for path, number, line in sorted(drawn[:EACH]):
            print(name, commit, path, number, digest(line), line.decode("utf-8", "replace").strip(), sep="\t")


if __name__ == "__main__":
    main()
