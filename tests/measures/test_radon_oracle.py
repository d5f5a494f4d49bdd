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
    ("body", "radon_", "ruff", "cognitive"),
    [
        ("return a", 1, 1, 0),
        ("if a and b or c: pass", 4, 2, 3),  # cognitive: the if, and two sequences of one operator
        ("if a and b and c: pass", 4, 2, 2),
        ("if a and (b and c): pass", 4, 2, 2),  # parentheses make no new sequence of the same operator
        ("if a and not (b and c): pass", 4, 2, 3),
        ("if a: pass\n    elif b: pass\n    else: pass", 3, 3, 3),
        ("if a: pass\n    else:\n        if b: pass", 3, 3, 4),  # an if inside an else stands deeper than an elif
        ("if a:\n        for x in b:\n            if c: pass", 4, 4, 6),  # 1 + 2 + 3
        ("return 1 if a else 2 if b else 3", 3, 1, 3),  # 1, and 2 inside it
        ("return [x for x in a if x if b]", 4, 1, 3),
        ("return {k: [y for y in v] for k, v in a}", 3, 1, 3),
        ("assert a and b; assert c", 3, 1, 1),  # radon does not look into an assert
        ("for x in a: pass\n    else: pass", 3, 2, 1),
        ("while a: pass", 2, 2, 1),
        ("try: pass\n    except A: pass\n    except B: pass\n    else: pass\n    finally: pass", 4, 4, 2),
        ("try: pass\n    except* A: pass\n    except* B: pass", 3, 3, 2),  # radon misses these two
        ("match a:\n        case 1: pass\n        case 2 if b: pass\n        case _: pass", 3, 3, 1),
        ("match a:\n        case 1: pass\n        case x if b and c: pass", 3, 3, 2),  # a guard: not the else of ruff
        (
            "match a:\n        case True | None: pass\n        case {'k': 1, **r}: pass\n        case A(x=1): pass",
            4,
            4,
            1,
        ),
        ("with a:\n        if b: pass", 2, 2, 1),  # no level of cognitive complexity
        ("return lambda: 1 if a else 2", 2, 1, 2),  # a level
        ("def inner():\n        if a: pass\n    return inner", 1, 3, 1),  # a decorator: no level
        ("x = 1\n    def inner():\n        if a: pass\n    return inner", 1, 3, 2),
        ("class A:\n        def m(self):\n            if a: pass", 1, 3, 1),
        ("return f(a - 1) if a else f(b)", 2, 1, 2),  # it calls itself: once
        ("return a.f(1)", 1, 1, 0),  # another's method of its name
        ("return f'{a if b else c}'", 2, 1, 1),
        ("x = (y := a) and await_(b)", 2, 1, 1),
    ],
)
def test_the_counting_table(body: str, radon_: int, ruff: int, cognitive: int) -> None:
    """Each construct adds what docs/metrics.md says, by each profile."""
    code = measure(Source("a.py", f"def f(a, b, c):\n    {body}\n".encode()), MARKERS)
    one = code.functions[0]

    assert (one.complexity, code.by("ruff").functions[0].complexity, one.cognitive) == (radon_, ruff, cognitive)


def test_a_method_that_calls_itself_is_recursive() -> None:
    """By its first parameter; a function of the method's name is another one."""
    text = "class A:\n    def m(self): self.m()\n    def n(self): n()\n    @classmethod\n    def o(kind): kind.o()\n"
    functions = measure(Source("a.py", text.encode()), MARKERS).functions

    assert [one.cognitive for one in functions] == [1, 0, 1]


@pytest.mark.parametrize(
    ("text", "lloc"),
    [
        ("x = 1\ny = 2\n", 2),
        ("x: int = 1\n", 2),
        ("x = a[1:]\ny = {}\nz = {**x}\n", 4),
        ("if a: pass\nelse: x = {1: 2}\n", 4),  # a body beside its header counts one, whatever it holds
        ("@a\n@b(lambda: 1)\ndef f(x=a[1:]) -> {1: 2}:\n    return f'{x[1:]}'\n", 5),
        ("try:\n    pass\nexcept A:\n    pass\nelse:\n    pass\nfinally:\n    pass\n", 8),
        ("match a:\n    case {'b': 1}:\n        pass\n", 3),
        ("f(\n    a,\n    # why\n    b,\n)\n", 1),
    ],
)
def test_logical_lines(text: str, lloc: int) -> None:
    """Worked out by hand from the rule in docs/metrics.md."""
    assert measure(Source("a.py", text.encode()), MARKERS).lloc == lloc


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
