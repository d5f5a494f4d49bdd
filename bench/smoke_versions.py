"""Which releases of TRL have the class names that the smoke plugin goes by, and does its table say so?

Run: `python bench/smoke_versions.py [FOLDER]`. It fetches the wheels of sixteen releases (8 MB) and imports none.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from antifoul.smoke.known import KINDS, is_in

RELEASES = (
    "0.7.11", "0.8.2", "0.9.4", "0.11.4", "0.12.0", "0.13.0", "0.14.0", "0.23.0", "0.25.0", "0.26.2", "0.29.0",
    "1.0.0", "1.4.0", "1.9.0", "1.12.0", "1.16.0",
)  # fmt: skip


def main(folder: Path) -> int:
    """Print a line a name; 1 where the table and a release disagree."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {release: _classes(folder, release) for release in RELEASES}
    wrong = 0
    print("| class | table | first and last release read | as the table says |\n| :-- | :-- | :-- | --: |")
    for kind in KINDS:
        having = [release for release in RELEASES if kind.name in held[release]]
        right = [release for release in RELEASES if is_in(kind.versions, release) == (release in having)]
        wrong += len(RELEASES) - len(right)
        ends = f"{having[0]} to {having[-1]}" if having else "none"
        print(f"| {kind.name} | `{kind.versions}` | {ends} | {len(right)} of {len(RELEASES)} |")
    return int(wrong > 0)


def _classes(folder: Path, release: str) -> set[str]:
    """The names of the trainers that a release defines."""
    wheel = folder / f"trl-{release}-py3-none-any.whl"
    if not wheel.exists():
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        subprocess.run([*asked, f"trl=={release}"], check=True)
    found: set[str] = set()
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if name.startswith("trl/") and name.endswith(".py"):
                found |= set(re.findall(r"^class (\w+Trainer)\b", files.read(name).decode(), re.MULTILINE))
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".trl")))
