"""How long `antifoul config lint` takes, first with nothing kept, then again.

    python bench/config_lint_speed.py REPOSITORY...    # checkouts

Prints a row of Markdown for each: CPU seconds of the process and its children.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CALL = "import sys; from antifoul.shells.cli import main; sys.exit(main())"


def run(repository: Path, cache: str) -> tuple[float, dict[str, object]]:
    """The CPU seconds of one run, and what it says."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", CALL, "config", "lint", "--format", "json"],
        cwd=repository,
        env={**os.environ, "XDG_CACHE_HOME": cache},
        capture_output=True,
        check=False,
    )
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, json.loads(done.stdout)


def main() -> None:
    """One row a repository."""
    print("| repository | configs | commands | first, CPU s | again, CPU s |\n| :-- | --: | --: | --: | --: |")
    for repository in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as cache:
            cold, said = run(repository, cache)
            warm, _ = run(repository, cache)
        print(f"| {repository.name} | {said['files']} | {said['commands']} | {cold:.1f} | {warm:.2f} |")


if __name__ == "__main__":
    main()
