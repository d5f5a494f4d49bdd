"""One side of a comparison: `python -P -m antifoul.shells.compare_process FOLDER`."""

import sys
from pathlib import Path

from antifoul.gate.smoke_compare import record


def main() -> None:
    """Answer what is asked in the folder."""
    record(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
