"""The page of `antifoul check`, for a job summary or a comment."""

from collections import Counter
from collections.abc import Iterator

from antifoul.facts.altered import Altered
from antifoul.facts.finding import SEVERITIES, Finding, Skip
from antifoul.facts.report import CheckReport
from antifoul.reports.blocks import Block, Bullets, Folded, Heading, Mono, Paragraph, Ref, Table, Words, counted, words
from antifoul.reports.pages.survey import skip_blocks

_NOTES = 5  # what does not block and is shown unfolded
_ROWS = 5  # of each thing that a change alters


def page(report: CheckReport) -> tuple[Block, ...]:
    """All of it: what blocks, what the change alters, five notes, the rest folded."""
    return (*_top(report, len(report.findings)), *skip_blocks(report.skipped))


def request(report: CheckReport, most: int) -> tuple[Block, ...]:
    """The same with at most so many findings, and so many skips; what is left out is counted."""
    skips: tuple[Block, ...] = ()
    if report.skipped:
        shown = report.skipped[:most]
        left = len(report.skipped) - len(shown)
        more = (_left_out(left),) if left else ()
        skips = (Folded(f"{counted(len(report.skipped), 'file')} not judged", (_skips(shown), *more)),)
    return (*_top(report, most), *skips)


def _top(report: CheckReport, most: int) -> tuple[Block, ...]:
    blocking = [one for one in report.findings if one.blocking]
    others = _in_turn([one for one in report.findings if not one.blocking])
    title = "antifoul: passed" if report.verdict == "pass" else f"antifoul: {counted(len(blocking), 'finding')} to mend"
    return (
        Heading(1, title),
        Paragraph(words(_sentence(report))),
        *_blocking(blocking, most),
        *(_altered(report.altered) if report.altered else ()),
        *_others(others, max(most - len(blocking), 0)),
    )


def _in_turn(findings: list[Finding]) -> list[Finding]:
    """The gravest first, and of equals each rule in turn: five notes of one rule say less than one of five."""
    seen: Counter[str] = Counter()
    rows = []
    for one in findings:
        rows.append((SEVERITIES.index(one.severity), seen[one.rule], one))
        seen[one.rule] += 1
    return [one for _, _, one in sorted(rows, key=lambda row: row[:2])]


def _sentence(report: CheckReport) -> str:
    judged = f"{counted(report.files, 'file')} and {counted(report.lines, 'added line')}"
    if not report.files and not report.skipped:
        return f"Nothing to judge: no file differs from {report.base[:12]}."
    return f"{judged} judged against {report.base[:12]}{f' ({report.how})' if report.how else ''}."


def _blocking(blocking: list[Finding], most: int) -> Iterator[Block]:
    if blocking:
        yield _table(blocking[:most])
    if len(blocking) > most:
        yield _left_out(len(blocking) - most)


def _others(others: list[Finding], most: int) -> Iterator[Block]:
    if not others:
        return
    number = len(others)
    yield Heading(2, f"{counted(number, 'finding')} that {'does' if number == 1 else 'do'} not block")
    shown = others[:most]
    if shown:
        yield _table(shown[:_NOTES])
    if len(shown) > _NOTES:
        yield Folded(f"{len(shown) - _NOTES} more", (_table(shown[_NOTES:]),))
    if number > len(shown):
        yield _left_out(number - len(shown))


def _left_out(number: int) -> Block:
    return Paragraph(
        words(f"{number:,} more {'is' if number == 1 else 'are'} left out here: the job summary has them.")
    )


def _table(findings: list[Finding]) -> Table:
    return Table(
        ("place", "rule", "what"),
        tuple((words(Ref(one.path, one.line)), words(Mono(one.rule)), words(one.message)) for one in findings),
    )


def _skips(skipped: tuple[Skip, ...]) -> Table:
    rows = tuple((words(Ref(skip.path, skip.line)), words(skip.reason)) for skip in skipped)
    return Table(("file", "reason"), rows)


def _altered(altered: Altered) -> Iterator[Block]:
    """What the change alters, each thing in a line with its largest parts."""
    parts = (_configs, _parted, _paths, _hot, _copies, _score)
    items = [item for part in parts for item in part(altered)]
    if items:
        yield Heading(2, "What this change alters")
        yield Bullets(tuple(items))


def _configs(altered: Altered) -> Iterator[Words]:
    files = dict.fromkeys(one.path for one in altered.configs)
    for path in list(files)[:_ROWS]:
        rows = [one for one in altered.configs if one.path == path]
        parts: list[str | Ref | Mono] = [Ref(path), f": {counted(len(rows), 'value')} in effect"]
        if rows[0].by != path:
            parts += [" by ", Ref(rows[0].by)]
        for number, one in enumerate(rows[:_ROWS]):
            parts += ["; " if number else ": ", Mono(one.key), f" {_value(one.before)} → {_value(one.now)}"]
        if len(rows) > _ROWS:
            parts.append(f"; and {len(rows) - _ROWS} more")
        yield tuple(parts)
    if len(files) > _ROWS:
        yield words(f"{counted(len(files) - _ROWS, 'more config has', 'more configs have')} other values in effect")


def _parted(altered: Altered) -> Iterator[Words]:
    for one in altered.parted[:_ROWS]:
        yield words(Mono(one.target), ": ", "; ".join((one.said, *one.details)))
    if len(altered.parted) > _ROWS:
        yield words(f"{counted(len(altered.parted) - _ROWS, 'more target')} with something to tell of its first steps")


def _value(text: str | None) -> str:
    return "(none)" if text is None else text if len(text) <= 40 else f"{text[:39]}…"


def _paths(altered: Altered) -> Iterator[Words]:
    rows = altered.functions
    rise = sum(one.rise for one in rows)
    if not rows:
        return
    parts: list[str | Ref | Mono] = [f"complexity {rise:+} in {counted(len(rows), 'function')}"]
    for number, one in enumerate(rows[:_ROWS]):
        was = "new" if one.before is None else str(one.before)
        parts += ["; " if number else ": ", Mono(one.symbol), " ", Ref(one.path, one.line), f" {was} → {one.now}"]
    if len(rows) > _ROWS:
        parts.append(f"; and {len(rows) - _ROWS} more")
    yield tuple(parts)


def _hot(altered: Altered) -> Iterator[Words]:
    for one in altered.hot[:_ROWS]:
        yield words(
            Ref(one.path),
            f" is number {one.rank} of {one.ranked:,} hotspots: {counted(one.commits, 'commit')} in the time read, "
            f"interest {one.interest:,}",
        )


def _copies(altered: Altered) -> Iterator[Words]:
    if altered.copies:
        stand = counted(altered.copies, "place stands", "places stand")
        yield words(f"{counted(altered.copied_lines, 'line')} of copies: {stand} elsewhere already")


def _score(altered: Altered) -> Iterator[Words]:
    if moved := altered.health:
        yield words(
            f"health of the code {moved.before:.1f} → {moved.now:.1f} of 100, "
            f"more than the {moved.noise:.2f} that four weeks of five move it by"
        )
