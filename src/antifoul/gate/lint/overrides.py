"""Hold the overrides of launch commands (`key=value`) against the configs that they override."""

from __future__ import annotations

import re
from difflib import get_close_matches

from antifoul.facts.finding import Skip
from antifoul.facts.usage import Stray
from antifoul.gate.lint.choices import choices_in
from antifoul.gate.lint.composing import Composing
from antifoul.measures.schemas.hydra import judge
from antifoul.measures.schemas.inside import Inside, inside_of
from antifoul.measures.schemas.matching import near, takes
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.launch import Word
    from antifoul.gate.lint.choices import Choice
    from antifoul.gate.lint.commands import Launched
    from antifoul.gate.lint.composing import Composed
    from antifoul.gate.lint.side import Side
    from antifoul.measures.schemas.hydra import Tree, Verdict
    from antifoul.measures.schemas.shapes import Shape
    from antifoul.measures.schemas.surfaces import HydraEntry, Sink

_OVERRIDE = re.compile(r"(\+\+|\+|~)?([A-Za-z_][\w./@:-]*)(=|$)")
_NAMED = frozenset({"--config-name", "-cn"})
_PLACED = frozenset({"--config-path", "-cp", "--config-dir", "-cd"})


class Overrides:
    """The composed configs of one side, each made once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self.composing = Composing(side)

    def strays(self, one: Launched, skips: list[Skip]) -> Iterator[Stray]:
        """The overrides of a command that its program's config does not take."""
        if one.surface.hydra is not None:
            yield from self._of_hydra(one, one.surface.hydra, skips)
        elif any(sink.how.startswith("parse_") and sink.how != "parse_args" for sink in one.surface.sinks):
            yield from self._of_parser(one, one.surface.sinks)
        elif structured := [sink for sink in one.surface.built if sink.how.startswith("structured")]:
            yield from self._of_parser(one, tuple(structured), after_file=False)

    def _of_parser(self, one: Launched, sinks: tuple[Sink, ...], *, after_file: bool = True) -> Iterator[Stray]:
        """`train.yaml learning_rate=1`: what follows a config file overrides its keys."""
        words = one.program.arguments
        files = [at for at, word in enumerate(words) if word.text.endswith((".yaml", ".yml", ".json"))]
        start = files[0] if files else len(words) if after_file else -1
        shapes = [shape for sink in sinks for shape in sink.shapes]
        if any(shape.open for shape in shapes) or any(sink.extra for sink in sinks):
            return
        for word in words[start + 1 :]:
            found = re.fullmatch(r"([A-Za-z_]\w*(?:\.\w+)*)=.*", word.text, re.DOTALL)
            lost = self._lost_part(found[1], tuple(shapes)) if found else None
            if found and lost is not None:
                close = near(lost[0], lost[1])
                at = found[1].split(".")
                top = lost[1] == tuple(shapes)
                yield Stray(
                    ".".join(at[: at.index(lost[0]) + 1]),
                    word.line,
                    word.column,
                    ", ".join(dict.fromkeys(shape.name for shape in (sinks[0].shapes if top else lost[1]))),
                    sinks[0].place if top else lost[1][0].place,
                    close.name if close else "",
                    close.place if close else None,
                )

    def _lost_part(self, key: str, shapes: tuple[Shape, ...]) -> tuple[str, tuple[Shape, ...]] | None:
        """The first part of a dotted key that is no option, and what was asked; None where all are, or may be."""
        for part in key.split("."):
            takers = [shape for shape in shapes if takes(shape, part)]
            if any(shape.open for shape in shapes):
                return None
            if not takers:
                return part, shapes
            inside = Inside()
            for shape in takers:
                declared = shape.fields.get(part)
                inside = inside.joined(inside_of(self._side.shapes, declared) if declared else Inside(open=True))
            if inside.open or inside.each or not inside.shapes:
                return None
            shapes = inside.shapes
        return None

    def _of_hydra(self, one: Launched, entry: HydraEntry, skips: list[Skip]) -> Iterator[Stray]:
        words = [word for word in one.program.arguments if _OVERRIDE.match(word.text) and not word.text.startswith("-")]
        if not words:
            return
        composed = self.composed(one, entry)
        if composed is None:
            reason = f"overrides not judged: the config of {one.target.shown} was not found"
            skips.append(Skip(one.command.path, reason, one.command.line))
            return
        for word in words:
            yield from self._judged(word, composed, one)
        for choice in choices_in(one.program.arguments):
            group = composed.composer.keys.get(choice.key)
            if choice.sign == "" and group is not None and not composed.open:
                yield from self._lost_choice(choice, group, composed, one)

    def _lost_choice(self, choice: Choice, group: str, composed: Composed, one: Launched) -> Iterator[Stray]:
        """A choice that the group, whose other choices are files, does not have."""
        there = self.composing.in_group(composed.places, group)
        for name in choice.names if there else ():
            if name and self.composing.file(list(composed.places), f"{group}/{name}") is None:
                close = get_close_matches(name, there, n=1, cutoff=0.6)
                yield Stray(
                    f"{choice.key}={name}",
                    choice.word.line,
                    choice.word.column,
                    composed.composer.files[0] if composed.composer.files else one.target.shown,
                    near=f"{choice.key}={close[0]}" if close else "",
                    note=f"the group {group} has no {name}",
                )

    def _judged(self, word: Word, composed: Composed, one: Launched) -> Iterator[Stray]:
        composer, tree = composed.composer, composed.tree
        found = _OVERRIDE.match(word.text)
        if found is None or OPEN in found[0] or ("=" not in word.text and found[1] != "~"):
            return
        sign, key = found[1] or "", found[2]
        if key.split(".")[0].split("/")[0] == "hydra" or "@" in key or "/" in key or ":" in key:
            return
        if any(key == group or group.startswith(f"{key}/") for group in composer.groups):
            return
        verdict = judge(tree, key, sign)
        if not verdict.why:
            return
        config = composer.files[0] if composer.files else one.target.shown
        note = self._note(verdict, sign)
        close = _near(key, verdict, tree) if verdict.why == "missing" else ""
        yield Stray(f"{sign}{key}", word.line, word.column, config, near=close, note=note)

    def _note(self, verdict: Verdict, sign: str) -> str:
        if verdict.why == "there":
            return f"it is there already ({verdict.tree.origin}): drop the +, or write ++"
        return "there is nothing to take away" if sign == "~" else "Hydra refuses to add a key without +"

    def composed(self, one: Launched, entry: HydraEntry) -> Composed | None:
        """The config that the command composes; None where it cannot be found."""
        name, path = entry.name, entry.path
        words = one.program.arguments
        for at, word in enumerate(words):
            flag, sign, value = word.text.partition("=")
            value = value if sign else words[at + 1].text if at + 1 < len(words) else ""
            if flag in _NAMED:
                name = value.strip("'\"")
            elif flag in _PLACED:
                path = value.strip("'\"")
        return self.composing.of_entry(entry._replace(name=name, path=path), tuple(choices_in(words)))


def _near(key: str, verdict: Verdict, tree: Tree) -> str:
    """The key that was likely meant: one of the same place, else one of the same last name."""
    parts = key.split(".")
    close = get_close_matches(parts[verdict.at], verdict.tree.children, n=1, cutoff=0.72)
    if close:
        return ".".join((*parts[: verdict.at], close[0], *parts[verdict.at + 1 :]))
    same = [name for name in tree.names() if name.rpartition(".")[2] == parts[-1]]
    return min(same, key=len) if same else ""
