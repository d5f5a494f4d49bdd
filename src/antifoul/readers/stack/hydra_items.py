"""The items of a Hydra defaults list, by Hydra's own terms (1.2 and later): configs, groups, `_self_`, packages."""

from collections.abc import Iterator
from dataclasses import dataclass

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table
from antifoul.facts.stack.paths import shown_key

SELF = "_self_"


@dataclass(slots=True)
class Item:
    """One item. `name` is the file's within its group, None for a choice of nothing, a list for several."""

    group: str  # as written; "" for an item that is a path alone
    name: str | list[str] | None
    origin: Origin
    package: str | None = None
    is_group: bool = False
    optional: bool = False
    override: bool = False
    added: bool = False  # by the command line
    header: str | None = None  # of the file: `# @package`
    base: str = ""  # the group of the file that names it
    around: str = ""  # the package of that file

    @property
    def is_self(self) -> bool:
        """The place of the file's own content."""
        return not self.is_group and self.name == SELF and not self.group

    @property
    def group_path(self) -> str:
        """The group, from the top of the search path."""
        if self.group.startswith("/"):
            return self.group[1:]
        return f"{self.base}/{self.group}" if self.base and self.group else self.group or self.base

    @property
    def path(self) -> str:
        """The file, from the top of the search path."""
        group = self.group_path
        return f"{group}/{self.name}" if group else str(self.name)

    def final_package(self, *, with_header: bool = True) -> str:
        """Where its content goes in the whole."""
        package = self.header if self.package is None and with_header else self.package
        if package is not None and "_group_" in package:
            package = f"_global_.{package.replace('_group_', self.group_path.replace('/', '.'))}"
        if package is None:
            package = self.group.removeprefix("/").replace("/", ".")
        whole = f"{self.around}.{package}" if self.around and package else self.around or package
        at = whole.rfind("_global_")
        return whole if at < 0 else whole[at + len("_global_") + 1 :]

    @property
    def key(self) -> str:
        """How the command line and `override` name it."""
        usual, final = self.group_path.replace("/", "."), self.final_package(with_header=False)
        return self.group_path if usual == final else f"{self.group_path}@{final or '_global_'}"


def items_in(node: Node) -> Iterator[Item]:
    """The items that a defaults list holds.

    Raises:
        ReadError: with line and column: it holds something else.
    """
    if not isinstance(node, Listing):
        raise _refused(node, "defaults must be a list")
    for one in node.items:
        match one:
            case Scalar(str() as text, origin):
                path, package = _split(text)
                group, _, name = path.rpartition("/")
                yield Item(f"/{group}" if path.startswith("/") and group == "" else group, name, origin, package)
            case Table(items) if len(items) == 1:
                ((key, value),) = items.items()
                yield _grouped(shown_key(key), value, one.origin)
            case _:
                raise _refused(one, "an item of defaults is a name or one group with its choice")


def is_defaults(node: Node) -> bool:
    """The value under a key `defaults` looks like Hydra's list, not like data."""
    if not isinstance(node, Listing) or not node.items:
        return False
    return all(
        (isinstance(one, Scalar) and isinstance(one.value, str))
        or (isinstance(one, Table) and len(one.items) == 1 and all(map(_is_choice, one.items.values())))
        for one in node.items
    )


def _is_choice(node: Node) -> bool:
    if isinstance(node, Listing):
        return all(isinstance(one, Scalar) and isinstance(one.value, str) for one in node.items)
    return isinstance(node, Scalar) and (node.value is None or isinstance(node.value, str))


def _grouped(key: str, value: Node, origin: Origin) -> Item:
    *words, last = key.split(" ")
    group, package = _split(last)
    name: str | list[str] | None
    match value:
        case Scalar(None | str() as choice):
            name = choice
        case Listing(items):
            name = [str(one.value) for one in items if isinstance(one, Scalar)]
        case _:
            raise _refused(value, "a choice is the name of a file, a list of them, or null")
    item = Item(group, name, origin, package, is_group=True)
    item.optional, item.override = "optional" in words, "override" in words
    return item


def _split(text: str) -> tuple[str, str | None]:
    """A path and its package; `_here_` is the package of the file around it."""
    path, sign, package = text.partition("@")
    package = package.partition(":")[0]
    return path, ("" if package == "_here_" else package) if sign else None


def _refused(node: Node, message: str) -> ReadError:
    return ReadError(f"{node.origin.spot}: {message}")
