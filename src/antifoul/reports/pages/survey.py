"""The page of `antifoul survey`."""

from collections import Counter
from collections.abc import Iterator
from heapq import nsmallest

from antifoul.facts.finding import Skip
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_notebook
from antifoul.measures.health import Health, Score, Term, folder_scores
from antifoul.measures.results import Survey
from antifoul.reports.blocks import Block, Heading, Mono, Paragraph, Ref, Table, Words, counted, words

_MOST_ROWS = 15
_MOST_FOLDERS = 12
_TERM_NAMES = {
    "complexity_density": ("paths per 100 source lines", "{:.1f}"),
    "largest_function": ("paths of a file's largest function", "{:.0f}"),
    "nesting": ("blocks inside one another, deepest in a file", "{:.1f}"),
    "complexity_per_function": ("paths per function", "{:.1f}"),
    "markers_per_kloc": ("debt markers per 1,000 lines", "{:.2f}"),
    "duplication": ("per cent of a file's lines that stand in copies", "{:.1f}"),
    "coverage": ("share of a file's logical lines that tests ran", "{:.2f}"),
}


def page(found: Survey) -> tuple[Block, ...]:
    """Summary, health, the largest functions and files, markers, and what was not read."""
    return (
        Heading(1, f"Survey of {found.name}"),
        Paragraph(words(totals_sentence(found))),
        *(health_blocks(found.health) if found.health else ()),
        *score_blocks(found),
        *function_blocks(found),
        *marker_blocks(found),
        *skip_blocks(found.tree.skipped),
    )


def totals_sentence(found: Survey) -> str:
    """The tree in one sentence."""
    codes = list(found.codes.values())
    if not codes:
        return "No Python file in scope."
    functions = sum(len(code.functions) for code in codes)
    over = sum(one.complexity > found.thresholds.complexity for code in codes for one in code.functions)
    slots, hints = sum(code.hint_slots for code in codes), sum(code.hints for code in codes)
    doc_slots, docs = sum(code.doc_slots for code in codes), sum(code.docs for code in codes)
    lines, code_lines = sum(code.loc for code in codes), sum(code.sloc for code in codes)
    size = f"{counted(lines, 'line')} ({code_lines:,} of them code)"
    notebooks = sum(map(is_notebook, found.codes))
    files = counted(len(codes) - notebooks, "Python file") + (
        f" and {counted(notebooks, 'notebook')}" if notebooks else ""
    )
    parts = [
        f"{files}, {size}, {counted(functions, 'function')}",
        f"{over:,} functions have more than {found.thresholds.complexity} paths",
    ]
    if slots:
        parts.append(f"{100 * hints / slots:.0f} % of the public API is annotated")
    if doc_slots:
        parts.append(f"{100 * docs / doc_slots:.0f} % documented")
    if found.duplication.duplicated_lines:
        parts.append(f"{100 * found.duplication.share:.1f} % of the lines stand in exact copies of functions")
    return "; ".join(parts) + "."


def health_blocks(health: Health) -> Iterator[Block]:
    """The score with its parts."""
    yield Heading(2, f"Health: {health.score:.0f} of 100")
    if health.stability is None:
        stable = "stability is not known without history"
    else:
        stable = f"stability {100 * health.stability:.0f} (few recent bug fixes per line make it high)"
    missing = [name for name in health.missing if name != "stability"]
    absent = f" Not measured, and not counted: {', '.join(missing)}." if missing else ""
    yield Paragraph(words(f"Code part {100 * health.code:.0f}, {stable}.{absent}"))
    rows = []
    for term in health.terms:
        cells = (*term_words(term), f"{100 * term.score:.0f}", f"{100 * term.weight:.0f} %")
        rows.append(tuple(words(cell) for cell in cells))
    yield Table(("term, mean over lines", "value", "score", "weight"), tuple(rows), right=(1, 2, 3))


def term_words(term: Term) -> tuple[str, str]:
    """A term's name and its value, for a reader."""
    name, form = _TERM_NAMES[term.name]
    return name, form.format(term.value)


