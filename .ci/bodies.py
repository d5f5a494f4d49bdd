"""Prints the `run` bodies of a composite action, one after another, for a linter of shell scripts."""  # noqa: INP001  a script

import sys
from pathlib import Path
from typing import Any


def bodies(file: Path) -> str:
    """Each body in a subshell, as a step is a shell of its own."""
    import yaml

    action: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return "".join(f"# {step['name']}\n(\n{step['run']}\n)\n" for step in action["runs"]["steps"] if "run" in step)


if __name__ == "__main__":
    sys.stdout.write(bodies(Path(sys.argv[1])))
