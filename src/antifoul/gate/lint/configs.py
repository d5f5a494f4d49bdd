"""Hold the keys of configs against the schemas that judge them."""

from __future__ import annotations

import re

from antifoul.facts.finding import Skip
from antifoul.facts.keys import dotted
from antifoul.facts.usage import Stray, Usage
from antifoul.gate.lint.known import is_foreign, parts
from antifoul.gate.lint.schemas import Choice, choose, extensions
from antifoul.gate.lint.traps import CASTING, casts, traps
from antifoul.gate.lint.yaml_readers import YamlReaders
from antifoul.measures.schemas.components import has_components, missing, unasked
from antifoul.measures.schemas.inside import Inside
from antifoul.measures.schemas.matching import fit, misses, takes
from antifoul.measures.schemas.surfaces import Sink
from antifoul.measures.schemas.values import misfits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.keys import Node, Path
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.schemas import Link
    from antifoul.gate.lint.side import Side
    from antifoul.gate.lint.sinks import Sinks
    from antifoul.measures.schemas.matching import Miss
    from antifoul.measures.schemas.shapes import Shape


_SECTION_FIT = 0.5


class Configs:
    """The configs of one side, judged one by one."""

    def __init__(self, side: Side, sinks: Sinks) -> None:
        self._side = side
        self._sinks = sinks
        self._read_at: dict[str, str] = {}
        self._yaml = YamlReaders(side)

    def _by_settings(self, path: RepoPath) -> Choice | None:
        """What the settings say; a choice of nothing where they say that no schema judges it."""
        from antifoul.gate.scope import matcher  # noqa: PLC0415  only where settings name configs

        for glob, names in self._side.given.configs:
            if not matcher((glob,))(path):
                continue
            shapes = [self._side.shapes.of(self._side.code.dotted(name)) for name in names]
            known = tuple(shape for shape in shapes if shape is not None)
            lost = next((name for name, shape in zip(names, shapes, strict=True) if shape is None), "")
            sinks = (Sink(known, "settings", known[0].place),) if known else ()
            opened = f"{lost}, which the settings name, is not at hand" if lost else ""
            return Choice(sinks, f"the settings map {glob} to it", certain=True, open=opened)
        return None

    def choice(self, path: RepoPath, document: Node, links: Iterable[Link]) -> Choice | None:
        """The schema that judges a document."""
        said = self._by_settings(path)
        if said is None and (has_components(document) or document.get("defaults") is not None):
            return None  # its nodes say themselves what they become
        if said is None and not links and is_foreign(document):
            return None
        chosen = choose(self._sinks, document, links) if said is None else said
        if chosen is None or not chosen.sinks:
            return chosen if chosen is not None and chosen.open else None
        named = list(extensions(self._side, document))
        missing = next((one for one in named if isinstance(one, str)), "")
        more = tuple(one for one in named if not isinstance(one, str))
        opened = f"{missing}, which it names, may add keys and is not at hand" if missing else ""
        return chosen._replace(extensions=more, open=chosen.open or opened)

    def usage(self, path: RepoPath, document: Node, links: Iterable[Link]) -> Usage | None:
        """What a document asks for that nothing takes; None where no schema judges it."""
        chosen = self.choice(path, document, links)
        if chosen is None:
            return None
        doubt = self._doubt(chosen)
        if doubt:
            return Usage(path, skipped=(Skip(path, f"keys not judged: {doubt}"),))
        also = frozenset(key for sink in chosen.sinks for key in sink.also)
        top = Inside((*chosen.shapes, *chosen.extensions))
        found = [miss for miss in misses(self._side.shapes, document, top, also) if not self._is_extended(miss, chosen)]
        keys, unschemed = [], []
        for miss in found:
            stray = self._stray(miss, chosen)
            if not stray.note:
                keys.append(stray)
            elif stray.fate == "dropped":
                unschemed.append(stray)
        return Usage(
            path,
            keys=tuple(keys),
            unschemed=tuple(unschemed),
            values=tuple(self._values(document, chosen)),
            traps=tuple(traps(document, chosen, self._yaml.of(links))) if path.endswith((".yaml", ".yml")) else (),
            configs=1,
        )

    def sections(self, path: RepoPath, document: Node, links: Iterable[Link]) -> Usage | None:
        """What the parts of a document ask for that become options on their own; None where none does."""
        shapes: dict[tuple[str, ...], list[Shape]] = {}
        for sink in (sink for link in links for sink in link.built if sink.section):
            shapes.setdefault(sink.section, []).extend(sink.shapes)
        keys, values = [], []
        for section, some in shapes.items():
            node: Node | None = document
            for key in section:
                node = node.get(key) if node is not None else None
            known = tuple(dict.fromkeys(some))
            if node is None or node.kind != "map" or any(one.open for one in known) or fit(node, known) < _SECTION_FIT:
                continue
            found = (
                miss._replace(path=(*section, *miss.path)) for miss in misses(self._side.shapes, node, Inside(known))
            )
            keys += [self._theirs(miss, ()) for miss in found]
            values += list(self._misfits(node, known, section, certain=any(one.make in CASTING for one in known)))
        return Usage(path, keys=tuple(keys), values=tuple(values), configs=1) if keys or values else None

    def _values(self, document: Node, chosen: Choice) -> Iterator[Stray]:
        yield from self._misfits(document, (*chosen.shapes, *chosen.extensions), (), certain=casts(chosen))

    def _misfits(self, node: Node, shapes: tuple[Shape, ...], way: Path, *, certain: bool) -> Iterator[Stray]:
        for one in misfits(self._side.shapes, node, shapes, way):
            place = one.declared.option.place
            yield Stray(dotted(one.path), one.entry.line, one.entry.column, "", place, certain=certain, note=one.why)

    def components(self, path: RepoPath, document: Node) -> Usage:
        """The classes and functions that a document names: those that are not there, and arguments not asked for."""
        shapes = self._side.shapes
        lost = tuple(
            Stray(one.name, one.line, one.column, one.module, near=one.near)
            for one in missing(shapes, document, self._side.packages)
        )
        extra = tuple(
            Stray(
                dotted(one.path),
                one.entry.line,
                one.entry.column,
                one.shape.name,
                one.shape.place,
                one.near.name if one.near else "",
                one.near.place if one.near else None,
            )
            for one in unasked(shapes, document)
            # A node with a `_target_` may also be read as it is, without being built.
            if one.naming != "_target_" or not self.read_at(one.entry.key)
        )
        theirs = [
            self._theirs(miss, way)
            for way, node, shape in parts(shapes, document)
            for miss in misses(shapes, node, Inside((shape,)))
        ]
        return Usage(path, keys=(*extra, *theirs), components=lost)

    def _theirs(self, miss: Miss, way: Path) -> Stray:
        """A key that a library's own config does not have."""
        return Stray(
            dotted((*way, *miss.path)),
            miss.entry.line,
            miss.entry.column,
            miss.shapes[0].name,
            miss.shapes[0].place,
            miss.near.name if miss.near else "",
            miss.near.place if miss.near else None,
            miss.shapes[0].fate,
        )

    def _doubt(self, chosen: Choice) -> str:
        """Why no key can be said to be unknown."""
        extra = next((sink.extra for sink in chosen.sinks if sink.extra), "")
        loose = next((shape.open for shape in chosen.shapes if shape.open), "")
        return chosen.open or extra or loose

    def _is_extended(self, miss: Miss, chosen: Choice) -> bool:
        """A shape of a named plugin takes the key, at whatever depth; or the schema takes its beginning off."""
        key = miss.entry.key
        bare = {
            key.removeprefix(prefix) for shape in chosen.shapes for prefix in shape.prefixes if key.startswith(prefix)
        }
        return any(takes(shape, key) for shape in chosen.extensions) or any(
            takes(shape, name) for shape in miss.shapes for name in bare
        )

    def _stray(self, miss: Miss, chosen: Choice) -> Stray:
        shape = miss.shapes[0]
        top = len(miss.path) == 1
        takers = ", ".join(dict.fromkeys(one.name for one in (chosen.sinks[0].shapes if top else miss.shapes)))
        note = ""
        if shape.fate != "refused" or (not chosen.certain and not _is_parser(chosen)):
            note = self.read_at(miss.entry.key)
        return Stray(
            miss.name,
            miss.entry.line,
            miss.entry.column,
            takers,
            shape.place if not top else chosen.sinks[0].shapes[0].place,
            miss.near.name if miss.near else "",
            miss.near.place if miss.near else None,
            shape.fate,
            chosen.certain or chosen.sinks[0].how != "parse_args",
            note,
        )

    def read_at(self, key: str) -> str:
        """Where the repository's code reads a key by its name: "path:line"; "" where it never does."""
        if key not in self._read_at:
            self._read_at[key] = self._search(key)
        return self._read_at[key]

    def _search(self, key: str) -> str:
        word = key.encode()
        escaped = re.escape(word)
        pattern = re.compile(
            rb"\.%s(?![\w-]|\s*\()|(?:\[\s*|get\(\s*|pop\(\s*|getattr\([^,()]+,\s*|(?<![\w\"'])) *[\"']%s[\"']"
            % (escaped, escaped)
        )
        for path in self._side.python:
            data = self._side.data(path)
            if data is not None and word in data and (found := pattern.search(data)):
                line = data.count(b"\n", 0, found.start()) + 1
                return f"{path}:{line}"
        return ""


def _is_parser(chosen: Choice) -> bool:
    return chosen.sinks[0].how.startswith("parse_")
