"""A Hydra config as layers: its defaults list resolved without Hydra, nothing but YAML read."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import shown
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, at
from antifoul.facts.stack.old_words import by_old_words
from antifoul.facts.stack.overrides import COMMAND_LINE, Override
from antifoul.facts.stack.stack import Layer
from antifoul.readers.stack.files import Reading, read_file
from antifoul.readers.stack.hydra_items import Item, is_defaults, items_in
from antifoul.readers.stack.hydra_list import Choices, Composition, Loaded

_HEADER = re.compile(r"#\s*@package\s+(\S+)\s*$")


def is_hydra(reading: Reading) -> bool:
    """The file is composed by a defaults list."""
    node = reading.tree.items.get("defaults")
    return node is not None and is_defaults(node)


class SearchPath:
    """The folders in which configs are looked for, the first before the others."""

    def __init__(self, folders: Sequence[Path], level: str) -> None:
        self.folders = list(folders)
        self.notes: list[Note] = []
        self._level = level
        self._kept: dict[str, Loaded | None] = {}

    def load(self, path: str) -> Loaded | None:
        """The config of that path, None where no folder has it."""
        if path not in self._kept:
            file = self.file(path)
            self._kept[path] = None if file is None else self._loaded(read_file(str(file), self._level), str(file))
        return self._kept[path]

    def file(self, path: str) -> Path | None:
        """The file of that path, in the first folder that has it."""
        name = path if path.endswith((".yaml", ".yml")) else f"{path}.yaml"
        found = (Path(os.path.normpath(Path(*_walked(folder, name)))) for folder in self.folders)
        return next((file for file in found if file.is_file()), None)

    def _loaded(self, reading: Reading, place: str) -> Loaded:
        self.notes += reading.notes
        node = reading.tree.items.get("defaults")
        composes = isinstance(node, Listing) and (not node.items or is_defaults(node))
        own = {key: in_old_words(one) for key, one in reading.tree.items.items() if key != "defaults" or not composes}
        items = tuple(items_in(node)) if node is not None and composes else ()
        return Loaded(place, Table(own, reading.tree.origin), items, _header(reading.text))

    def options(self, group: str) -> list[str]:
        """The names that may be chosen in a group."""
        folders = [Path(*_walked(folder, group)) for folder in self.folders]
        return sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})

    def has_group(self, group: str) -> bool:
        """There is a folder of that name."""
        plain = bool(group) and not group.startswith("/") and "\0" not in group
        return plain and any(Path(*_walked(folder, group)).is_dir() for folder in self.folders)


def in_old_words(node: Node) -> Node:
    """The values as OmegaConf reads them, which is who reads a Hydra config: `yes` is true."""
    match node:
        case Table(items):
            return replace(node, items={key: in_old_words(inner) for key, inner in items.items()})
        case Listing(items):
            return replace(node, items=tuple(in_old_words(inner) for inner in items))
        case Scalar(text=str() as text) if (value := by_old_words(text)) is not None:
            return replace(node, value=value)
        case _:
            return node


def _walked(folder: Path, path: str) -> list[str]:
    """The path below the folder, `..` taken by name: a group is a name, not a place on the disk."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return [str(folder), *parts]


def _header(text: str) -> str | None:
    for line in text.split("\n"):
        if not line.strip():
            continue
        if not line.lstrip().startswith("#"):
            return None
        if found := _HEADER.match(line.strip()):
            return found[1]
        if not re.match(r"#\s*@", line.strip()):
            return None  # as Hydra: a header ends with the first line that is none
    return None


def composed(
    place: str, reading: Reading, level: str, wishes: Sequence[Override]
) -> tuple[list[Layer], list[Note], list[Override]]:
    """The layers, the lowest first, what there is to say, and the wishes that chose no group.

    Raises:
        ReadError: a config or a choice is not there, or the defaults go in a circle.
    """
    search, root = _search_path(place, reading, level)
    choices, rest = _choices(search, wishes)
    composition = Composition(search.load, search.options, choices)
    primary = root.removesuffix(".yaml")
    parts = composition.parts(primary, Origin(level, place, 1, 1))
    notes = search.notes + [_own_group(item) for item in composition.skipped]
    layers = []
    for part in parts:
        own = Table(
            {key: one for key, one in part.loaded.tree.items.items() if key != "hydra"}, part.loaded.tree.origin
        )
        tree = _packaged(own, part.package)
        if tree.items:
            layers.append(Layer(level, part.loaded.place, tree, part.parent))
    return layers, notes, rest


