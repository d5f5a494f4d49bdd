"""Files that other tools pass over in silence: the right numbers, or the reason why there are none."""

import json
import time
from typing import Any

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.facts.tree import Code
from antifoul.ledger.measuring import Item, measure_one
from antifoul.measures.notebooks import read_notebook
from worlds import Repo

PLAIN = "def f(a):\n    if a:  # TODO: x\n        return 1\n    return 2\n"
MANY = 3000


def numbers(data: bytes, name: str = "a.py") -> Code | ReadError:
    """The outcome of measuring these bytes."""
    return measure_one(Item(name, "0" * 40, data), MARKERS)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-8-sig"),
        b"\xef\xbb\xbf# coding: utf8\n" + PLAIN.encode(),
        b'# coding: latin-1\ns = "\xe9"\n' + PLAIN.encode(),
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ns = '\x80'\n" + PLAIN.encode(),
        '# coding: euc-jp\ns = "日本"\n'.encode("euc-jp") + PLAIN.encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\x0c" + PLAIN.encode() + b"\x0c\n# \x0c\n",
        's = "a\u2028b"  # \u2029\n'.encode() + PLAIN.encode(),
        's = "a\x85b\x1c"\n'.encode() + PLAIN.encode(),
        b's = "' + b"a" * 2_000_000 + b'"\n' + PLAIN.encode(),
        b's = "\\ud800"\n' + PLAIN.encode(),
    ],
    ids=["bom", "cookie", "latin-1", "cp1252", "euc-jp", "cr", "crlf", "form feed", "u2028", "nel", "2 MB", "d800"],
)  # fmt: skip
def test_one_function_of_two_paths_and_one_marker(data: bytes) -> None:
    """Whatever stands around them, they are found, and the kinds of lines add up."""
    code = numbers(data)

    assert isinstance(code, Code)
    assert [(one.symbol, one.complexity, one.cognitive) for one in code.functions] == [("f", 2, 1)]
    assert [marker.marker for marker in code.markers] == ["TODO"]
    assert code.loc == code.sloc + code.multi + code.single + code.blank


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b's = "\xe9"\n', "line 1 is not utf-8: byte 0xe9"),
        (b's = "\xed\xa0\x80"\n', "line 1 is not utf-8: byte 0xed"),
        (b"# coding: klingon\n", "unknown encoding, 'klingon'"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "says 'latin-1': Python refuses it"),
        (b"x = 1\0\n", "NUL bytes"),
        ("x = 1\n".encode("utf-16"), "NUL bytes"),
        (b"def f(:\n", "(line 1: invalid syntax)"),
        (b"if a:\n\tx = 1\n        y = 2\n", "inconsistent use of tabs"),
        (b"x = " + b"(" * 300 + b"1" + b")" * 300, "nested"),
        (b"x = " + b"9" * 5000, "4300 digits"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, why: str) -> None:
    """Never numbers of half a file."""
    outcome = numbers(data)

    assert isinstance(outcome, ReadError)
    assert why in str(outcome)


def test_long_and_deep_files_have_the_right_numbers() -> None:
    """3,000 elifs: one path each, and 1 of cognitive cost; a sum of 5,000 terms: one statement, 4,999 operators."""
    chain = "def f(a):\n    if a == 0:\n        pass\n" + "".join(
        f"    elif a == {n}:\n        pass\n" for n in range(1, MANY + 1)
    )
    elifs, total = numbers(chain.encode()), numbers(f"x = {' + '.join(['1'] * 5000)}\n".encode())
    functions = numbers("".join(f"def f{n}(): pass\n" for n in range(6000)).encode())

    assert isinstance(elifs, Code)
    assert isinstance(total, Code)
    assert isinstance(functions, Code)
    assert (elifs.max_complexity, elifs.cognitive, elifs.nesting, elifs.lloc) == (MANY + 2, MANY + 1, 1, 2 * MANY + 3)
    assert (total.lloc, total.halstead.operators, total.halstead.operands) == (1, 4999, 9998)
    assert len(functions.functions) == functions.complexity == 6000


