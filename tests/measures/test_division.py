"""The fast reading of versions equals the reading of the whole, whatever the file and whatever was read before."""

import ast
import random
import re
import sysconfig
from pathlib import Path

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.measures.code import measure
from antifoul.measures.division import Division

LIBRARY = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def expected(data: bytes) -> tuple[object, ...] | None:
    """What the full measure says; None for what it cannot read."""
    try:
        code = measure(Source("a.py", data), MARKERS)
    except ReadError:
        return None
    functions = sorted((one.line, one.symbol, one.end_line, one.complexity) for one in code.functions)
    inside = sum(one.complexity for one in code.functions)
    numbers = (code.loc, code.complexity, len(functions), inside, len(code.markers), code.hints, code.hint_slots)
    return (*numbers, functions)


def found(division: Division, data: bytes) -> tuple[object, ...] | None:
    """What the division says; None where it leaves the file to the reading of the whole."""
    tally, bodies = division.tally(data), division.bodies(data)
    if tally is None or bodies is None:
        return None
    return (*tally, sorted((one.line, one.symbol, one.end_line, one.complexity) for one in bodies))


def test_modules_of_the_standard_library_and_edits_of_them() -> None:
    """Forty modules, each in four versions with lines moved, doubled, indented or lost, by one division."""
    chance = random.Random(7)  # noqa: S311  the same edits each time
    division = Division(MARKERS)
    small = [path for path in LIBRARY if 2_000 < path.stat().st_size < 25_000]
    read = left = 0
    for path in chance.sample(small, 40):
        data = path.read_bytes()
        for version in (data, *(_edited(data, chance) for _ in range(3))):
            truth, ours = expected(version), found(division, version)
            if ours is None:
                left += 1
            else:
                read += 1
                assert ours == truth, path.name
    assert read > 100
    assert left < 60  # the versions that an edit broke, and hardly any other


def _edited(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = chance.randrange(len(lines) - 8)
    kind = chance.randrange(4)
    if kind == 0:
        del lines[at : at + chance.randrange(1, 6)]
    elif kind == 1:
        lines[at:at] = lines[at : at + 6]
    elif kind == 2:
        lines[at] = b"    " + lines[at]
    else:
        lines[at:at] = [b"if x and y:", b"    z = [i for i in a if i]", b"# TODO: later"]
    return b"\n".join(lines)


_SECTIONS = re.split(rb"(?m)^-- (.+) --\n", Path(__file__).with_name("hostile.txtar").read_bytes())
HOSTILE = {name.decode(): text for name, text in zip(_SECTIONS[1::2], _SECTIONS[2::2], strict=True)} | {
    "tabs": b"class A:\n\tdef f(self):\n\t\tif a:\n\t\t\treturn 1\n\t\treturn 2\n",
    "windows line ends": b"def f():\r\n    # TODO: x\r\n    return 1 and 2\r\n",
    "a mark of byte order": b"\xef\xbb\xbfdef f():\n    return 1\n",
    "a cookie of UTF-8": b"# -*- coding: utf-8 -*-\ndef f():\n    return '\xc3\xa9'\n",
    "a cookie of another encoding": b"# -*- coding: latin-1 -*-\ndef f():\n    return '\xe9'\n",
    "bytes that are not UTF-8": b"def f():\n    return '\xe9'\n",
    "nothing": b"",
    "no last line end": b"def f():\n    return 1  # FIXME: y",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_looks_like_a_cut_and_is_none(name: str) -> None:
    """Alone, and after versions that differ in a line each: the numbers of the whole, or it is left to the whole."""
    data = HOSTILE[name]
    division = Division(MARKERS)
    lines = data.split(b"\n")
    versions = [data, *(b"\n".join([*lines[:at], *lines[at + 1 :]]) for at in range(len(lines))), data]

    for version in versions:
        ours = found(division, version)
        assert ours is None or ours == expected(version), version


def test_a_statement_that_was_read_before_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a function of thirty statements one is edited: what the parser sees is shorter than a tenth of it."""
    before = b"def f():\n" + b"".join(b"    x%d = call(%d, first=1, second=2)\n" % (n, n) for n in range(30))
    after = before.replace(b"x15 = call(15,", b"x15 = call(16,")
    division = Division(MARKERS)
    division.tally(before)
    parsed: list[int] = []

    def counting(text: str) -> list[ast.stmt]:
        parsed.append(len(text))
        return ast.parse(text).body

    monkeypatch.setattr("antifoul.measures.statements.parsed", counting)

    division.tally(after)

    assert 0 < sum(parsed) < len(after) / 10


@pytest.mark.parametrize("name", HOSTILE)
def test_a_content_that_is_read_at_once_has_the_same_numbers(name: str) -> None:
    """Of which no other version is expected: without a cut."""
    at_once = Division(MARKERS).at_once(HOSTILE[name])

    if at_once is not None:
        tally, bodies = at_once
        functions = sorted((one.line, one.symbol, one.end_line, one.complexity) for one in bodies)
        assert (*tally, functions) == expected(HOSTILE[name])


@pytest.mark.parametrize(
    "said", ['"x will be removed."', '"x will"\n        " be removed"', '"no longer be supported, x"']
)
def test_a_warning_that_something_goes_is_a_marker_in_a_piece_too(said: str) -> None:
    """Whatever stands behind the words, and where the text is broken."""
    source = f"def f():\n    warnings.warn(\n        {said}\n    )\n    return 1\n".encode()

    tally = Division(MARKERS).tally(source)

    truth = expected(source)
    assert tally is not None
    assert truth is not None
    assert tuple(tally) == truth[:-1]
    assert tally.markers == 1
