"""One batch as the model saw it: what is trained, what is ignored, what is padding."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from antifoul.facts.report import Look
from antifoul.facts.targets import Row, Targets

_COLOURS = {"trained": "1;32", "away": "1;31", "ignored": "2", "padding": "2;9"}
_MARKS = {"trained": ("[", "]"), "away": ("[-", "-]"), "ignored": ("", ""), "padding": ("{", "}")}
_WORDS = {"trained": "trained", "away": "trained away from", "ignored": "ignored", "padding": "padding"}
_ENTER = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
_MANY = 12  # padding tokens that are written out


class Segment(NamedTuple):
    """Neighbouring tokens of one kind: "trained", "away" (its probability is lowered), "ignored", "padding"."""

    kind: str
    text: str
    tokens: int


def batch_of(targets: Targets) -> tuple[tuple[Segment, ...], ...]:
    """The rows of a training step, each cut into segments."""
    shift = targets.shift
    return tuple(tuple(_segments(row, targets, 1 if shift is None else shift)) for row in targets.rows)


def _segments(row: Row, targets: Targets, shift: int) -> Iterable[Segment]:
    trained = {target.at + shift: target.weight for target in row.targets}
    last = max((at for at, token in enumerate(row.ids) if token != targets.pad), default=-1)
    first = next((at for at, token in enumerate(row.ids) if token != targets.pad), 0)

    def kind(at: int) -> str:
        if at in trained:
            return "trained" if trained[at] >= 0 else "away"
        padded = not row.attended[at] if row.attended is not None else not first <= at <= last
        return "padding" if padded else "ignored"

    for one, group in groupby(range(len(row.ids)), key=kind):
        places = list(group)
        yield Segment(one, targets.read([row.ids[at] for at in places]), len(places))


def render_batch(name: str, rows: Sequence[Sequence[Segment]], look: Look) -> str:
    """A line of counts and a line of tokens a row; without colour, marks stand around what is not ignored."""
    kinds = [kind for kind in _WORDS if any(segment.kind == kind for row in rows for segment in row)]
    lines = [f"{name}: one batch as the model saw it: " + ", ".join(_legend(kind, look) for kind in kinds)]
    for number, row in enumerate(rows):
        counts = (f"{sum(one.tokens for one in row if one.kind == kind)} {_WORDS[kind]}" for kind in kinds)
        lines += [f"row {number}: {', '.join(counts)}", "  " + "".join(_shown(one, look) for one in row)]
    return "\n".join(lines) + "\n"


def _legend(kind: str, look: Look) -> str:
    return _dressed(kind, _WORDS[kind], look)


def _shown(segment: Segment, look: Look) -> str:
    text = _plain(segment.text)
    if segment.kind == "padding" and segment.tokens > _MANY:
        text = f"... {segment.tokens} of padding ..."
    return _dressed(segment.kind, text, look)


def _dressed(kind: str, text: str, look: Look) -> str:
    if look.colour:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"
    before, after = _MARKS[kind]
    return f"{before}{text}{after}"


def _plain(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    return "".join(one if one.isprintable() else _ENTER if one == "\n" else f"\\x{ord(one):02x}" for one in text)
