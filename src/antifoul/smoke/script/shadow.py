"""A repository as a script may have it: what it writes beside its own files lands in a temporary folder."""

import os
import shutil
from pathlib import Path

_LEFT_OUT = frozenset({".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_COPIED = 1_000_000  # bytes; a larger file is linked: it is data or weights, and only read
_MANY = 3000  # entries; such a folder is linked as a whole


def shadow(root: Path, into: Path) -> Path:
    """The folder, made below `into`: every folder anew, small files copied, large ones linked."""
    into.mkdir(parents=True, exist_ok=True)
    for folder, folders, names in os.walk(root):
        here = into / Path(folder).relative_to(root)
        here.mkdir(exist_ok=True)
        for name in list(folders):
            source = Path(folder, name)
            if name in _LEFT_OUT or (source / "pyvenv.cfg").exists() or source == into:
                folders.remove(name)
            elif name == ".git" or source.is_symlink() or _is_large(source):
                folders.remove(name)
                (here / name).symlink_to(source)
        for name in names:
            _file(Path(folder, name), here / name)
    return into


def _is_large(folder: Path) -> bool:
    try:
        with os.scandir(folder) as found:
            return sum(1 for _ in found) > _MANY
    except OSError:
        return False


def _file(source: Path, target: Path) -> None:
    try:
        if source.is_symlink() or source.stat().st_size > _COPIED:
            target.symlink_to(source.resolve())
        elif source.is_file():
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    except OSError:
        return  # what cannot be read is not there for the script, which then says so itself
