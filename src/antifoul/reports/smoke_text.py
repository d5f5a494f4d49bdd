"""What came of trying targets, for a terminal: what is broken, what to look at, what was not judged."""

from collections.abc import Iterator

from antifoul.facts.report import Look
from antifoul.facts.smoke import LawOutcome, Outcome, SmokeReport, TargetOutcome

_WORDS: tuple[tuple[Outcome, str], ...] = (
    ("pass", "held"),
    ("warn", "held with a warning"),
    ("fail", "broken"),
    ("error", "not tried, the target stopped"),
    ("skip", "not judged"),
    ("xfail", "broken as expected"),
    ("xpass", "held against expectation"),
)


def render_smoke(report: SmokeReport, look: Look) -> str:
    """A block for each law that is broken or warns, then what was not judged, then one line of totals."""
    blocks = [text for target in report.targets for law in _told_once(target) for text in _blocks(law)]
    if not look.quiet:
        replaced = [f"  {target.name}: {one}" for target in report.targets for one in target.replaced]
        blocks += ["\n".join(["replaced:", *replaced])] if replaced else []
        if lines := list(not_judged(report)):
            blocks.append("\n".join(["not judged:", *(f"  {line}" for line in lines)]))
        blocks.append(totals(report))
    return "\n".join(blocks) + ("\n" if blocks else "")


def _told_once(target: TargetOutcome) -> Iterator[LawOutcome]:
    """The laws of a target, without those that stopped for the reason of one before."""
    told: set[str | None] = set()
    for law in target.laws:
        if law.outcome != "error" or law.reason not in told:
            yield law
        if law.outcome == "error":
            told.add(law.reason)


def _blocks(law: LawOutcome) -> Iterator[str]:
    if law.outcome == "error":
        yield _block("ERROR", law, law.reason or "it stopped")
    for found in law.findings:
        word = "XFAIL" if law.outcome == "xfail" else "FAIL" if found.severity == "error" else "WARN"
        yield _block(word, law, found.message)


def _block(word: str, law: LawOutcome, message: str) -> str:
    title, *lines = message.split("\n")
    rows = [line.partition(": ")[::2] for line in [*lines, f"rerun: {law.rerun}"]]
    width = max(len(label) for label, _ in rows)
    return "\n".join([f"{word} {law.id}   {title}", *(f"  {label:<{width}} : {text}" for label, text in rows)])


def not_judged(report: SmokeReport) -> Iterator[str]:
    """A line a target and reason: which laws were skipped, why, and what would enable them."""
    for target in report.targets:
        reasons: dict[tuple[str, str | None], list[str]] = {}
        for law in target.laws:
            if law.outcome == "skip":
                reasons.setdefault((law.reason or "", law.enable), []).append(law.law)
        for (reason, enable), laws in reasons.items():
            yield f"{target.name}: {', '.join(laws)}: {reason}"
            if enable:
                yield f"    to enable: {enable}"


def totals(report: SmokeReport) -> str:
    """One line: how many laws held, and how many did not or could not be judged."""
    counts = [(report.count(outcome), word) for outcome, word in _WORDS]
    return "llm-smoke: " + (", ".join(f"{count} {word}" for count, word in counts if count) or "nothing was tried")
