"""The page of `antifoul duplicates`: how much is copied, then by files what stands in them twice, and what differs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from antifoul.facts.finding import Finding
from antifoul.facts.paths import RepoPath
from antifoul.measures.differences import Differences, Edit
from antifoul.measures.duplicates import Duplicates, Told
from antifoul.measures.worth import worth
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Words, counted, listed, words
from antifoul.reports.pages.survey import skip_blocks

_MOST_GROUPS, _MOST_TESTS, _MOST_FINDINGS = 25, 5, 20
_MOST_CLASSES, _MOST_MEMBERS = 8, 5
_MOST_SWAPS, _MOST_EDITS, _MOST_TEXT, _LONG_WORD = 4, 4, 60, 32


def page(found: Duplicates) -> tuple[Block, ...]:
    """How much is copied, what diverged, and the classes most worth merging."""
    code = [one for one in found.classes if one.apart in {"", "by design"}]
    tests = [one for one in found.classes if one.apart == "tests"]
    generated = [one for one in found.classes if one.apart == "generated"]
    groups = _groups(code)
    return (
        Heading(1, "Copies"),
        Paragraph(words(_summary(found))),
        *_finding_blocks(found.findings),
        *(block for group in groups[:_MOST_GROUPS] for block in _group_blocks(group)),
        *_rest(len(groups) - _MOST_GROUPS),
        *_tests(tests),
        *_said("generated code", len(generated), "change what writes it, not the copies"),
        *_said("files that are siblings by the settings", found.siblings, "none of them diverged"),
        *(Paragraph(words(note)) for note in found.notes),
        *skip_blocks(found.skipped),
    )


def _summary(found: Duplicates) -> str:
    classes = counted(len(found.classes), "class", "classes")
    text = f"{classes} of copies hold {100 * found.share:.1f} % of {counted(found.extent.lines, 'line')}"
    text += f" and {100 * found.statement_share:.1f} % of the statements."
    if found.muted:
        text += f" {counted(found.muted, 'function')} may be copies: a comment allows it."
    return text


def _rest(left: int) -> Iterator[Block]:
    if left > 0:
        more = counted(left, "smaller group", "smaller groups")
        yield Paragraph(words(f"And {more}: `--format json` has all of them."))


def _said(what: str, number: int, advice: str) -> Iterator[Block]:
    if number:
        yield Paragraph(words(f"{counted(number, 'class', 'classes')} of copies in {what}: {advice}."))


def _tests(tests: Sequence[Told]) -> Iterator[Block]:
    if tests:
        yield Heading(2, "In tests")
        yield Paragraph(words(f"{counted(len(tests), 'class', 'classes')} of copies in tests; the largest:"))
        yield Bullets(tuple(_line(one, with_paths=True) for one in tests[:_MOST_TESTS]))


def _finding_blocks(findings: Sequence[Finding]) -> Iterator[Block]:
    if not findings:
        return
    yield Heading(2, "Copies that are no longer alike")
    yield Bullets(
        tuple(
            words(Ref(one.path, one.line), *((" ", Mono(one.symbol)) if one.symbol else ()), f": {one.message}")
            for one in findings[:_MOST_FINDINGS]
        )
    )
    if len(findings) > _MOST_FINDINGS:
        yield Paragraph(words(f"And {len(findings) - _MOST_FINDINGS} more: `--format json` has all of them."))


def _groups(told: Sequence[Told]) -> list[list[Told]]:
    """The classes that stand in the same files together, the best group first."""
    groups: dict[tuple[RepoPath, ...], list[Told]] = {}
    for one in told:
        groups.setdefault(_paths(one), []).append(one)
    return sorted(groups.values(), key=lambda group: -sum(worth(one.one) for one in group))


def _paths(told: Told) -> tuple[RepoPath, ...]:
    return tuple(sorted({member.path for member in told.one.members}))


def _group_blocks(group: Sequence[Told]) -> Iterator[Block]:
    yield Heading(2, f"{_what(group)}, {_where(_paths(group[0]))}")
    yield Bullets(tuple(_line(one, with_paths=True) for one in group[:_MOST_CLASSES]))
    left = len(group) - _MOST_CLASSES
    more = f"and {counted(left, 'smaller one')}; " if left > 0 else ""
    yield Paragraph(words(f"{more}{_advice(group)}".capitalize() + "."))


def _what(group: Sequence[Told]) -> str:
    statements = counted(sum(one.one.statements for one in group), "statement")
    if len(group) > 1:
        return f"{counted(len(group), 'piece')} of code, {statements}"
    one = group[0].one
    name = one.members[0].symbol.rpartition(".")[2] or "module code"
    return f"{len(one.members)} copies of {'lines of ' if one.kind == 'fragment' else ''}{name}, {statements}"


def _where(paths: Sequence[RepoPath]) -> str:
    """The files by their names, with their folders where the names are the same."""
    names = [path.rpartition("/")[2] for path in paths]
    if len(set(names)) < len(names):
        names = ["/".join(path.split("/")[-2:]) for path in paths]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return f"in {listed(names)}"


def _line(told: Told, *, with_paths: bool) -> Words:
    """One class: what it is, where, and what differs."""
    one = told.one
    name = one.members[0].symbol.rpartition(".")[2]
    what: Words = (Mono(name),) if name else ("module code",)
    if one.kind == "fragment":
        what = ("lines of ", *what)
    said = f" ({counted(one.statements, 'statement')}, {_alike(told)}) at "
    places: list[str | Ref | Mono] = []
    for number, member in enumerate(one.members[:_MOST_MEMBERS]):
        places += [", " if number else "", Ref(member.path, member.start) if with_paths else str(member.start)]
    if len(one.members) > _MOST_MEMBERS:
        places.append(f" and {len(one.members) - _MOST_MEMBERS} more")
    return (*what, said, *places, *_apart(told))


def _alike(told: Told) -> str:
    one = told.one
    if one.kind == "exact":
        return "word for word"
    if one.kind == "renamed":
        return "but for names and literals"
    return f"{100 * one.similarity:.0f} % alike" if one.similarity < 1 else "the same but for names and literals"


def _apart(told: Told) -> Words:
    """What the second variant has in place of the first, and the commit that parted them."""
    parts: list[Words] = []
    compared = [variant for variant in told.variants if variant.differences is not None]
    if compared and compared[0].differences is not None:
        parts = list(_differing(compared[0].differences))
        if parts and len(told.variants) > 2:
            there = told.one.members[compared[0].members[0]]
            parts[0] = (f"at {there.path.rpartition('/')[2]}:{there.start} ", *parts[0])
    if told.diverged is not None:
        day = datetime.fromtimestamp(told.diverged.at, UTC).date().isoformat()
        changed = told.diverged.changed
        parts.append(
            (f"the same until {told.diverged.commit[:10]} of {day} changed ", Ref(changed.path, changed.start))
        )
    return tuple(piece for part in parts for piece in ("; ", *part))


def _differing(found: Differences) -> Iterator[Words]:
    """The words that stand for each other, then the statements; long texts and many statements are counted alone."""
    swaps = [swap for swap in found.swaps if max(len(swap.here), len(swap.there)) <= _LONG_WORD][:_MOST_SWAPS]
    others = len(found.swaps) - len(swaps)
    if swaps:
        said = [(Mono(_plain(swap.here)), " -> ", Mono(_plain(swap.there))) for swap in swaps]
        yield (*_in_row(said), *((f" and {others} more",) if others else ()))
    elif others:
        yield (counted(others, "text differs", "texts differ"),)
    number = len(found.edits)
    if number:
        shown = [_edit(edit) for edit in found.edits] if number <= _MOST_EDITS else []
        yield (counted(number, "statement differs", "statements differ"), *((": ",) if shown else ()), *_in_row(shown))


def _in_row(parts: Sequence[Words]) -> Words:
    return tuple(piece for number, part in enumerate(parts) for piece in ((", ", *part) if number else part))


def _edit(edit: Edit) -> Words:
    here, there = " ".join(edit.text.split()), " ".join(edit.other_text.split())
    if not here:
        return words("only there ", Mono(_short(there)))
    if not there:
        return words("only here ", Mono(_short(here)))
    same = len(_common(here, there))
    if same > _MOST_TEXT // 2:  # begin shortly before the place where they part
        here, there = (f"...{one[same - 20 :]}" for one in (here, there))
    return words(Mono(_short(here)), " against ", Mono(_short(there)))


def _common(one: str, other: str) -> str:
    at = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), len(one))
    return one[:at]


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."


def _plain(word: str) -> str:
    """A word as it is written: attributes without their dot, texts with both quotes."""
    prefix, mark, text = word.partition('"')
    return _short(f'{prefix}"{text}"') if mark else word.removeprefix(".").removesuffix("=")


def _advice(group: Sequence[Told]) -> str:
    """What to do about a group, in the imperative."""
    members = [member for one in group for member in one.one.members]
    parted = any(one.diverged is not None for one in group)
    first = "see which of them is right, then " if parted else ""
    if all(one.one.kind == "fragment" for one in group):
        return f"{first}make a function of these lines"
    if all("." in member.symbol for member in members):
        owners = {(member.path, member.symbol.rpartition(".")[0]) for member in members}
        if len(owners) > 1:
            return f"{first}give these classes one home for what they share: a base, or functions beside them"
    if all(one.one.kind == "exact" for one in group):
        return f"{first}keep one and call it"
    return f"{first}keep one, with a parameter for what differs"
