"""Replay the last commits of repositories through `check`: crashes, findings of each rule, agreement about prints.

    python bench/replay.py [--commits 150] [--rules NAMES] [--sample N] REPOSITORY...

Every commit that is no merge is judged against its parent, by every rule that needs no other program. New prints are
counted a second time by a check of its own, written here: calls of `print` by name in each side's syntax trees, those
under a guard left out, the base's taken from the head's by their text. `--sample` prints so many findings of each rule,
evenly spread, to be read by a person.
"""

import argparse
import ast
import os
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from antifoul.facts.finding import Finding
from antifoul.facts.roles import role_of
from antifoul.gate.change import Range, judge
from antifoul.gate.check import Asked
from antifoul.rules.registry import index

ENGINES = frozenset(entry.name for entry in index() if entry.cost == "engine")
RANK = ("rank", "main_process", "process_zero", "is_main", "master", "__main__", "process_index", "is_first")


class Replayed(NamedTuple):
    """What came of one commit."""

    repository: str
    commit: str
    findings: tuple[Finding, ...]
    crash: str
    seconds: float
    prints: int  # by the second check; -1 where it was not asked


def main() -> None:
    """Replay and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--commits", type=int, default=150)
    parser.add_argument("--rules", default="")
    parser.add_argument("--sample", type=int, default=0)
    given = parser.parse_args()
    select = tuple(name for name in given.rules.split(",") if name)
    jobs = [(place, commit, select) for place in given.repositories for commit in commits(place, given.commits)]
    with ProcessPoolExecutor() as pool:
        done = list(pool.map(replay, jobs, chunksize=4))
    tell(done)
    for rule in sorted({finding.rule for one in done for finding in one.findings}) if given.sample else ():
        found = [(one, finding) for one in done for finding in one.findings if finding.rule == rule]
        for one, finding in found[:: max(1, len(found) // given.sample)][: given.sample]:
            print(f"{rule} {one.repository}@{one.commit[:9]} {finding.path}:{finding.line} [{finding.severity}] "
                  f"{finding.message} ({finding.symbol})")  # fmt: skip


def tell(done: list[Replayed]) -> None:
    """One row a repository, then one a rule, then each crash and disagreement."""
    print("| repository | commits | crashes | median seconds | new prints | by the second check | commits that agree |")
    print("| :-- | --: | --: | --: | --: | --: | --: |")
    for name in dict.fromkeys(one.repository for one in done):
        rows = [one for one in done if one.repository == name]
        times = sorted(one.seconds for one in rows)
        ours, theirs = sum(map(prints, rows)), sum(one.prints for one in rows)
        agree = sum(prints(one) == one.prints for one in rows)
        crashes = sum(bool(one.crash) for one in rows)
        print(f"| {name} | {len(rows)} | {crashes} | {times[len(times) // 2]:.2f} | {ours} | {theirs} | {agree} |")
    print("\n| rule | findings | commits with one |\n| :-- | --: | --: |")
    found: dict[str, list[int]] = defaultdict(list)
    for one in done:
        for rule, number in Counter(finding.rule for finding in one.findings).items():
            found[rule].append(number)
    for rule, numbers in sorted(found.items()):
        print(f"| {rule} | {sum(numbers)} | {len(numbers)} |")
    for one in done:
        if one.crash:
            print(f"crash: {one.repository} {one.commit}: {one.crash}")
        elif prints(one) != one.prints:
            print(f"prints: {one.repository} {one.commit}: {prints(one)} here, {one.prints} by the second check")


def prints(one: Replayed) -> int:
    """The new prints that antifoul found."""
    return sum(finding.rule == "print-added" for finding in one.findings)


def replay(job: tuple[str, str, tuple[str, ...]]) -> Replayed:
    """Judge one commit."""
    place, commit, select = job
    start = time.perf_counter()
    findings: tuple[Finding, ...] = ()
    crash = ""
    try:
        asked = Asked(select=select, ignore=tuple(ENGINES))
        findings = judge(place, Range(f"{commit}^", commit), asked, os.environ).findings
    except Exception as problem:  # noqa: BLE001  a crash is a result here
        crash = f"{type(problem).__name__}: {problem}"
    spent = time.perf_counter() - start
    count = sum(new_prints(place, commit)) if not select or "print-added" in select else 0
    return Replayed(os.path.basename(os.path.normpath(place)), commit, findings, crash, spent, count)  # noqa: PTH119


def commits(place: str, number: int) -> list[str]:
    """The newest commits that have one parent, newest first."""
    listed = git(place, "log", "--no-merges", "--min-parents=1", f"-{number}", "--format=%H")
    return listed.decode().split()


def new_prints(place: str, commit: str) -> Iterator[int]:
    """For each text of a call, how many more there are in the head's package code than in the base's."""
    names = git(place, "diff-tree", "-r", "-z", "--no-renames", "--name-only", f"{commit}^", commit).split(b"\0")
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for raw in names:
        path = raw.decode("utf-8", "surrogateescape")
        if path.endswith(".py") and role_of(path) == "package" and not path.endswith("__main__.py"):
            before.update(calls(git(place, "cat-file", "blob", f"{commit}^:{path}")))
            after.update(calls(git(place, "cat-file", "blob", f"{commit}:{path}")))
    yield from (after - before).values()


def calls(data: bytes) -> Iterator[str]:
    """The text of each call of `print` by name, but for those under a guard or with a file of their own."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, guarded = stack.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}:
            files = [ast.unparse(word.value) for word in node.keywords if word.arg == "file"]
            if not guarded and (not files or files[0] == "sys.stderr"):
                yield ast.unparse(node)
        inside = guarded or (isinstance(node, ast.If) and any(word in ast.unparse(node.test) for word in RANK))
        stack += [(child, inside) for child in ast.iter_child_nodes(node)]


def git(place: str, *arguments: str) -> bytes:
    """What git prints; nothing where it fails, as for a file that one side does not have."""
    return subprocess.run(["git", "-C", place, *arguments], capture_output=True, check=False).stdout


if __name__ == "__main__":
    main()
