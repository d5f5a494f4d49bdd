"""Properties of what is new: unrelated edits of real sources neither add nor lose a finding, and nothing crashes."""

import ast
import difflib
from collections import Counter
from importlib import resources
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from antifoul.facts.change import Change, ChangedFile, Hunk
from antifoul.facts.engines import EngineRun
from antifoul.facts.finding import Finding
from antifoul.facts.patch import applied, fits, patches, reverted
from antifoul.facts.settings import Settings
from antifoul.facts.source import Source
from antifoul.gate.behind import Behind
from antifoul.gate.check import Asked, Providers, check
from antifoul.measures.changed_copies import ChangedCopies

RULES = (
    "complexity-raised",
    "debugger-left",
    "docs-missing",
    "function-grown",
    "gate-weakened",
    "hints-missing",
    "marker-added",
    "nesting-raised",
    "print-added",
    "undefined-name",
)
PACKAGE = resources.files("antifoul")
REAL = tuple(
    PACKAGE.joinpath(*name.split("/")).read_text(encoding="utf-8")
    for name in ("facts/patch.py", "measures/guards.py", "readers/files.py", "shells/cli.py", "measures/forecast.py")
)
DEBTS = (
    'def loud(x: int) -> int:\n    """Gives x."""\n    print("loud", x)\n    return x\n',
    'def stops(x: int) -> int:\n    """Gives x."""\n    breakpoint()\n    return x\n',
    'def bare(x, y=1):\n    """Gives x."""\n    return x\n',
    "def silent(x: int) -> int:\n    return x\n",
    'def marked(x: int) -> int:\n    """Gives x."""\n    # TODO: scale it\n    return x\n',
    'def broken(x: int) -> int:\n    """Gives x."""\n    return x + nowhere_defined\n',
    'def blanket(x: int) -> int:\n    """Gives x."""\n    return x  # noqa\n',
)
QUIET = (
    "\n\n\n",
    "# a comment that says nothing\n",
    "UNRELATED = 1\n",
    'def unrelated(x: int) -> int:\n    """Gives x."""\n    return x\n',
    'class Unrelated:\n    """Holds nothing."""\n',
)


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """The replaced lines, by another algorithm than git's."""
    old, new = before.split("\n"), after.split("\n")
    return tuple(
        Hunk(i + (j > i), j - i, k + (m > k), m - k)
        for what, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if what != "equal"
    )


def judged(files: dict[str, tuple[str | None, str | None]]) -> tuple[Finding, ...]:
    """The findings of a change, each side given as text."""
    changed = tuple(
        ChangedFile(
            path,
            "modified" if before is not None and after is not None else "added" if after is not None else "deleted",
            Source(path, before.encode("utf-8", "surrogatepass")) if before is not None else None,
            Source(path, after.encode("utf-8", "surrogatepass")) if after is not None else None,
            hunks(before or "", after or "") if before is not None else (Hunk(0, 0, 1, (after or "").count("\n") + 1),),
        )
        for path, (before, after) in files.items()
    )
    providers = Providers(
        paths=lambda: frozenset({"pkg/__init__.py", *files}),
        paths_before=lambda: frozenset({"pkg/__init__.py", *files}),
        read=lambda _: None,
        judged=lambda _: True,
        role=lambda _: "package",
        grep=lambda _: (),
        copies=ChangedCopies,
        covered=lambda: None,
        day=lambda: "2026-01-05",
        engine=lambda *_: EngineRun("none here"),
        places=tuple,
        behind=no_history,
    )
    return check(Change("base", "head", changed), Settings(), Asked(select=RULES), providers).findings


def no_history() -> Behind:
    """These rules ask for none."""
    raise AssertionError


def debts(findings: tuple[Finding, ...]) -> Counter[tuple[str, str, str]]:
    """What was found, wherever it stands now."""
    return Counter((one.rule, one.symbol, one.message) for one in findings)


def parts(text: str) -> list[str]:
    """A module's text cut before each statement of its top; the first part holds what stands before."""
    lines = text.split("\n")
    starts = [
        min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1
        for node in ast.parse(text).body
    ]
    edges = [0, *starts[1:], len(lines)]
    return ["\n".join(lines[first:last]) + "\n" for first, last in pairwise(edges)]


