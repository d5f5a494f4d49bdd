"""Temporary folders for comparisons, and a process of its own for each side."""

import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.trajectory import Side

_NAME = re.compile(r"antifoul-compare-(\d+)-.*")
_WAIT = 600.0
_ENTRY = "antifoul.shells.compare_process"


class Asked(NamedTuple):
    """A target at one revision."""

    spec: str
    root: str  # the revision's files
    out: str
    seed: int
    names: Mapping[str, str]
    declared: Mapping[str, Any]


def own_folder() -> Path:
    """A new temporary folder that a later run may tell to be ours. Those that a killed run left are removed."""
    above = Path(tempfile.gettempdir())
    for one in above.glob("antifoul-compare-*"):
        named = _NAME.fullmatch(one.name)
        if named and not _is_alive(int(named[1])):
            shutil.rmtree(one, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"antifoul-compare-{os.getpid()}-"))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def side_of(asked: Asked) -> Side:
    """What the target does there, in a fresh process whose path begins with the revision's files."""
    out = Path(asked.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "asked").write_bytes(pickle.dumps(asked))
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _ENTRY, str(out)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            cwd=asked.root,
        )
        try:
            process.wait(_WAIT)
        except BaseException as problem:
            process.kill()
            process.wait()
            if isinstance(problem, subprocess.TimeoutExpired):
                return Side(None, f"it was not done in {_WAIT:.0f} s")
            raise
        if not (out / "side").is_file():
            log.seek(0)
            lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
            return Side(None, f"its process ended with status {process.returncode}: {lines[-1] if lines else ''}")
    side: Side = pickle.loads((out / "side").read_bytes())  # noqa: S301  our own process, in our own folder
    return side


def answer(out: Path, side: Side) -> None:
    """Inside of the process: leave what was found."""
    part = out / "side.part"
    part.write_bytes(pickle.dumps(side))
    part.replace(out / "side")


def asked_in(out: Path) -> Asked:
    """Inside of the process: what is asked."""
    asked: Asked = pickle.loads((out / "asked").read_bytes())  # noqa: S301  as above
    return asked


def strangers(root: Path) -> dict[str, str]:
    """Loaded modules that the revision has, but that came from elsewhere: module -> file."""
    own = {one.name.removesuffix(".py") for folder in (root, root / "src") for one in _importable(folder)}
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in own and file and not Path(file).resolve().is_relative_to(root.resolve()):
            found[name] = file
    return found


def _importable(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        one
        for one in folder.iterdir()
        if (one.suffix == ".py" and one.is_file()) or (one.is_dir() and (one / "__init__.py").is_file())
    ]
