"""The keys of a Hydra config as its defaults lists compose it, told from the files alone.

Only whether a key is there is told, not its value: what a group may hold is what any of its choices holds. What
depends on an interpolation, a missing choice or a config that only code registers is open: nothing in it is judged.
"""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from antifoul.facts.keys import Node
    from antifoul.facts.paths import RepoPath

_DEEPEST = 30


class Read(NamedTuple):
    """One config file: where it is, what it holds, and the package that its first comment names ("" for none)."""

    path: RepoPath
    node: Node
    package: str


class Lost(NamedTuple):
    """A config that a defaults list names and that is nowhere."""

    path: RepoPath  # of the file that names it
    line: int
    column: int
    group: str
    name: str


class Tree:
    """One key of a composed config. `open`: it may hold other keys; `loose`: so may all below it."""

    __slots__ = ("children", "is_map", "loose", "open", "origin")

    def __init__(self, origin: str = "") -> None:
        self.children: dict[str, Tree] = {}
        self.is_map = True
        self.open = False
        self.loose = False
        self.origin = origin  # "path:line"

    def child(self, key: str, origin: str = "") -> Tree:
        """The tree below a key, made where it is new."""
        return self.children.setdefault(key, Tree(origin))

    def below(self, package: str) -> Tree:
        """The tree at a dotted package."""
        tree = self
        for part in package.split(".") if package else ():
            tree = tree.child(part)
        return tree

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every dotted key."""
        for key, child in self.children.items():
            yield f"{prefix}{key}"
            yield from child.names(f"{prefix}{key}.")


class Composer:
    """Composes the configs that lie in some folders. `read` gives a file by its path below them, without ending.

    `choices` are those that a command makes, by group (`model`, or `model@actor.model` where the package is another):
    all of a sweep, none where the group is taken away, "" for one that only running it tells.
    """

    def __init__(
        self, read: Callable[[str], Read | None], choices: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self._read = read
        self._choices = choices or {}
        self.root = Tree()
        self.files: list[RepoPath] = []
        self.lost: list[Lost] = []
        self.groups: set[str] = set()
        self.keys: dict[str, str] = {}  # what an override of a choice is written with -> the group

    def compose(self, name: str) -> Tree:
        """The tree of a primary config."""
        self._add(name.removesuffix(".yaml").removesuffix(".yml"), "", "", 0)
        return self.root

    def append(self, group: str, choice: str, package: str) -> None:
        """Merge what `+group=choice` adds."""
        self.groups.add(group)
        self._add(choice, group, package or group.replace("/", "."), 1)

    def _add(self, name: str, group: str, package: str, depth: int) -> None:
        """Merge one config of a group at a package."""
        found = self._read(f"{group}/{name}" if group else name) if depth < _DEEPEST else None
        if found is None:
            self.root.below(package).loose = True
            return
        self.files.append(found.path)
        if found.package == "_global_":
            package = ""
        elif found.package and not found.package.startswith("_"):
            package = found.package
        defaults = found.node.get("defaults")
        for element in defaults.elements if defaults is not None else ():
            self._default(element, group, package, depth, found.path)
        _merge(self.root.below(package), found.node, found.path, top=True)

    def _default(self, element: Node, group: str, package: str, depth: int, path: RepoPath) -> None:
        if element.kind == "scalar":
            if element.text != "_self_":
                self._named(element, group, package, depth, path)
            return
        for entry in element.entries:
            words = entry.key.split()
            written, _, at = words[-1].partition("@")
            inner = _joined(group, written)
            here = _package(written, at, package)
            self.groups.add(inner or "")
            key = inner or ""
            if here != key.replace("/", "."):
                key = f"{key}@{here}"
            self.keys[key] = inner or ""
            if key in self._choices and inner is not None:
                self._chosen(self._choices[key], inner, here, depth)
                continue
            for choice in entry.value.elements or (entry.value,):
                if choice.tag == "null" or "$" in choice.text or choice.text == "???" or inner is None:
                    self.root.below(here).loose = True
                    continue
                name = choice.text.removesuffix(".yaml")
                if "optional" not in words and self._read(f"{inner}/{name}") is None:
                    self.lost.append(Lost(path, choice.line, choice.column, inner, name))
                self._add(name, inner, here, depth + 1)

    def _chosen(self, names: tuple[str, ...], group: str, package: str, depth: int) -> None:
        for name in names:
            if name:
                self._add(name, group, package, depth + 1)
            else:
                self.root.below(package).loose = True

    def _named(self, element: Node, group: str, package: str, depth: int, path: RepoPath) -> None:
        """`- name` or `- /group/name@package`: a config without a choice."""
        text = element.text
        written, _, at = text.partition("@")
        folder, _, name = written.rpartition("/")
        inner = _joined(group, folder) if folder or written.startswith("/") else group
        if "$" in text or inner is None:
            self.root.below(package).loose = True
            return
        here = (
            _package(folder.strip("/"), at, package) if at else package if not folder else _package(folder, "", package)
        )
        if self._read(f"{inner}/{name}" if inner else name) is None:
            self.lost.append(Lost(path, element.line, element.column, inner, name))
        self._add(name, inner, here, depth + 1)


def _package(group: str, at: str, package: str) -> str:
    """The package of a default: what stands after its `@`, else its group, below the package that it stands in."""
    if at == "_global_":
        return ""
    if at == "_here_":
        return package
    own = at.removeprefix("_global_.") if at else ".".join(part for part in group.split("/") if part not in {"", ".."})
    base = "" if at.startswith("_global_.") else package
    return f"{base}.{own}" if base and own else own or base


def _joined(group: str, written: str) -> str | None:
    """A group as seen from another one: absolute, or relative with `..`; None where it leads out."""
    parts = [] if written.startswith("/") else [part for part in group.split("/") if part]
    for part in written.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _merge(tree: Tree, node: Node, path: RepoPath, *, top: bool = False) -> None:
    for entry in node.entries:
        if top and entry.key in {"defaults", "hydra"}:
            continue
        child = tree.child(entry.key, f"{path}:{entry.line}")
        value = entry.value
        if value.kind == "map":
            child.is_map = True
            _merge(child, value, path)
        elif value.kind == "list":
            child.is_map, child.open = bool(child.children), True
        elif value.tag == "null" or value.text == "???":
            child.open = True
        else:
            child.is_map = bool(child.children)
            child.open = child.open or "${" in value.text


class Verdict(NamedTuple):
    """What becomes of an override. `at` is how many of its parts exist; `why` is "" for a good one."""

    why: str
    at: int
    tree: Tree


def judge(tree: Tree, key: str, sign: str) -> Verdict:
    """What becomes of an override of a key: `sign` is "", "+", "++" or "~"."""
    parts = key.split(".")
    at = tree
    for number, part in enumerate(parts):
        if at.loose:
            return Verdict("", number, at)
        if part not in at.children:
            if at.open or not at.is_map or sign in {"+", "++"}:
                return Verdict("", number, at)
            return Verdict("missing", number, at)
        at = at.children[part]
    if sign == "+" and not at.is_map and not at.open and not at.children:
        return Verdict("there", len(parts), at)
    return Verdict("", len(parts), at)
