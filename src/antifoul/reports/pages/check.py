"""The page of `antifoul check`, for a job summary or a comment."""

from collections.abc import Iterator

from antifoul.facts.finding import SEVERITIES, Finding
from antifoul.facts.report import CheckReport
from antifoul.reports.blocks import Block, Folded, Heading, Mono, Paragraph, Ref, Table, counted, words
from antifoul.reports.pages.survey import skip_blocks


def page(report: CheckReport) -> tuple[Block, ...]:
    """The verdict, then what blocks, then the rest folded."""
    blocking = [one for one in report.findings if one.blocking]
    others = sorted(
        (one for one in report.findings if not one.blocking), key=lambda one: SEVERITIES.index(one.severity)
    )
    title = "antifoul: passed" if report.verdict == "pass" else f"antifoul: {counted(len(blocking), 'finding')} to mend"
    return (
        Heading(1, title),
        Paragraph(words(_sentence(report))),
        *_tables(blocking, others),
        *skip_blocks(report.skipped),
    )


def _sentence(report: CheckReport) -> str:
    judged = f"{counted(report.files, 'file')} and {counted(report.lines, 'added line')}"
    if not report.files and not report.skipped:
        return f"Nothing to judge: no file differs from {report.base[:12]}."
    return f"{judged} judged against {report.base[:12]}{f' ({report.how})' if report.how else ''}."


def _tables(blocking: list[Finding], others: list[Finding]) -> Iterator[Block]:
    if blocking:
        yield _table(blocking)
    if others:
        title = (
            f"{counted(len(others), 'finding')} that do not block"
            if len(others) > 1
            else "1 finding that does not block"
        )
        yield Folded(title, (_table(others),))


def _table(findings: list[Finding]) -> Table:
    return Table(
        ("place", "rule", "what"),
        tuple((words(Ref(one.path, one.line)), words(Mono(one.rule)), words(one.message)) for one in findings),
    )
