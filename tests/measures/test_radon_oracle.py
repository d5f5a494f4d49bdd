"""Complexity is counted as radon counts it, and nothing is lost that radon loses."""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
import radon.visitors as radon

from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.measures.code import measure

FOLDERS = {
    "the standard library's asyncio and email": [
        Path(sysconfig.get_path("stdlib"), name) for name in ("asyncio", "email", "json")
    ],
    "pytest": [Path(pytest.__file__).parent.parent / "_pytest"],
    "radon and its own peers": [Path(radon.__file__).parent, Path(sysconfig.get_path("purelib"), "libcst", "codemod")],
}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_function_that_radon_reports_has_radons_number(name: str) -> None:
    """On whole source distributions: the same line, name and complexity, for each."""
    files = [file for folder in FOLDERS[name] for file in sorted(folder.rglob("*.py"))]
    apart = []
    count = 0
    for file in files:
        source = Source(file.name, file.read_bytes())
        ours = {(one.line, one.symbol.rpartition(".")[2]): one.complexity for one in measure(source, MARKERS).functions}
        for line, symbol, complexity in _by_radon(source.tree):
            count += 1
            if ours.get((line, symbol)) != complexity:
                apart.append((file.name, line, symbol, complexity, ours.get((line, symbol))))

    assert count > 300
    assert apart == []


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("return a", 1),
        ("if a and b or c: pass", 4),  # 1 + if + two for `or` over `and`
        ("return 1 if a else 2", 2),
        ("return [x for x in a if x if b]", 4),  # 1 + comprehension + its two ifs
        ("assert a and b; assert c", 3),  # radon does not look into an assert
        ("for x in a: pass\n    else: pass", 3),
        ("while a: pass", 2),
        ("try: pass\n    except A: pass\n    except B: pass\n    else: pass\n    finally: pass", 4),
        ("try: pass\n    except* A: pass\n    except* B: pass", 3),  # radon misses these two
        ("match a:\n        case 1: pass\n        case 2 if b: pass\n        case _: pass", 3),
        ("with a: pass", 1),
        ("match a:\n        case True | None: pass\n        case {'k': 1, **rest}: pass\n        case A(x=1): pass", 4),
        ("return lambda: 1 if a else 2", 2),
        ("def inner():\n        if a: pass\n    return inner", 1),  # an inner function counts for itself
    ],
)
def test_the_counting_table(body: str, complexity: int) -> None:
    """Each construct adds what the table says."""
    source = Source("a.py", f"def f(a, b, c):\n    {body}\n".encode())

    assert measure(source, MARKERS).functions[0].complexity == complexity


def test_methods_of_inner_classes_are_reported() -> None:
    """Those that radon loses: a class inside a class, and one inside a function."""
    text = "class A:\n    class B:\n        def m(self): pass\ndef f():\n    class C:\n        def n(self): pass\n"

    assert {one.symbol for one in measure(Source("a.py", text.encode()), MARKERS).functions} == {"A.B.m", "f", "f.C.n"}


def test_nesting_counts_blocks_and_an_elif_stands_beside_its_if() -> None:
    """A for, an if and a with are 3 deep; a chain of elifs is 1."""
    deep = "def f():\n    for x in y:\n        if x:\n            with x: pass\n"
    chain = "def g():\n    if a: pass\n    elif b: pass\n    elif c: pass\n"
    functions = measure(Source("a.py", (deep + chain).encode()), MARKERS).functions

    assert [one.nesting for one in functions] == [3, 1]


def test_deep_and_long_code_is_counted() -> None:
    """A sum of 5,000 terms and 3,000 elifs are legal Python: neither ends the measuring."""
    total = "x = " + " + ".join(["1"] * 5000) + "\n"
    chain = "if a: pass\n" + "".join(f"elif a == {n}: pass\n" for n in range(3000))

    assert measure(Source("a.py", (total + chain).encode()), MARKERS).complexity == 3001


def test_lines_are_counted_by_what_stands_on_them() -> None:
    """9 lines: a docstring of two, a comment alone, two blank ones, and four of code."""
    text = '"""One\ntwo."""\n\n# alone\nx = 1  # beside\n\ndef f():\n    """Doc."""\n    return """a\n"""\n'
    code = measure(Source("a.py", text.encode()), MARKERS)

    assert (code.loc, code.sloc, code.comments) == (10, 4, 2)


def _by_radon(tree: ast.Module) -> Iterator[tuple[int, str, int]]:
    visitor = radon.ComplexityVisitor.from_ast(tree)
    waiting = [*visitor.functions, *(method for one in visitor.classes for method in one.methods)]
    while waiting:
        function = waiting.pop()
        yield function.lineno, function.name, function.complexity
        waiting += function.closures
