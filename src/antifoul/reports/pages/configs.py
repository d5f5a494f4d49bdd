"""The part of a page that tells of configs and launch commands."""

from __future__ import annotations

from antifoul.reports.blocks import Heading, Mono, Paragraph, Ref, Table, counted, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.lint import Alike, Likeness
    from antifoul.measures.results import ConfigsSeen
    from antifoul.reports.blocks import Block, Words

_MOST_PAIRS = 10
_MOST_KEYS = 4


def section(seen: ConfigsSeen) -> Iterator[Block]:
    """How many were judged, what was found by rule, and which configs could inherit from another."""
    yield Heading(2, "Configs and launch commands")
    judged = f"{counted(seen.files, 'config')} judged, and {counted(seen.commands, 'command')}"
    rest = f"; {counted(seen.not_judged, 'place')} could not be" if seen.not_judged else ""
    yield Paragraph(words(f"{judged}{rest}: ", Mono("antifoul config lint"), " has each with its line."))
    if seen.found:
        rows = tuple(
            (words(Mono(rule)), words(severity), words(f"{number:,}")) for rule, severity, number in seen.found
        )
        yield Table(("rule", "severity", "places"), rows, right=(2,))
    yield from _alike(seen.likeness)


def _alike(likeness: Likeness) -> Iterator[Block]:
    if not likeness.values:
        return
    share = likeness.repeated / likeness.values
    yield Paragraph(
        words(
            f"{share:.0%} of the {likeness.values:,} values in {counted(likeness.configs, 'config')} are said again "
            f"under the same key: bases would save them."
        )
    )
    if likeness.pairs:
        once = {frozenset((pair.path, pair.other)): pair for pair in reversed(likeness.pairs)}
        rows = tuple(_row(pair) for pair in list(reversed(once.values()))[:_MOST_PAIRS])
        yield Table(("config", "nearly equal to", "alike", "keys worth keeping"), rows, right=(2,))


def _row(pair: Alike) -> tuple[Words, ...]:
    shown = ", ".join(pair.keep[:_MOST_KEYS]) or "none"
    more = f" and {len(pair.keep) - _MOST_KEYS} more" if len(pair.keep) > _MOST_KEYS else ""
    return (
        words(Ref(pair.path, 1)),
        words(Ref(pair.other, 1)),
        words(f"{pair.similarity:.0%}"),
        words(Mono(shown), more),
    )
