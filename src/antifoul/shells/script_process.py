"""The process of a script that `--llm-smoke` tries: `python -m antifoul.shells.script_process FOLDER SECONDS`."""

import sys
from pathlib import Path

from antifoul.gate.smoke_scripts import record


def main() -> None:
    """Answer the task in the folder. Does not return: threads that the script started are not waited for."""
    folder, seconds = sys.argv[1:]
    del sys.argv[1:]
    record(Path(folder), float(seconds))


if __name__ == "__main__":
    main()