@pytest.mark.parametrize(
    "text",
    [
        "-" * 50_000, "- " * 50_000, "(" * 50_000, "1" * 50_000, "1) " * 20_000, "@a " * 20_000, "@" * 50_000,
        "TODO " * 20_000, "TODO: " + "a-" * 50_000, "TODO (" + " " * 50_000, "TODO: " + "when a " * 20_000,
        "`" * 50_000,
        "TODO: " + "#" * 50_000, '"' * 50_001, "TODO: remove " + "in " * 20_000, "todo" * 20_000, "NOTE " * 20_000,
        "XXX. " * 20_000, "TODO:: " * 20_000, "<" * 50_000, "TODO(" * 20_000, "TODO: " + "http://" * 10_000,
    ],
    ids=range(22),
)  # fmt: skip
def test_long_comments_take_no_longer_than_they_are(text: str) -> None:
    """No pattern tries every way to read a line that no person wrote: a second is plenty for each."""
    start = time.process_time()
    outcome = numbers(f'# {text}\n"""{text.replace(chr(34), chr(39))}\n"""\nx = 1\n'.encode())

    assert isinstance(outcome, Code), str(outcome)
    assert time.process_time() - start < 1


def test_a_lone_cr_ends_no_line_for_git() -> None:
    """Python sees the function on line 3; git, and so the report, on line 2."""
    code = numbers(b"x = 1\ry = 2\n" + PLAIN.encode())

    assert isinstance(code, Code)
    assert (code.functions[0].line, code.functions[0].end_line, code.markers[0].line) == (2, 5, 3)
    assert Source("a.py", b"x = 1\r\ny = 2\r\n").git_line(2) == 2


@pytest.mark.parametrize(
    ("text", "symbol", "complexity"),
    [
        ("type X[T] = list[T]\ndef f[T: int, *A, **P](a: T) -> T:\n    if a: return 1\n", "f", 2),
        ("def f[T = int](a: T):\n    if a: return 1\n", "f", 2),
        ("class A[T = str]:\n    def f(self): pass\n", "A.f", 1),
        ('def f(a):\n    return f"{a["x"] if a else 1}" "tail"\n', "f", 2),
        ('def f(a):\n    return f"{\n  a  # why\n}" f\'{a!r:{">10"}}\'\n', "f", 1),
        ('def f(a):\n    if a: return t"{a} {a if a else 1}"\n', "f", 3),
        ("def f(a):\n    try: pass\n    except A, B: pass\n", "f", 2),
        ("def f(a):\n    try: pass\n    except* A, B: pass\n", "f", 2),
        ("lazy import os\nlazy from a import b\ndef f(a):\n    if a: pass\n", "f", 2),
        ("def f(a):\n    return [*x for x in a], {**x for x in a}\n", "f", 3),
    ],
)
def test_newer_syntax_is_read(text: str, symbol: str, complexity: int) -> None:
    """Type parameters and defaults, f-strings that reuse quotes, t-strings, bare tuples of exceptions, lazy imports."""
    code = numbers(text.encode())

    assert isinstance(code, Code), str(code)
    assert [(one.symbol, one.complexity) for one in code.functions] == [(symbol, complexity)]


