"""CPU of `antifoul survey`, cold and warm, against radon's cc, mi and raw on the same folder, in one run.

Usage: python bench/survey_vs_radon.py FOLDER   (in an environment with antifoul and radon)
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """What a command cost: CPU and wall seconds, and the peak memory of its largest process in MB."""

    cpu: float
    wall: float
    peak: float


def cost(*argv: str, **environ: str) -> Cost:
    """Run the command once, its output thrown away."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, env={**os.environ, **environ}) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - start, usage.ru_maxrss / 1000)


def main() -> None:
    """Print the table."""
    folder = str(Path(sys.argv[1]))
    scripts = Path(sys.executable).parent
    survey = (str(scripts / "antifoul"), "survey", folder, "--format", "json")
    with tempfile.TemporaryDirectory() as cache:
        rows = {
            "antifoul survey, cold": cost(*survey, ANTIFOUL_CACHE=cache),
            "antifoul survey, nothing changed": cost(*survey, ANTIFOUL_CACHE=cache),
        }
    for command in ("cc", "mi", "raw"):
        rows[f"radon {command}"] = cost(str(scripts / "radon"), command, folder)
    print("| command | CPU s | wall s | peak MB |\n| :-- | --: | --: | --: |")
    for name, one in rows.items():
        print(f"| {name} | {one.cpu:.2f} | {one.wall:.2f} | {one.peak:.0f} |")
    cold, warm, *radon = rows.values()
    print(f"\ncold / radon's three together: {cold.cpu / sum(one.cpu for one in radon):.3f}")
    print(f"warm / cold: {warm.cpu / cold.cpu:.3f}")


if __name__ == "__main__":
    main()
