"""A config with all its layers: files, the environment and the command line, held against a schema."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.aliases import in_own_names
from antifoul.facts.stack.apply import layer_for, patched
from antifoul.facts.stack.check import Misfit, checked
from antifoul.facts.stack.clashes import clashes
from antifoul.facts.stack.environment import PREFIX, layers_from
from antifoul.facts.stack.frozen import Frozen
from antifoul.facts.stack.interpolate import Context, Resolver, interpolated
from antifoul.facts.stack.known import Known, fields
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.merge import MISSING
from antifoul.facts.stack.nodes import Node, Note, Origin, Scalar, Table, Unknown, at, from_plain, leaves
from antifoul.facts.stack.overrides import COMMAND_LINE, Override, Takes, parsed_overrides
from antifoul.facts.stack.paths import Key, KeyPath, dotted, parsed
from antifoul.facts.stack.schema import Schema, is_alternative
from antifoul.facts.stack.stack import SCHEMA, Layer, Stack
from antifoul.readers.stack.chain import chain_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a config is put together from, beside its own file and that file's bases."""

    defaults: Sequence[str] = ()  # files below all others
    user: Sequence[str] = ()  # files of the user's own, over the defaults
    overrides: Sequence[str] | Mapping[str, object] = ()
    environ: Mapping[str, str] | None = None
    prefix: str = PREFIX
    schema: Schema | None = None
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)
    infer: Mapping[str, Callable[[Frozen], object]] = field(default_factory=dict)
    run_python: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """The whole: the layers as they were read, the values in force, and what is wrong with them."""

    stack: Stack
    tree: Table
    misfits: tuple[Misfit, ...]
    notes: tuple[Note, ...]
    missing: tuple[tuple[KeyPath, Origin], ...] = ()  # keys that must still be set

    @property
    def unknown(self) -> tuple[str, ...]:
        """The values that only running something could tell, a sentence each."""
        found = ((path, node) for path, node in leaves(self.tree) if isinstance(node, Unknown))
        return tuple(
            f"{node.origin.spot}: {dotted(path)}: {node.text} is not known: {node.why}" for path, node in found
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Why no run may start with it, a sentence each."""
        fatal = [f"{note.origin.spot}: {note.message}" for note in self.notes if note.fatal]
        unset = [f"{origin.spot}: {dotted(path)}: it must be set: it is {MISSING}" for path, origin in self.missing]
        return (*fatal, *(one.sentence for one in self.misfits if one.certain), *unset)


def assembled(file: str, asked: Asked) -> Assembled:
    """The config of that file with all layers.

    Raises:
        ReadError: a file or value cannot be read, or a base is not there.
        UsageError: an override or variable sets what there is not.
    """
    stack = Stack(())
    if asked.schema:
        stack = stack.with_layer(Layer("default", SCHEMA, _defaults(asked.schema)))
    first = [wish for wish in _wishes(asked.overrides) if not wish.flag]  # what may choose a config of a group
    rest = first
    for level, places in (("default", asked.defaults), ("user", asked.user), ("experiment", (file,))):
        for place in places:
            chain = chain_of(place, level, first if level == "experiment" else (), run_python=asked.run_python)
            stack = Stack((*stack.layers, *chain.layers), (*stack.notes, *chain.notes))
            rest = chain.rest if level == "experiment" else rest
    if asked.schema:
        stack = _in_names_of(asked.schema, stack)
    stack = Stack(stack.layers, tuple(dict.fromkeys((*stack.notes, *clashes(stack.layers)))))
    stack = _from_above(stack, asked, [wish for wish in first if wish not in rest])
    whole = _whole(stack, asked)
    for key, function in asked.infer.items():
        whole = _inferred(whole, key, function, asked)
    return whole


def _whole(stack: Stack, asked: Asked) -> Assembled:
    tree, notes = interpolated(stack.tree, Context(asked.environ, asked.resolvers))
    misfits: tuple[Misfit, ...] = ()
    if asked.schema:
        tree, misfits = checked(tree, asked.schema)
    missing = tuple(
        (path, node.origin) for path, node in leaves(tree) if isinstance(node, Scalar) and node.value == MISSING
    )
    doubtful = (Note(f"{dotted(one.path)}: {one.message}", one.origin) for one in misfits if not one.certain)
    return Assembled(stack, tree, misfits, (*stack.notes, *notes, *doubtful), missing)


def _in_names_of(schema: Schema, stack: Stack) -> Stack:
    trees = ((layer, in_own_names(layer.tree, schema.top, schema)) for layer in stack.layers)
    return Stack(tuple(replace(layer, tree=tree) for layer, tree in trees if isinstance(tree, Table)), stack.notes)


def _from_above(stack: Stack, asked: Asked, done: Sequence[Override]) -> Stack:
    """The environment, then the command line, on the files; but for the wishes that the files have followed."""
    known = Known(stack.tree, asked.schema)
    if asked.environ:
        for layer in layers_from(asked.environ, known, asked.prefix):
            stack = stack.with_layer(layer)
    shorts = _shorts(asked.schema)
    takes = Known(stack.tree, asked.schema).takes
    for wish in _wishes(asked.overrides, lambda flag: takes(shorts.get(flag) or _path(flag))):
        if wish in done:
            continue
        stack = stack.with_layer(layer_for(wish, Known(stack.tree, asked.schema), shorts))
    return stack


def _path(flag: str) -> KeyPath:
    """The key that a long flag names; one that is no key is said when it is set."""
    try:
        return parsed(flag.lstrip("-").partition("=")[0])
    except UsageError:
        return ("",)


def _wishes(
    given: Sequence[str] | Mapping[str, object], takes: Callable[[str], Takes] = lambda _: "untold"
) -> tuple[Override, ...]:
    if isinstance(given, str):
        raise UsageError("overrides are a list of words, not one text")
    if not isinstance(given, Mapping):
        return parsed_overrides(given, takes)
    try:
        nodes = {key: from_plain(value, Origin(COMMAND_LINE, key)) for key, value in given.items()}
    except TypeError as problem:
        raise UsageError(f"an override: {problem}") from None
    return tuple(Override("set", key, key, node=node) for key, node in nodes.items())


def _inferred(whole: Assembled, key: str, function: Callable[[Frozen], object], asked: Asked) -> Assembled:
    """The same with one key computed from others, or from the machine. A value that was set is never rewritten."""
    path = parsed(key)
    real = Known(whole.tree, asked.schema).real(path) or path
    before = at(whole.tree, real)
    origin = Origin("inferred", getattr(function, "__name__", "a function"))
    try:
        node = from_plain(function(Frozen(whole.tree)), origin)
    except Exception as problem:
        raise UsageError(f"{key} cannot be inferred: {type(problem).__name__}: {problem}") from problem
    if before is None or (isinstance(before, Scalar) and before.value in {None, "auto"}):
        patch = patched(whole.tree, real, node, origin)
        layer = Layer("inferred", origin.place, patch if isinstance(patch, Table) else Table({}, origin))
        said = f"{dotted(real)} was inferred: {literal(node)}"
        return _whole(whole.stack.with_layer(layer, Note(said, origin)), asked)
    if literal(before) != literal(node):
        said = f"{dotted(real)} stays {literal(before)}, as it was set; {origin.place} would make it {literal(node)}"
        return _whole(Stack(whole.stack.layers, (*whole.stack.notes, Note(said, before.origin))), asked)
    return whole


def _shorts(schema: Schema | None) -> dict[str, KeyPath]:
    """The short flags that fields declare.

    Raises:
        UsageError: two fields declare the same.
    """
    out: dict[str, KeyPath] = {}
    for path, one in fields(schema) if schema else ():
        for flag in one.flags:
            if flag in out:
                raise UsageError(f"the flag {flag} is declared by {dotted(out[flag])} and by {dotted(path)}")
            out[flag] = path
    return out


def _defaults(schema: Schema) -> Table:
    """What the schema sets where no layer does."""
    shape = schema.shape(schema.top)
    origin = Origin("default", shape.place if shape else SCHEMA, shape.line if shape else 0)
    items: dict[Key, Node] = {}
    for one in shape.fields if shape else ():
        if one.default is not None and not is_alternative(one.kind):
            items[one.name] = one.default
    return Table(items, origin)
