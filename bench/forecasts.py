"""Forecasts of weekly series on real histories: error against "it stays as it is", and what the intervals held.

Usage: python bench/forecasts.py REPOSITORY... (each with its full history)

Every week of a history is an origin; the forecast from it knows nothing later. Means are over repositories.
"""

import os
import statistics
import sys
from pathlib import Path

from antifoul.facts.settings import Settings
from antifoul.gate.trend import trend
from antifoul.gate.watching import Watched
from antifoul.measures.forecast import HORIZONS, Backtest
from antifoul.readers.git import open_repository
from antifoul.readers.history import Span

FEWEST = 40  # origins, under which a history says too little


def main() -> None:
    """Print the table."""
    tests: dict[tuple[str, int], list[Backtest]] = {}
    for place in sys.argv[1:]:
        git = open_repository(place, os.environ)
        if git is None:
            raise SystemExit(f"{place} is no repository")
        found = trend(Watched(git, Settings(), os.environ, Span()))
        for name, series in found.series.items():
            for test in series.outlook.backtests:
                if test.n >= FEWEST:
                    tests.setdefault((name, test.weeks), []).append(test)
        print(Path(place).name, found.commits, "commits", file=sys.stderr)
    print(
        "| series | weeks | error | in the 80 % | in the 95 % | repositories |\n| :-- | --: | --: | --: | --: | --: |"
    )
    for name in dict.fromkeys(name for name, _ in tests):
        for weeks in HORIZONS:
            rows = tests.get((name, weeks), [])
            held80 = [one.coverage80 for one in rows if one.coverage80 is not None]
            held95 = [one.coverage95 for one in rows if one.coverage95 is not None]
            cells = [f"{statistics.fmean(one.relative_mae for one in rows):.2f}"]
            cells += [f"{100 * statistics.fmean(held):.0f} %" if held else "" for held in (held80, held95)]
            print(f"| {name.replace('_', ' ')} | {weeks} | {' | '.join(cells)} | {len(rows)} |")


if __name__ == "__main__":
    main()
