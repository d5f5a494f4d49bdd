"""Prints the `run` bodies of composite actions and workflows, one after another, for a linter of shell scripts."""  # noqa: INP001  a script

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def bodies(file: Path) -> Iterator[str]:
    """Each body in a subshell, as a step is a shell of its own."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    jobs = [found["runs"]] if "runs" in found else found["jobs"].values()
    for step in (step for job in jobs for step in job["steps"] if "run" in step):
        yield f"# {file}: {step.get('name', '')}\n(\n{step['run']}\n)\n"


if __name__ == "__main__":
    sys.stdout.writelines(body for file in sys.argv[1:] for body in bodies(Path(file)))
