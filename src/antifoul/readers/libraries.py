"""The sources of a repository's libraries: from its environment, read and never run, else from the atlas."""

import os
import re
from collections.abc import Callable, Iterable, Mapping

from antifoul.facts.errors import ReadError
from antifoul.facts.library import Library
from antifoul.facts.paths import RepoPath
from antifoul.facts.source import Source
from antifoul.readers import atlas
from antifoul.readers.disk import read_regular
from antifoul.readers.versions import Wanted, chosen, wanted

_LARGEST = 2_000_000


class Libraries:
    """Libraries by their top package, each looked for once."""

    def __init__(
        self,
        paths: Iterable[RepoPath],
        read: Callable[[RepoPath], bytes | None],
        places: Iterable[str],
        against: Mapping[str, str],
    ) -> None:
        self._paths = tuple(paths)
        self._read = read
        self._places = tuple(places)
        self._against = against
        self._known: dict[str, Library | None] = {}

    def __call__(self, name: str) -> Library | None:
        """The library of that name; None where it is neither installed nor in the atlas."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Library | None:
        if name in self._against:
            version = chosen(Wanted("", self._against[name]), atlas.versions(name))
            return _remembered(name, version, "asked for") if version else None
        for place in self._places:
            if os.path.isdir(os.path.join(place, name)):  # noqa: PTH112, PTH118  bytes in names
                version = _installed(place, name)
                return Library(name, f"{name} {version} in {_short(place)}".strip(), _from_folder(place), version)
        if name not in atlas.libraries():
            return None
        said = wanted(name, self._paths, self._read)
        version = chosen(said, atlas.versions(name))
        only = atlas.versions(name)
        if not version and len(only) > 1:
            return None
        if not version:
            return _remembered(name, only[0], "the only one known")
        how = (
            said.file
            if said.exact
            else f"the newest that {said.file} allows"
            if said.file
            else "the newest known: none is declared"
        )
        minor = ".".join(version.split(".")[:2])  # what is remembered is each minor release
        shown = said.exact if said.exact and said.exact.split(".")[:2] == minor.split(".") else minor
        return _remembered(name, version, how, shown)


def _remembered(name: str, version: str, how: str, shown: str = "") -> Library:
    def read(path: str) -> Source | None:
        text = atlas.module(name, version, path)
        return Source(path, text.encode(), "vendored") if text is not None else None

    return Library(name, f"{name} {shown or version} ({how})", read, version, remembered=True)


def _from_folder(place: str) -> Callable[[str], Source | None]:
    def read(path: str) -> Source | None:
        try:
            return Source(path, read_regular(os.path.join(place, path), _LARGEST), "vendored")  # noqa: PTH118
        except ReadError:
            return None

    return read


def _short(place: str) -> str:
    """An environment by its own folder's name."""
    parts = place.replace(os.sep, "/").split("/")
    return "/".join(parts[:-3])[-40:] or place


def _installed(place: str, name: str) -> str:
    pattern = re.compile(rf"{re.escape(name)}-([\w.+!]+)\.(?:dist|egg)-info$", re.IGNORECASE)
    try:
        found = (pattern.match(entry) for entry in sorted(os.listdir(place)))  # noqa: PTH208  bytes in names
        return next((one[1] for one in found if one), "")
    except OSError:
        return ""


def environments(root: str, chosen_one: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The folders of installed packages that belong to a project, the first to be asked first."""
    roots = [os.path.join(root, chosen_one)] if chosen_one else [os.path.join(root, ".venv")]  # noqa: PTH118
    roots += [environ[name] for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if environ.get(name) and not chosen_one]
    places: list[str] = []
    for one in roots:
        library = os.path.join(one, "lib")  # noqa: PTH118
        try:
            names = sorted(os.listdir(library), reverse=True)  # noqa: PTH208
        except OSError:
            names = []
        found = [os.path.join(library, name, "site-packages") for name in names if name.startswith("python3")]  # noqa: PTH118
        found.append(os.path.join(one, "Lib", "site-packages"))  # noqa: PTH118  Windows
        places += [place for place in found if os.path.isdir(place)]  # noqa: PTH112
    return tuple(dict.fromkeys(places))
