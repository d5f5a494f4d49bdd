"""CPU of the commit hook against a bare start of Python and against diff-quality, interleaved in one run.

    python bench/hook_latency.py [RUNS]        (in an environment with antifoul and, for the peer, diff-cover and ruff)

Each figure is the median of user plus system seconds of the whole process and its children, as a ratio to
`python -c pass` of the same environment. The repositories are made here: a package of forty modules with a change
staged in it.
"""

import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
FUNCTION = '''

def scale_{n}(values: list[float], factor: float = {n}.0) -> list[float]:
    """The values times a factor, those over it left out."""
    kept = []
    for value in values:
        if value > factor and value not in kept:
            kept.append(value * factor)
    return kept
'''
LINES = FUNCTION.count("\n")


def module(lines: int, seed: int) -> str:
    """A module of about so many lines, another for each seed."""
    return '"""A module."""\n' + "".join(FUNCTION.format(n=seed * 1000 + n) for n in range(lines // LINES))


def repositories(folder: Path) -> Iterator[tuple[str, Path]]:
    """A repository for each change that is measured."""
    changes = {
        "no Python line": {"README.md": "more\n" * 50},
        "one file of 500 lines": {
            "pkg/new.py": module(500, 90),
            "tests/test_new.py": "from pkg import new\n\nassert new\n",
        },
        "six files of 500 lines": {
            **{f"pkg/new{n}.py": module(500, 90 + n) for n in range(6)},
            "tests/test_new.py": "".join(f"from pkg import new{n}\n\nassert new{n}\n" for n in range(6)),
        },
    }
    for number, (name, files) in enumerate(changes.items()):
        root = folder / str(number)
        for n in range(40):
            write(root / f"pkg/m{n}.py", module(200, n))
        write(root / "pkg/__init__.py", "")
        write(root / "README.md", "text\n")
        git(root, "init", "--quiet")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "-m", "base")
        for path, text in files.items():
            write(root / path, text)
        git(root, "add", "--all")
        yield name, root


def write(place: Path, text: str) -> None:
    """Write a file and the folders above it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    """Run git as nobody in particular."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True)


def cpu(root: Path, argv: tuple[str, ...]) -> float:
    """User plus system seconds of one run and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(argv, cwd=root, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure in turn and print the table."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 21
    commands: dict[str, tuple[str, ...]] = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "antifoul-hook": (str(SCRIPTS / "antifoul-hook"),),
    }
    if (SCRIPTS / "diff-quality").exists():
        commands["diff-quality"] = (str(SCRIPTS / "diff-quality"), "--violations=ruff.check", "--compare-branch=HEAD")
    print(f"| staged change | {' | '.join(commands)} |\n| :-- |{' --: |' * len(commands)}")
    with tempfile.TemporaryDirectory() as folder:
        for name, root in repositories(Path(folder)):
            spent: dict[str, list[float]] = {command: [] for command in commands}
            for run in range(runs + 1):
                for command, argv in commands.items():
                    seconds = cpu(root, argv)
                    if run:  # the first is a warm-up
                        spent[command].append(seconds)
            medians = {command: statistics.median(values) for command, values in spent.items()}
            bare = medians["python -c pass"]
            cells = [f"{value * 1000:.0f} ms ({value / bare:.1f} x)" for value in medians.values()]
            print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
