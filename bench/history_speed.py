"""CPU of `antifoul trend` and `antifoul hotspots` on whole histories, beside peers, and how it grows with the history.

Usage: python bench/history_speed.py [--rounds N] [--wily REVISIONS] REPOSITORY...

Peers are run where they are installed beside this Python: git-xray, gitfault and codepulse for hotspots, GitPython for
reading `commit.stats`, wily (in a clone of its own: it checks revisions out). Rounds alternate; medians are told.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPTS = Path(sys.executable).parent
STATS = "import git, sys\nfor commit in git.Repo(sys.argv[1]).iter_commits(first_parent=True):\n    commit.stats\n"


def cpu(*argv: str, folder: str = ".", **environ: str) -> float:
    """CPU seconds of a command and its children; its output is thrown away.

    Raises:
        SystemExit: it failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(argv, cwd=folder, env={**os.environ, **environ}, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{argv}: {done.stderr.decode(errors='replace')[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def antifoul(place: str, cache: str, *command: str) -> float:
    """CPU seconds of antifoul with a cache of its own."""
    return cpu(str(SCRIPTS / "antifoul"), *command, place, ANTIFOUL_CACHE=cache)


def cold_and_warm(place: str, *command: str) -> Iterator[float]:
    """CPU of a first run, of a second after one more commit, and the size of the cache in MB."""
    with tempfile.TemporaryDirectory() as cache:
        before = "HEAD~1" if git(place, "rev-parse", "--verify", "--quiet", "HEAD~1") else "HEAD"
        yield antifoul(place, cache, *command, "--as-of", before)
        yield antifoul(place, cache, *command)
        yield sum(path.stat().st_size for path in Path(cache).glob("*")) / 1e6


def git(place: str, *command: str) -> str:
    """What git says; "" when it fails."""
    return subprocess.run(["git", "-C", place, *command], capture_output=True, check=False, text=True).stdout.strip()


@contextmanager
def clone(place: str) -> Iterator[str]:
    """A clone that a peer may write to."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", place, f"{folder}/clone"], check=True)
        yield f"{folder}/clone"


def wily(place: str, revisions: int) -> float | None:
    """CPU of `wily build` over the last revisions."""
    if not shutil.which(str(SCRIPTS / "wily")):
        return None
    with clone(place) as folder:
        build = ("--cache", f"{folder}.wily", "build", "-n", str(revisions), ".")
        return cpu(str(SCRIPTS / "wily"), *build, folder=folder)


def codepulse(place: str) -> float:
    """CPU of codepulse, which writes its report where it is started."""
    with tempfile.TemporaryDirectory() as folder:
        return cpu(str(SCRIPTS / "codepulse"), str(Path(place).resolve()), "--format", "json", folder=folder)


def peers(place: str) -> dict[str, Callable[[], float]]:
    """The peers for hotspots that are installed."""
    found: dict[str, Callable[[], float]] = {
        "git-xray": lambda: cpu(str(SCRIPTS / "git-xray"), "--json", folder=place),
        "gitfault": lambda: cpu(str(SCRIPTS / "gitfault"), "hotspots", folder=place),
        "codepulse": lambda: codepulse(place),
    }
    here = {name: run for name, run in found.items() if shutil.which(str(SCRIPTS / name))}
    return here | {"GitPython, commit.stats": lambda: cpu(sys.executable, "-c", STATS, place)}


def medians(rounds: int, runs: dict[str, Callable[[], float]]) -> dict[str, float | None]:
    """The median of each, the rounds alternating; None for one that fails."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            try:
                times[name].append(run())
            except SystemExit as problem:
                print(problem, file=sys.stderr)
    return {name: statistics.median(rows) if rows else None for name, rows in times.items()}


def speed(place: str, rounds: int, revisions: int) -> None:
    """Print the rows of one repository."""
    name = Path(place).name
    trends = [tuple(cold_and_warm(place, "trend", "--all-history")) for _ in range(rounds)]
    spots = [tuple(cold_and_warm(place, "hotspots", "--all-history")) for _ in range(rounds)]
    log = statistics.median(
        cpu("git", "-C", place, "log", "--first-parent", "-m", "-z", "--raw", "-M", "--format=%H")
        for _ in range(rounds)
    )
    for command, rows in (("trend", trends), ("hotspots", spots)):
        cold, warm, size = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"| {name} | antifoul {command} --all-history, cold | {cold:.2f} | {size:.1f} |")
        print(f"| {name} | the same, one more commit | {warm:.2f} | |")
    print(f"| {name} | git's own log --raw -M | {log:.2f} | |")
    for peer, time in medians(rounds, peers(place)).items():
        print(f"| {name} | {peer} | {'fails' if time is None else f'{time:.2f}'} | |")
    if revisions and (time := wily(place, revisions)) is not None:
        print(f"| {name} | wily build -n {revisions} | {time:.2f} | |")
    sys.stdout.flush()


def growth(place: str) -> None:
    """Print how a cold trend grows with the history."""
    line = git(place, "rev-list", "--first-parent", "HEAD").split()
    for share in (4, 2, 1):
        commit = line[len(line) - len(line) // share] if share > 1 else line[0]
        with tempfile.TemporaryDirectory() as cache:
            time = antifoul(place, cache, "trend", "--all-history", "--as-of", commit)
        commits = len(line) // share
        print(f"| {Path(place).name} | {commits:,} | {time:.2f} | {1000 * time / commits:.2f} |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wily", type=int, default=0)
    parser.add_argument("repositories", nargs="+")
    given = parser.parse_args()
    print("| repository | command | CPU s | cache MB |\n| :-- | :-- | --: | --: |")
    for place in given.repositories:
        speed(place, given.rounds, given.wily)
    print("\n| repository | commits | CPU s, cold | ms a commit |\n| :-- | --: | --: | --: |")
    for place in given.repositories:
        growth(place)


if __name__ == "__main__":
    main()
