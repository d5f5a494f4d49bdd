"""Put in for each `${...}` what it refers to, where that can be told without running anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.elements import element
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, Unknown, from_plain, key_of, step
from antifoul.facts.stack.nodes import at as at_path
from antifoul.facts.stack.paths import Key, KeyPath, dotted
from antifoul.facts.stack.references import (
    Call,
    OpenError,
    Parts,
    Reference,
    absolute_path,
    argument,
    taken_apart,
    unquoted,
)

_DEEPEST = 60  # references on references
_LONGEST = 1_000_000  # signs of a text that is put together
_MOST = 20_000  # values that references put in

Resolver = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Context:
    """What references may ask beside the config: the environment (None: it was not given), functions by name."""

    environ: Mapping[str, str] | None = None
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)


def interpolated(tree: Table, context: Context) -> tuple[Table, tuple[Note, ...]]:
    """The tree with all references put in; those that cannot be are `Unknown`, and what is wrong with them is noted."""
    work = _Work(tree, context)
    whole = work.at((), tree)
    if not isinstance(whole, Table):
        raise TypeError("a mapping stays one")
    return whole, tuple(work.notes)


class _Work:
    def __init__(self, root: Table, context: Context) -> None:
        self.notes: list[Note] = []
        self._root = root
        self._context = context
        self._done: dict[KeyPath, Node] = {}
        self._waiting: list[KeyPath] = []  # whose references are being followed
        self._depth = 0
        self._size = 0
        self._sizes: dict[int, int] = {}  # of nodes that were counted, by identity

    def at(self, path: KeyPath, node: Node) -> Node:
        """The node that stands at the path, with all in it put in."""
        if path in self._done:
            return self._done[path]
        match node:
            case Table(items):
                if path in self._waiting:
                    raise OpenError(f"{dotted(path)} refers to itself", fatal=True)
                self._waiting.append(path)
                done: Node = replace(node, items={key: self.at((*path, key), inner) for key, inner in items.items()})
                self._waiting.pop()
            case Listing(items):
                done = replace(node, items=tuple(self.at((*path, at), one) for at, one in enumerate(items)))
            case Scalar(str() as text) if "${" in text:
                done = self._scalar(path, node, text)
            case _:
                done = node
        self._size += 1
        self._done[path] = done
        return done

    def _scalar(self, path: KeyPath, node: Scalar, text: str) -> Node:
        parts = taken_apart(text)
        if parts is None or not any(isinstance(part, Reference | Call) for part in parts):
            return replace(node, value="".join(map(str, parts)) if parts else text)
        before = len(self._waiting)
        if path in self._waiting:
            raise OpenError(f"{dotted(path)} refers to itself", fatal=True)
        self._waiting.append(path)
        self._depth += 1
        try:
            found = self._whole(path, parts, node.origin)
        except OpenError as problem:
            if problem.fatal:
                self.notes.append(Note(f"{dotted(path)}: {problem}", node.origin, fatal=True))
            return Unknown(text, node.origin, str(problem))
        finally:
            self._depth -= 1
            del self._waiting[before:]
        if isinstance(found, Scalar):
            return Scalar(found.value, node.origin, found.text, via=text)
        return replace(found, origin=node.origin)

    def _whole(self, path: KeyPath, parts: Parts, origin: Origin) -> Node:
        if self._depth > _DEEPEST:
            raise OpenError(f"more than {_DEEPEST} references on each other", fatal=True)
        if len(parts) == 1 and not isinstance(parts[0], str):
            return self._one(path, parts[0], origin)
        text = "".join(
            part if isinstance(part, str) else self._as_text(self._one(path, part, origin)) for part in parts
        )
        if len(text) > _LONGEST:
            raise OpenError(f"it comes to more than {_LONGEST:,} signs", fatal=True)
        return Scalar(text, origin)

    def _as_text(self, node: Node) -> str:
        match node:
            case Scalar(value):
                return str(value)
            case Unknown(_, _, why):
                raise OpenError(why)
            case _:
                raise OpenError("a mapping or list cannot stand within a text", fatal=True)

    def _one(self, path: KeyPath, part: Reference | Call, origin: Origin) -> Node:
        if isinstance(part, Call):
            return self._called(path, part, origin)
        key = self._text(path, part.key, origin)
        found = self._found(path, key)
        if found is None:
            raise OpenError(f"there is no key {key}", fatal=False)
        if isinstance(found, Unknown):
            raise OpenError(f"{key} is not known: {found.why}")
        return found

    def _text(self, path: KeyPath, parts: Parts, origin: Origin) -> str:
        return self._as_text(self._whole(path, parts, origin)) if parts else ""

    def _found(self, path: KeyPath, key: str) -> Node | None:
        """What stands under a key as it is written, None where nothing does or it is still to be set."""
        where = absolute_path(path, key)
        node: Node = self._root
        real: tuple[Key, ...] = ()
        for at, part in enumerate(where):
            if isinstance(node, Scalar) and isinstance(node.value, str) and "${" in node.value:
                node = self.at(real, node)  # the way leads through a reference
                return at_path(node, where[at:])
            found = step(node, part)
            if found is None:
                return None
            real = (*real, _own_key(node, part))
            node = found
        if isinstance(node, Scalar) and node.value == "???":
            return None
        if self._size > _MOST:
            raise OpenError(f"its references come to more than {_MOST:,} values", fatal=True)
        done = self.at(real, node)
        self._size += self._count(done)
        return done

    def _count(self, node: Node) -> int:
        """How many values are in it, each counted wherever it stands."""
        if not isinstance(node, Table | Listing):
            return 1
        if id(node) not in self._sizes:
            inner = node.items.values() if isinstance(node, Table) else node.items
            self._sizes[id(node)] = 1 + sum(map(self._count, inner))
        return self._sizes[id(node)]

    def _called(self, path: KeyPath, call: Call, origin: Origin) -> Node:
        given = [self._text(path, one, origin) for one in call.arguments]
        known = _KNOWN.get(call.name)
        if call.name in self._context.resolvers:
            return self._users(call.name, given, origin)
        if known is None:
            raise OpenError(f"the resolver {call.name!r} is only known when it runs")
        try:
            return known(self, path, given, origin)
        except IndexError:
            raise OpenError(f"{call.name} lacks an argument", fatal=True) from None

    def _users(self, name: str, given: list[str], origin: Origin) -> Node:
        try:
            return from_plain(self._context.resolvers[name](*map(argument, given)), origin)
        except Exception as problem:  # noqa: BLE001  a guest's function: what it raises is shown
            raise OpenError(f"the resolver {name!r} failed: {type(problem).__name__}: {problem}", fatal=True) from None

    def environment(self, _: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.env:NAME` and `oc.env:NAME,default`: always text, or null."""
        environ = self._context.environ
        name = unquoted(given[0])
        if environ is None:
            raise OpenError(f"the environment was not given, for {name}")
        if name in environ:
            return Scalar(environ[name], origin, environ[name])
        if len(given) < 2:
            raise OpenError(f"the variable {name} is not set", fatal=False)
        default = argument(given[1])
        return Scalar(None if default is None else str(default), origin, None if default is None else str(default))

    def select(self, path: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.select:key,default`: the default where there is no such key."""
        found = self._found(path, unquoted(given[0]))
        if isinstance(found, Unknown):
            raise OpenError(found.why)
        if found is not None:
            return found
        return self._decoded(given[1], origin) if len(given) > 1 else Scalar(None, origin)

    def decoded(self, _: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.decode:text`: what the text means."""
        return self._decoded(unquoted(given[0]), origin)

    def created(self, _: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.create:text`: the same."""
        return self._decoded(given[0], origin)

    def keys(self, path: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.dict.keys:key`: the keys of a mapping."""
        return Listing(tuple(Scalar(key, origin) for key in self._mapping(path, given[0]).items), origin)

    def values(self, path: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.dict.values:key`: its values."""
        return Listing(tuple(self._mapping(path, given[0]).items.values()), origin)

    def deprecated(self, path: KeyPath, given: list[str], origin: Origin) -> Node:
        """`oc.deprecated:key`: what stands under the new name."""
        self.notes.append(Note(f"{dotted(path)} is an old name of {given[0]}", origin))
        return self._one(path, Reference((given[0],)), origin)

    def _mapping(self, path: KeyPath, key: str) -> Table:
        found = self._found(path, unquoted(key))
        if not isinstance(found, Table):
            raise OpenError(f"{key} is no mapping", fatal=True)
        return found

    def _decoded(self, text: str, origin: Origin) -> Node:
        try:
            return element(text, origin)
        except ReadError as problem:
            raise OpenError(f"{text} cannot be read: {problem.args[0]}", fatal=True) from None


_KNOWN: Mapping[str, Callable[[_Work, KeyPath, list[str], Origin], Node]] = {
    "oc.env": _Work.environment,
    "oc.select": _Work.select,
    "oc.decode": _Work.decoded,
    "oc.create": _Work.created,
    "oc.dict.keys": _Work.keys,
    "oc.dict.values": _Work.values,
    "oc.deprecated": _Work.deprecated,
}


def _own_key(node: Node, part: Key) -> Key:
    if isinstance(node, Table):
        found = key_of(node.items, part)
        return part if found is None else found[0]
    return int(str(part))