def notebook(*cells: str, language: str = "python") -> bytes:
    """A notebook with a Markdown cell before each code cell."""
    written: list[dict[str, Any]] = []
    for cell in cells:
        written.append({"cell_type": "markdown", "source": ["# TODO: prose\n"]})
        written.append({"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []})
    about = {"language_info": {"name": language}}
    return json.dumps({"cells": written, "metadata": about, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_a_notebook_is_read_by_cell() -> None:
    """Cells are numbered among all; magics are blanked, and nothing else."""
    code = numbers(
        notebook("import os\n!pip install \\\n  trl\n%matplotlib inline\n", PLAIN, "%%bash\nls #TODO\n"), "a.ipynb"
    )

    assert isinstance(code, Code)
    assert [(one.symbol, one.complexity, code.place(one.line)) for one in code.functions] == [("f", 2, (4, 1))]
    assert [code.place(marker.line) for marker in code.markers] == [(4, 2)]
    assert code.unread_cells == ()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x = 7 % 3\n", "x = 7 % 3\n"),
        ("for x in y:\n    !ls {x}\n", "for x in y:\n    pass\n"),
        ("files = !ls\n", "files = None\n"),
        ("a, b = %env X\n", "a, b = None\n"),
        ("f?\nf??\n?f\n", "\n\n\n"),
        ("%%time\nx = 1\n", "\nx = 1\n"),
        ("%%html\n<b>\n", "\n\n"),
        ("%timeit f(x)\nx = [\n  1\n]\n", "\nx = [\n  1\n]\n"),
    ],
)
def test_magics_are_blanked(cell: str, text: str) -> None:
    """Line by line, so that every line keeps its number."""
    found = read_notebook(notebook(cell))

    assert found is not None
    assert (found.text, found.unread) == (f"{text}\n", ())


def test_a_cell_that_cannot_be_read_is_named() -> None:
    """The others are counted; a notebook in another language is none of ours; broken JSON is said."""
    found = read_notebook(notebook("x = (\n", "y = 1\n"))
    broken = numbers(b'{"cells": [', "a.ipynb")

    assert found is not None
    assert [number for number, _ in found.unread] == [2]
    assert found.text.split() == ["y", "=", "1"]
    assert read_notebook(notebook("x <- 1\n", language="R")) is None
    assert isinstance(broken, ReadError)
    assert "it is not a notebook" in str(broken)


def test_the_survey_shows_cells_and_strict_exits_with_1(repo: Repo) -> None:
    """A place in a notebook is `path:cell 4:1`; what was not read is listed, and with --strict it fails."""
    repo.write({"n.ipynb": notebook("x = 1\n", PLAIN), "a.py": PLAIN})
    clean = repo.antifoul("survey", "--strict")
    repo.write({"bad.py": "def f(:\n", "broken.ipynb": notebook("y = 1\n", "x = (\n")})
    lenient, strict = repo.antifoul("survey", "--format", "json"), repo.antifoul("survey", "--strict")
    found = json.loads(lenient.stdout)

    assert (clean.returncode, lenient.returncode, strict.returncode) == (0, 0, 1)
    assert "1 Python file and 1 notebook" in clean.stdout
    assert "n.ipynb:cell 4:1" in clean.stdout
    assert [(one["path"], one["line"], one.get("cell")) for one in found["functions"]] == [
        ("a.py", 1, None),
        ("n.ipynb", 1, 4),
    ]
    assert [(one["path"], one["cell"], one["line"]) for one in found["markers"]] == [
        ("a.py", None, 2),
        ("n.ipynb", 4, 2),
    ]
    assert [one["path"] for one in found["skipped"]] == ["bad.py", "broken.ipynb"]
    assert "cell 4: it does not parse" in found["skipped"][1]["reason"]
    assert "--strict: 2 could not be read" in strict.stderr


def test_the_commit_hook_reads_newer_syntax_before_it_refuses_it(repo: Repo) -> None:
    """Type parameters are no error of the author; a broken file beside them still is one."""
    repo.commit({"antifoul.toml": ""})
    repo.stage({"p/a.py": 'def f[T](a: T) -> T:\n    """One."""\n    return f"{a["b"]}"\n'})
    good = repo.antifoul("check", "--staged")
    repo.stage({"p/b.py": "def f[T](a: T) -> T\n    return a\n"})
    bad = repo.antifoul("check", "--staged", "--format", "json")
    errors = [one for one in json.loads(bad.stdout)["findings"] if one["severity"] == "error"]

    assert good.returncode == 0, good.stdout
    assert [(one["rule"], one["path"]) for one in errors] == [("file-unreadable", "p/b.py")]