def _own_group(item: Item) -> Note:
    return Note(f"{item.group_path} is a group of Hydra's own: not composed here", item.origin)


def _packaged(tree: Table, package: str) -> Table:
    node = tree
    for part in reversed(package.split(".") if package else []):
        node = Table({part: node}, tree.origin)
    return node


def _search_path(place: str, reading: Reading, level: str) -> tuple[SearchPath, str]:
    """The folder of the file, or the one above from which all that it names is found; then what it names itself."""
    file = Path(place)
    more = _further(place, reading)
    candidates = [file.parent, *file.parent.parents[:3]]
    for folder in candidates:
        search = SearchPath([folder, *more], level)
        if _leads_somewhere(search, file.relative_to(folder).as_posix(), reading):
            return search, file.relative_to(folder).as_posix()
    return SearchPath([file.parent, *more], level), file.name


def _leads_somewhere(search: SearchPath, name: str, reading: Reading) -> bool:
    """Every item that must be there is, seen from that folder."""
    group = name.rpartition("/")[0]
    for item in items_in(reading.tree.items["defaults"]):
        item.base = group
        needed = not (item.is_self or item.optional or item.override) and isinstance(item.name, str)
        told = "$" not in item.path and item.name != "???" and not item.path.startswith("hydra/")
        if needed and told and search.file(item.path) is None:
            return False
    return True


def _further(place: str, reading: Reading) -> list[Path]:
    """The folders of `hydra.searchpath` that can be told: `file://` ones, seen from here or from a folder above."""
    node = at(reading.tree, ("hydra", "searchpath"))
    found = []
    for one in node.items if isinstance(node, Listing) else ():
        text = one.value if isinstance(one, Scalar) and isinstance(one.value, str) else ""
        scheme, _, path = text.rpartition("://")
        if scheme not in {"", "file", "pkg"} or "$" in path:
            continue
        path = path.replace(".", "/") if scheme == "pkg" else path
        starts = [Path(), *Path(place).absolute().parents]
        folder = next((start / path for start in starts if (start / path).is_dir()), None)
        if folder is None:
            raise ReadError(f"{shown(one.origin.spot)}: hydra.searchpath: there is no folder {text}")
        found.append(folder if folder.is_absolute() is Path(place).is_absolute() else _near(folder))
    return found


def _near(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _choices(search: SearchPath, wishes: Sequence[Override]) -> tuple[Choices, list[Override]]:
    """Which wishes choose a group's config, as Hydra tells them: their key names a folder of the search path."""
    choices, rest = Choices(), []
    for wish in wishes:
        group, _, package = wish.key.partition("@")
        value = wish.values[0] if len(wish.values) == 1 else ""
        if wish.flag or wish.short or value.startswith("{") or not search.has_group(group):
            rest.append(wish)
            continue
        _ACTS.get(wish.act, _chosen)(choices, wish, group, package or None)
    return choices, rest


def _chosen(choices: Choices, wish: Override, _: str, __: str | None) -> None:
    if wish.values in {("",), ("null",)}:
        raise ReadError(f"{wish.written}: a group has no choice of nothing: to leave it out, ~{wish.key}")
    choices.chosen[wish.key] = _names(wish.values[0] if wish.values else "")
    choices.origins[wish.key] = Origin(COMMAND_LINE, wish.written)


def _removed(choices: Choices, wish: Override, _: str, __: str | None) -> None:
    choices.removed[wish.key] = wish.values[0] if wish.values else None
    choices.origins[wish.key] = Origin(COMMAND_LINE, wish.written)


def _added(choices: Choices, wish: Override, group: str, package: str | None) -> None:
    origin = Origin(COMMAND_LINE, wish.written)
    choices.added.append(Item(group, _names(wish.values[0]), origin, package, is_group=True, added=True))


_ACTS: dict[str, Callable[[Choices, Override, str, str | None], None]] = {
    "add": _added,
    "put": _added,
    "remove": _removed,
}


def _names(text: str) -> str | list[str] | None:
    if text in {"null", ""}:
        return None
    if text.startswith("[") and text.endswith("]"):
        return [one.strip() for one in text[1:-1].split(",") if one.strip()]
    return text.strip("\"'")
