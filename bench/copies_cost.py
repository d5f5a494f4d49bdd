"""CPU and memory of `antifoul duplicates` beside `antifoul survey` on the same folder, each cold and warm, in one run.

Usage: python bench/copies_cost.py FOLDER   (in an environment with antifoul)
"""

import sys
import tempfile
from pathlib import Path

from survey_vs_radon import cost


def main() -> None:
    """Print the table."""
    folder = str(Path(sys.argv[1]))
    antifoul = str(Path(sys.executable).parent / "antifoul")
    survey = (antifoul, "survey", folder, "--format", "json")
    copies = (antifoul, "duplicates", folder, "--no-history", "--format", "json")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        rows = {
            "antifoul survey, cold": cost(*survey, ANTIFOUL_CACHE=one),
            "antifoul survey, nothing changed": cost(*survey, ANTIFOUL_CACHE=one),
            "antifoul duplicates, cold": cost(*copies, ANTIFOUL_CACHE=other),
            "antifoul duplicates, nothing changed": cost(*copies, ANTIFOUL_CACHE=other),
        }
    print("| command | CPU s | wall s | peak MB |\n| :-- | --: | --: | --: |")
    for name, row in rows.items():
        print(f"| {name} | {row.cpu:.2f} | {row.wall:.2f} | {row.peak:.0f} |")
    cold = [row.cpu for name, row in rows.items() if name.endswith("cold")]
    print(f"\nduplicates / survey, cold: {cold[1] / cold[0]:.2f}")


if __name__ == "__main__":
    main()
