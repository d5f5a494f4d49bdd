"""Tell which schema judges a config: by the command that names it, by what loads it, by how well it fits."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.code import Definition
from antifoul.measures.schemas.matching import fit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.keys import Node
    from antifoul.facts.options import Place
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.side import Side
    from antifoul.gate.lint.sinks import Sinks
    from antifoul.measures.schemas.shapes import Shape
    from antifoul.measures.schemas.surfaces import Sink

_LINKED_FIT = 0.3  # a config that a command names: even a bad fit is meant
_BUILT_FIT = 0.5  # one that a program which builds some class is started with
_LOADED_FIT = 0.6  # one that only the look of it ties to a loader
_CLASS_FIT = 0.75  # one that only the look of it ties to a class
_FEWEST_KNOWN = 4


class Choice(NamedTuple):
    """Why a config is judged by these shapes. `certain`: a command or a setting says so."""

    sinks: tuple[Sink, ...]  # the best first; a key is known when any of them takes it
    why: str
    certain: bool
    extensions: tuple[Shape, ...] = ()
    open: str = ""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, the best first."""
        return tuple(dict.fromkeys(shape for sink in self.sinks for shape in sink.shapes))


class Link(NamedTuple):
    """A command that names a config: what its program makes of config files."""

    sinks: tuple[Sink, ...]
    program: str
    place: str  # of the command
    built: tuple[Sink, ...] = ()
    modules: tuple[RepoPath, ...] = ()  # of the repository that the program goes through


def choose(sinks: Sinks, document: Node, links: Iterable[Link]) -> Choice | None:
    """The choice for one document; None where nothing fits."""
    links = [link._replace(built=tuple(sink for sink in link.built if not sink.section)) for link in links]
    linked = [(sink, link) for link in links for sink in link.sinks]
    chosen = _best([sink for sink, _ in linked if sink.how != "parse_args"], document, _LINKED_FIT, 1)
    chosen = chosen or _best([sink for link in links for sink in link.built], document, _BUILT_FIT, 1)
    linked += [(sink, link) for link in links for sink in link.built]
    if chosen:
        link = next(link for sink, link in linked if sink == chosen[0])
        return Choice(chosen, f"{link.program} takes it ({link.place})", certain=True)
    chosen = _best(sinks.parsers, document, _LOADED_FIT, _FEWEST_KNOWN)
    if chosen:
        return Choice(chosen, f"its keys are those of the parser at {chosen[0].place}", certain=False)
    classes = {str(sink.place): sink for sink in (*sinks.classes, *sinks.built)}
    chosen = _best(classes.values(), document, _CLASS_FIT, _FEWEST_KNOWN)
    if chosen and chosen[0] not in sinks.built and _known(document, chosen[0]) <= _FEWEST_KNOWN:
        chosen = ()  # that nothing is seen to build it makes a small class too weak a guess
    if chosen:
        shape = chosen[0].shapes[0]
        return Choice(chosen, f"its keys are those of {shape.name} at {shape.place}", certain=False)
    return None


def _best(found: Iterable[Sink], document: Node, least: float, fewest: int) -> tuple[Sink, ...]:
    """The sinks that fit, the best first; those much worse than the best are no candidates."""
    size = len({entry.key for entry in document.entries})
    scored = [(fit(document, sink.shapes), sink) for sink in found]
    good = [(score, sink) for score, sink in scored if score >= least and score * size >= fewest]
    if not good:
        return ()
    good.sort(key=lambda one: (-one[0], _size(one[1]), str(one[1].place)))
    best = good[0][0]
    # One key less may be a key too many; more than that, and the file is meant for the best.
    return tuple(sink for score, sink in good if (best - score) * size < 1.5)


def _known(document: Node, sink: Sink) -> int:
    return round(fit(document, sink.shapes) * len({entry.key for entry in document.entries}))


def _size(sink: Sink) -> int:
    return sum(len(shape.fields) for shape in sink.shapes)


def extensions(side: Side, document: Node) -> Iterator[Shape | str]:
    """The shapes of packages that a config names by dotted path; the name of one that is not at hand."""
    for entry in document.entries:
        if not ("plugin" in entry.key or "extension" in entry.key or "integration" in entry.key):
            continue
        for element in entry.value.elements or (entry.value,):
            if element.kind != "scalar" or "." not in element.text:
                continue
            found = side.code.dotted(element.text)
            if not isinstance(found, Definition) or found.outline.library is not None:
                yield element.text
                continue
            folder = found.outline.path.rpartition("/")[0]
            yield from _in_folder(side, folder)


def _in_folder(side: Side, folder: RepoPath) -> Iterator[Shape]:
    for path in side.python:
        if path.rpartition("/")[0] != folder:
            continue
        outline = side.code.file(path)
        for name, node in outline.classes.items() if outline is not None else ():
            shape = side.shapes.of(Definition(outline, name, node)) if outline is not None else None
            if shape is not None and shape.make not in {"class", "function"}:
                yield shape


def shown_place(place: Place | None) -> str:
    """A place, or nothing."""
    return str(place) if place is not None else ""
