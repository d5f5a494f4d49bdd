"""Compose the Hydra configs of one side from their files."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cached_property

from antifoul.facts.record import NamedTuple
from antifoul.facts.usage import Stray
from antifoul.gate.lint.programs import joined
from antifoul.measures.schemas.hydra import Composer, Read, Tree
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.choices import Choice
    from antifoul.gate.lint.side import Side
    from antifoul.measures.schemas.surfaces import HydraEntry

_PACKAGE = re.compile(r"^#\s*@package\s+(\S+)", re.MULTILINE)


class Composed(NamedTuple):
    """A config as a command composes it. `open`: it may come from folders that are not at hand."""

    composer: Composer
    tree: Tree
    places: tuple[RepoPath, ...]
    open: bool


class Composing:
    """The composed configs of one side, each made once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._composed: dict[tuple[object, ...], Composed | None] = {}

    def of_entry(self, entry: HydraEntry, choices: tuple[Choice, ...] = ()) -> Composed | None:
        """The config of a program, with these choices."""
        name, path = entry.name, entry.path
        if name is None or OPEN in name or (path is not None and OPEN in path):
            return None
        folders = self._folders(entry, path)
        plain = self._kept(name, folders, ())
        made = tuple(choice for choice in choices if plain is not None and self._is_choice(choice, plain))
        return self._kept(name, folders, made) if made else plain

    def _is_choice(self, choice: Choice, plain: Composed) -> bool:
        group = choice.key.partition("@")[0]
        known = choice.key in plain.composer.keys
        return known if choice.sign in {"", "~"} else not known and bool(self.in_group(plain.places, group))

    def _kept(self, name: str, folders: tuple[RepoPath, ...], choices: tuple[Choice, ...]) -> Composed | None:
        key = (name, folders, tuple((one.sign, one.key, one.names) for one in choices))
        if key not in self._composed:
            self._composed[key] = self._compose(name, folders, choices)
        return self._composed[key]

    def _folders(self, entry: HydraEntry, path: str | None) -> tuple[RepoPath, ...]:
        if path is None:
            return ()
        if path.startswith("pkg://"):
            return self._of_package(path)
        home = entry.outline.path.rpartition("/")[0]
        return tuple(dict.fromkeys(one for one in (joined(home, path), joined("", path)) if one))

    def _searched(self, text: str, path: RepoPath) -> tuple[RepoPath, ...]:
        """The folders that an element of a search path means: a relative one is seen from where the program starts."""
        if text.startswith("pkg://"):
            return self._of_package(text)
        written = text.removeprefix("file://")
        homes = ["", path.rpartition("/")[0], path.rpartition("/")[0].rpartition("/")[0]]
        found = [joined(home, written) for home in homes if "$" not in written and not written.startswith("/")]
        return tuple(
            dict.fromkeys(one for one in found if one and any(each.startswith(f"{one}/") for each in self._side.paths))
        )

    def _of_package(self, text: str) -> tuple[RepoPath, ...]:
        module = self._side.code.module(text.removeprefix("pkg://").replace("/", "."), None)
        return (module.path.rpartition("/")[0],) if module is not None and module.library is None else ()

    def _compose(self, name: str, folders: tuple[RepoPath, ...], choices: tuple[Choice, ...]) -> Composed | None:
        places = list(folders)
        primary = self.file(places, name.removesuffix(".yaml").removesuffix(".yml"))
        if primary is None:
            return None
        open_places = False
        hydra = primary.node.get("hydra")
        search = hydra.get("searchpath") if hydra is not None else None
        for element in search.elements if search is not None else ():
            more = self._searched(element.text, primary.path)
            places += more
            open_places = open_places or not more
        chosen = {one.key: one.names for one in choices if one.sign in {"", "~"}}
        composer = Composer(lambda wanted: self.file(places, wanted), chosen)
        tree = composer.compose(name)
        for one in choices:
            group, _, package = one.key.partition("@")
            for each in one.names if one.sign.startswith("+") else ():
                composer.append(group, each, package)
        tree.loose = tree.loose or open_places
        return Composed(composer, tree, tuple(places), open_places)

    def file(self, places: list[RepoPath], name: str) -> Read | None:
        """A config by its path below the folders, without its ending."""
        for place in places:
            for ending in (".yaml", ".yml"):
                path = joined(place, f"{name}{ending}")
                config = self._side.config(path) if path in self._side.paths else None
                if config is not None and config.documents and config.documents[0].kind == "map":
                    text = (self._side.data(path) or b"").decode("utf-8", "replace")
                    package = _PACKAGE.search(text)
                    return Read(path, config.documents[0], package[1] if package else "")
        return None

    def in_group(self, places: tuple[RepoPath, ...], group: str) -> list[str]:
        """The choices of a group that are files."""
        if self._registers or group.partition("/")[0] == "hydra":
            return []
        folders = {joined(place, group) for place in places}
        paths = (path for path in self._side.paths if path.endswith((".yaml", ".yml")))
        return sorted(
            {path.rpartition("/")[2].rpartition(".")[0] for path in paths if path.rpartition("/")[0] in folders}
        )

    @cached_property
    def _registers(self) -> bool:
        """Code registers configs that no file has."""
        return any(b"ConfigStore" in (self._side.data(path) or b"") for path in self._side.python)

    def lost(self, composed: Composed) -> Iterator[tuple[RepoPath, Stray]]:
        """The configs that defaults lists name and that are nowhere, by the file that names them."""
        for lost in composed.composer.lost if not composed.open else ():
            there = self.in_group(composed.places, lost.group)
            if there:
                folder = joined(composed.places[0], lost.group)
                close = get_close_matches(lost.name, there, n=1, cutoff=0.6)
                near = f"{folder}/{close[0]}.yaml" if close else ""
                yield (
                    lost.path,
                    Stray(
                        f"{folder}/{lost.name}.yaml",
                        lost.line,
                        lost.column,
                        f"defaults.{lost.group}".rstrip("."),
                        near=near,
                    ),
                )
