"""The fast reading of versions equals the reading of the whole, whatever the file and whatever was read before."""

import ast
import random
import sysconfig
from pathlib import Path

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.measures.code import measure
from antifoul.measures.division import Division
from antifoul.measures.whole import tally_of

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
    chance = random.Random(7)
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


HOSTILE = {
    "a definition in a docstring of a class": b'class A:\n    """Use it:\n\n    def f(x):\n        return x\n    """\n\n    def g(self, y: int) -> int:\n        return y if y else 0\n',
    "a definition in a string at column 0": b'x = """\ndef f():\n    if a:\n        pass\n"""\n\ndef g():\n    return 1\n',
    "code at column 0 behind a class": b"class A:\n    def f(self):\n        return 1\n\nif x:\n    def f(self):\n        return 2\n",
    "an else behind a definition": b"if x:\n    y = 1\n\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n",
    "decorators over several lines": b"@wrap(\n    1,\n)\n@other\ndef f():\n    return 1\n\nclass A:\n    @property\n    @cached(\n        2\n    )\n    def g(self):\n        return 1 or 2\n",
    "tabs": b"class A:\n\tdef f(self):\n\t\tif a:\n\t\t\treturn 1\n\t\treturn 2\n",
    "two spaces": b"class A:\n  def f(self):\n    if a:\n      return 1\n    for x in y:\n      pass\n    else:\n      pass\n    return 2\n",
    "a line that goes on": b"def f():\n    x = 1 + \\\n    y\n    z = (\n    a or b)\n    return x\n",
    "a string that looks like statements": b'def f():\n    x = """\n    if a:\n    y = 2\n    """\n    y = 2\n    return x\n',
    "a signature whose end is at column 0": b"def f(\n    a: int,\n    b=1 if x else 2,\n) -> int:\n    return a\n\n\ndef g(): return 1\n",
    "a class in a function in a class": b"class A:\n    def f(self):\n        class B:\n            x = 1 if y else 2\n\n            def g(self, a: int): return a or 1\n        return B\n",
    "statements between methods": b"class A:\n    x: int = 1\n\n    def f(self, a):\n        return a\n\n    g = property(f)\n    if x and g:\n        def h(self, b: int): return b\n",
    "windows line ends": b"def f():\r\n    # TODO: x\r\n    return 1 and 2\r\n",
    "a mark of byte order": b"\xef\xbb\xbfdef f():\n    return 1\n",
    "a cookie of UTF-8": b"# -*- coding: utf-8 -*-\ndef f():\n    return '\xc3\xa9'\n",
    "a cookie of another encoding": b"# -*- coding: latin-1 -*-\ndef f():\n    return '\xe9'\n",
    "bytes that are not UTF-8": b"def f():\n    return '\xe9'\n",
    "a merge that was not resolved": b"def f():\n<<<<<<< HEAD\n    return 1\n=======\n    return 2\n>>>>>>> x\n",
    "Python 2": b"def f():\n    return 1\n\ndef g():\n    print 'x'\n",
    "nothing": b"",
    "no last line end": b"def f():\n    return 1  # FIXME: y",
    "a private class and dunder methods": b"class _A:\n    def f(self, a: int): pass\n\nclass B:\n    def __init__(self, a: int): pass\n\n    def _g(self, a): pass\n\n    def h(self, a, b: int) -> int: pass\n",
    "a match": b"def f(x):\n    match x:\n        case 1 if x and y:\n            return 1\n        case _:\n            return 2\n",
    "lambdas, asserts, comprehensions": b"def f(x):\n    assert x or y, [a for a in b]\n    z = lambda q: 1 if q else 2\n    return {a: b for a in c if d if e}\n",
    "nested functions with defaults": b"def f(a, b=[x for x in y]):\n    @deco(lambda: 1 or 2)\n    def g(c=1 if a else 2):\n        return c or a\n    async def h():\n        async for i in x:\n            await i\n    return g\n",
    "deprecations": b"import warnings\n\ndef f():\n    warnings.warn('x', DeprecationWarning)\n\nclass A:\n    @deprecated('y')\n    def g(self):\n        x = 1\n        warnings.warn('z', FutureWarning)\n        # TODO: one\n        # and its second line TODO: two\n        return x\n",
    "comments below the function they do not belong to": b"def f():\n    return 1\n    # XXX: here\n# HACK: and here\n\n\ndef g():\n    x = 1\n  # TODO: oddly indented\n    y = 2\n    return x\n",
    "a try over definitions": b"try:\n    import a\nexcept ImportError:\n    def a(): return 1\nelse:\n    def b(): return 2\n\ndef c():\n    try:\n        x = 1\n    except A:\n        y = 2\n    else:\n        z = 3\n    finally:\n        w = 4\n",
}  # fmt: skip


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


@pytest.mark.parametrize("name", HOSTILE)
def test_the_reading_of_the_whole_equals_the_full_measure(name: str) -> None:
    """It is what the division falls back to."""
    data = HOSTILE[name]
    truth = expected(data)
    if truth is None:
        with pytest.raises(ReadError):
            tally_of(Source("a.py", data), MARKERS)
        return

    tally, bodies = tally_of(Source("a.py", data), MARKERS)

    assert (*tally, sorted((one.line, one.symbol, one.end_line, one.complexity) for one in bodies)) == truth


def test_a_statement_that_was_read_before_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a function of thirty statements one is edited: what the parser sees is shorter than a tenth of it."""
    before = b"def f():\n" + b"".join(b"    x%d = call(%d, first=1, second=2)\n" % (n, n) for n in range(30))
    after = before.replace(b"x15 = call(15,", b"x15 = call(16,")
    division = Division(MARKERS)
    division.tally(before)
    parsed: list[int] = []
    real = compile
    monkeypatch.setattr(
        "builtins.compile", lambda text, *rest, **more: parsed.append(len(text)) or real(text, *rest, **more)
    )

    division.tally(after)

    assert 0 < sum(parsed) < len(after) / 10
    assert isinstance(ast.parse(after), ast.Module)