def definitions_at(cut: list[str]) -> list[int]:
    """Which parts are functions or classes: those may move, as nothing at import time needs their order."""
    return [at for at, part in enumerate(cut) if part.lstrip().startswith(("def ", "class ")) and at > 2]


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, str]:
    """A real module, the same with one debt added, and that with an unrelated edit as well."""
    before = draw(st.sampled_from(REAL))
    cut = parts(before)
    functions = [at for at in definitions_at(cut) if cut[at].startswith("def ")]
    place = draw(st.integers(3, len(cut)))
    debt = f"\n\n{draw(st.sampled_from(DEBTS))}\n\n"
    indebted = [*cut[:place], debt, *cut[place:]]
    moved = [*cut]
    kind = draw(st.sampled_from(["insert", "move", "indent", "reformat"]))
    at = draw(st.sampled_from(functions))
    if kind == "insert":
        moved.insert(draw(st.integers(3, len(moved))), f"\n\n{draw(st.sampled_from(QUIET))}\n\n")
    elif kind == "move":
        moved.append(f"\n\n{moved.pop(at)}")
    elif kind == "indent":
        body = "".join(f"    {line}\n" if line else "\n" for line in moved[at].split("\n"))
        moved[at] = f"if len(__name__) > 0:\n{body}"
    else:
        moved[at] = f"{ast.unparse(ast.parse(moved[at]))}\n\n\n"
    both = [*moved[:place], debt, *moved[place:]]
    return before, "".join(indebted), "".join(both)


@settings(max_examples=120)
@given(edited())
def test_unrelated_edits_neither_add_nor_lose_a_finding(case: tuple[str, str, str]) -> None:
    """Inserting, moving, re-indenting or reformatting other code changes nothing about the debt that was added."""
    before, indebted, both = case

    alone = debts(judged({"pkg/a.py": (before, indebted)}))
    together = debts(judged({"pkg/a.py": (before, both)}))

    assert alone
    assert together == alone


@settings(max_examples=60)
@given(st.sampled_from(REAL), st.data())
def test_what_moves_to_another_file_is_not_new(before: str, data: st.DataObject) -> None:
    """A definition full of debt that leaves one module for another makes no finding, and a copy of it makes all."""
    debt = f"\n\n{data.draw(st.sampled_from([one for one in DEBTS if 'nowhere' not in one]))}\n\n"
    cut = parts(before)
    place = data.draw(st.integers(3, len(cut)))
    indebted = "".join([*cut[:place], debt, *cut[place:]])
    other = '"""Another module."""\n\nX = 1\n'

    moved = judged({"pkg/a.py": (indebted, before), "pkg/b.py": (other, f"{other}{debt}")})
    split = judged({"pkg/a.py": (indebted, before), "pkg/c.py": (None, f"{other}{debt}")})
    copied = judged({"pkg/b.py": (other, f"{other}{debt}")})

    assert (moved, split) == ((), ())
    assert copied


@settings(max_examples=60)
@given(st.sampled_from(REAL), st.sampled_from(["\r\n", "  ", "\t"]))
def test_layout_alone_is_never_new(before: str, sign: str) -> None:
    """Line ends, and another depth for everything."""
    indebted = before + "\n\n" + "\n\n".join(DEBTS)
    after = indebted.replace("\n", "\r\n") if sign == "\r\n" else indebted.replace("    ", sign)

    assert judged({"pkg/a.py": (indebted, after)}) == ()


@settings(max_examples=300)
@given(st.one_of(st.text(), st.sampled_from(REAL)), st.one_of(st.text(), st.sampled_from(REAL)), st.data())
def test_no_source_crashes_the_gate(before: str, after: str, data: st.DataObject) -> None:
    """Any text for either side, cut anywhere: findings or skips, no exception."""
    first = before[: data.draw(st.integers(0, len(before)))]
    second = after[data.draw(st.integers(0, len(after))) :]

    assert isinstance(judged({"pkg/a.py": (first, second)}), tuple)


def unified(before: str, after: str) -> bytes:
    """A plain unified diff."""
    rows = difflib.unified_diff(before.split("\n"), after.split("\n"), "a/x.py", "b/x.py", lineterm="")
    return "".join(f"{row}\n" for row in rows).encode("utf-8", "surrogatepass")


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=5), max_size=8)


@settings(max_examples=300)
@given(LINES, LINES)
def test_a_diff_leads_from_one_side_to_the_other_and_back(before: list[str], after: list[str]) -> None:
    """What is read of it makes the new side of the old, and the old side of the new."""
    old, new = "\n".join(before), "\n".join(after)

    for patch in patches(unified(old, new)):
        assert applied(patch, old.encode()) == new.encode()
        assert reverted(patch, new.encode()) == old.encode()
        assert fits(patch, new.encode())


@settings(max_examples=300)
@given(st.one_of(st.binary(), st.sampled_from([unified(REAL[0], REAL[1]), b"diff --git a/x b/x\n"])), st.data())
def test_no_diff_crashes_the_reader(data: bytes, more: st.DataObject) -> None:
    """Any bytes, cut anywhere."""
    cut = data[more.draw(st.integers(0, len(data))) :] + more.draw(st.binary(max_size=20))

    assert all(isinstance(patch.hunks, tuple) for patch in patches(cut))