def score_blocks(found: Survey) -> Iterator[Block]:
    """The health of the folders, and the files that weigh it down most."""
    folders = folder_scores(found.scores)
    largest = sorted(folders, key=lambda one: (-folders[one].lines, one))[:_MOST_FOLDERS]
    if len(folders) < 2:
        return
    rows = tuple((words(Ref(f"{one}/") if one else "all"), *_score(folders[one])) for one in sorted(largest))
    worst = sorted(found.scores, key=lambda one: ((found.scores[one].score - 100) * found.scores[one].lines, one))[:10]
    heads = ("score", "code", "stability", "lines")
    yield Heading(2, "Health by folder")
    yield Table(("folder", *heads), rows, right=(1, 2, 3, 4))
    yield Heading(2, "Files that weigh it down most, by lines times what they lack")
    yield Table(
        ("file", *heads), tuple((words(Ref(one)), *_score(found.scores[one])) for one in worst), right=(1, 2, 3, 4)
    )


def _score(one: Score) -> tuple[Words, ...]:
    stable = "" if one.stability is None else f"{one.stability:.0f}"
    return words(f"{one.score:.0f}"), words(f"{one.code:.0f}"), words(stable), words(f"{one.lines:,}")


def function_blocks(found: Survey) -> Iterator[Block]:
    """The largest functions of all files; nothing where there are none."""
    if any(code.functions for code in found.codes.values()):
        yield Heading(2, "Functions with the most paths")
        yield _functions_table(found)


def _functions_table(found: Survey) -> Table:
    every = ((path, one) for path, code in found.codes.items() for one in code.functions)
    rows = nsmallest(_MOST_ROWS, every, key=lambda row: (-row[1].complexity, row[0], row[1].line))
    return Table(
        ("paths", "deep", "lines", "function", "place"),
        tuple(
            (
                words(str(one.complexity)), words(str(one.nesting)), words(str(one.end_line - one.line + 1)),
                words(Mono(one.symbol)), words(place(found, path, one.line)),
            )
            for path, one in rows
        ),
        right=(0, 1, 2),
    )  # fmt: skip


def place(found: Survey, path: RepoPath, line: int) -> Ref:
    """The place of a line that was counted: in a notebook that of its cell."""
    cell, inside = found.codes[path].place(line)
    return Ref(path, inside, cell)


def marker_blocks(found: Survey) -> Iterator[Block]:
    """The debt markers: how many of each kind, and the weightiest."""
    if not found.markers:
        return
    kinds = Counter(row.marker.marker for row in found.markers)
    tally = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    yield Heading(2, "Debt markers")
    yield Paragraph(words(f"{counted(len(found.markers), 'marker')}: {tally}."))
    rank = {"high": 0, "medium": 1, "low": 2}
    rows = sorted(
        (row for row in found.markers if row.marker.marker != "DEPRECATED"),
        key=lambda row: (rank[row.priority], -row.marker.weight, row.path, row.marker.line),
    )
    asked = any(row.age_days is not None for row in found.markers)
    heads = ("priority", "marker", "what it says", "place", *(("author", "days old") if asked else ()))
    yield Table(
        heads,
        tuple(
            (
                words(row.priority), words(row.marker.marker), words(_cut(row.marker.text)),
                words(Ref(row.path, row.marker.line, row.cell)),
                *((words(row.author or "not committed"), words(str(row.age_days or 0))) if asked else ()),
            )
            for row in rows[:_MOST_ROWS]
        ),
        right=(5,) if asked else (),
    )  # fmt: skip


def skip_blocks(skipped: tuple[Skip, ...]) -> Iterator[Block]:
    """What should have been read and could not be."""
    if not skipped:
        return
    yield Heading(2, "Not judged")
    yield Paragraph(words(f"{counted(len(skipped), 'file')} could not be judged:"))
    rows: list[tuple[Words, ...]] = [(words(Ref(skip.path, skip.line)), words(skip.reason)) for skip in skipped]
    more = len(rows) - 2 * _MOST_ROWS
    if more > 0:
        rows = [*rows[: 2 * _MOST_ROWS], (words(f"and {more:,} more"), words("listed in full by --format json"))]
    yield Table(("file", "reason"), tuple(rows))


def _cut(text: str, length: int = 110) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
