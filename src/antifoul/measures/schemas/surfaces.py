"""All that is known of a program: its flags, what it makes of a config file, where its code goes."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.options import Interface, Place
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape
    from antifoul.measures.schemas.tracing import Trace


class Sink(NamedTuple):
    """A config file's keys become these options, all of them together."""

    shapes: tuple[Shape, ...]
    how: str  # the call: "parse_yaml_file", "Config(**...)"
    place: Place
    extra: str = ""  # why other keys are let through
    also: frozenset[str] = frozenset()  # keys that the loader itself takes
    section: tuple[str, ...] = ()  # the way to the part of the file that becomes the options; empty for all of it


class Surface(NamedTuple):
    """All that is known of a program."""

    interface: Interface
    sinks: tuple[Sink, ...]
    outlines: tuple[Outline, ...]  # the modules that its code went through
    trace: Trace
    hydra: HydraEntry | None = None
    built: tuple[Sink, ...] = ()  # classes that it builds from a mapping


class HydraEntry(NamedTuple):
    """Where a program's `hydra.main` says that its configs lie. The path is relative to the program's file."""

    path: str | None
    name: str | None
    place: Place
    outline: Outline
