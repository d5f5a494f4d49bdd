"""CPU of `antifoul survey`, cold, warm and with one file changed, against radon's on the same folder, in one run.

Usage: python bench/survey_vs_radon.py FOLDER   (in an environment with antifoul and radon)

The folder is copied first, without its .git, as one of its files is changed.
"""

import os
import resource
import shutil
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
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place, "tree"), str(Path(place, "cache"))
        shutil.copytree(sys.argv[1], folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        survey = (str(scripts / "antifoul"), "survey", str(folder))
        files = sorted(folder.rglob("*.py"))
        rows = {
            "antifoul survey, cold": cost(*survey, ANTIFOUL_CACHE=cache),
            "antifoul survey, nothing changed": cost(*survey, ANTIFOUL_CACHE=cache),
        }
        with files[len(files) // 2].open("a", encoding="utf-8") as file:
            file.write("\nx = 1\n")
        rows["antifoul survey, one file changed"] = cost(*survey, ANTIFOUL_CACHE=cache)
        rows["antifoul survey --format json, nothing changed"] = cost(*survey, "--format", "json", ANTIFOUL_CACHE=cache)
        for command in ("cc", "mi", "raw", "hal"):
            rows[f"radon {command}"] = cost(str(scripts / "radon"), command, str(folder))
    print("| command | CPU s | wall s | peak MB |\n| :-- | --: | --: | --: |")
    for name, one in rows.items():
        print(f"| {name} | {one.cpu:.2f} | {one.wall:.2f} | {one.peak:.0f} |")
    cold, warm, _, _, *radon = (one.cpu for one in rows.values())
    print(f"\ncold / radon's cc, mi and raw together: {cold / sum(radon[:3]):.3f}; with hal: {cold / sum(radon):.3f}")
    print(f"warm / cold: {warm / cold:.3f}")


if __name__ == "__main__":
    main()
