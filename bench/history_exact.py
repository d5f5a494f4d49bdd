"""Whether the fast reading of histories is exact: every version of every file, and the trees of sampled commits.

Usage: python bench/history_exact.py versions REPOSITORY...   every distinct version, against the full measure
       python bench/history_exact.py replay REPOSITORY...     50 commits each, against measuring the tree from scratch
"""

import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.settings import MARKERS, Settings
from antifoul.gate.trend import trend
from antifoul.gate.watching import Watched, judged_by
from antifoul.ledger.measuring import Item, measure_one
from antifoul.measures.division import Division
from antifoul.measures.replay import METRICS, summed
from antifoul.measures.whole import bodies_of, tally_of
from antifoul.readers.git import Git, open_repository
from antifoul.readers.history import Span, files_at, read_history
from antifoul.readers.stream import stream

if TYPE_CHECKING:
    from antifoul.facts.tally import Tally

SAMPLED = 50


def versions(git: Git) -> str:
    """How many versions there are, how many the division left to the whole, and how many differ."""
    judged = judged_by(Settings())
    history = read_history(git, Span())
    touches = [touch for commit in reversed(history.commits) for touch in commit.touches]
    blobs = dict.fromkeys(touch.blob for touch in touches if touch.blob and judged(touch.path))
    division = Division(MARKERS)
    left = other = unread = 0
    for _, data in stream(git, list(blobs)):
        if data is None:
            continue
        ours, bodies = division.tally(data), division.bodies(data)
        truth = measure_one(Item("", "", data), MARKERS)
        unread += isinstance(truth, ReadError)
        if ours is None:
            left += 1
        elif isinstance(truth, ReadError) or ours != tally_of(truth) or bodies != bodies_of(truth):
            other += 1
    return f"{len(blobs):,} | {left} | {unread} | {other}"


def replay(git: Git) -> str:
    """How many sampled commits there are, and how many of their values differ from the tree's own."""
    found = trend(Watched(git, Settings(), os.environ, Span()))
    points = found.series["loc"].points
    chance = random.Random(2026)  # noqa: S311  the same sample each time
    sample = chance.sample(range(len(points)), min(SAMPLED, len(points)))
    judged = judged_by(Settings())
    other = 0
    known: dict[str, Tally | None] = {}  # by the full measure; a content that several commits hold is measured once
    for at in sample:
        blobs = [blob for path, blob in files_at(git, points[at].commit).items() if judged(path)]
        for blob, data in stream(git, [one for one in dict.fromkeys(blobs) if one not in known]):
            read = ReadError("") if data is None else measure_one(Item("", "", data), MARKERS)
            known[blob] = None if isinstance(read, ReadError) else tally_of(read)
        totals = summed(one for blob in blobs if (one := known[blob]) is not None)
        other += any(found.series[name].points[at].value != totals.value(name) for name in METRICS)
    return f"{len(points):,} | {len(sample)} | {other}"


def main() -> None:
    """Print the table of what was asked for."""
    what, *places = sys.argv[1:]
    heads = {"versions": "versions | left to the whole | unreadable | other", "replay": "commits | sampled | other"}
    print(f"| repository | head | {heads[what]} |\n| :-- | :-- |{' --: |' * (heads[what].count('|') + 1)}")
    for place in places:
        git = open_repository(place, os.environ)
        if git is None:
            raise SystemExit(f"{place} is no repository")
        row = versions(git) if what == "versions" else replay(git)
        print(f"| {Path(place).name} | `{git.line('rev-parse', '--short', 'HEAD')}` | {row} |", flush=True)


if __name__ == "__main__":
    main()
