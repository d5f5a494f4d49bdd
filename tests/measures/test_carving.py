"""Advice names lines that could be a function of their own, and what would go in and out."""

from textwrap import dedent

from antifoul.measures.advice import Advice, Evidence, Twin, advise
from antifoul.measures.carving import Anatomy, Cut, anatomy
from antifoul.measures.hotspots import Churn, FunctionSpot, Hotspot


def carved(text: str) -> Cut | None:
    """The cut of a function that starts at line 11 of its file."""
    found = anatomy(dedent(text).strip("\n").split("\n"), 11)
    assert found is not None
    return found.cut


BRANCHY = """
    def train(self, args, model):
        step = 0
        if args.peft:
            for name in model.names:
                if name in args.frozen and not model.tied:
                    model.freeze(name)
            wrapped = model.wrap(args.peft)
        else:
            wrapped = model
        for batch in self.loader:
            if batch.empty:
                continue
            if step > 3 and batch.long or batch.last:
                return wrapped
            step += 1
        return wrapped
"""


def test_the_cut_is_the_block_with_the_paths_and_few_values() -> None:
    """The `if` of four paths takes two values and gives one back; the loop cannot be left alone: it returns."""
    assert carved(BRANCHY) == Cut(13, 19, 1, 4, "if args.peft:", ("args", "model"), ("wrapped",))


def test_what_a_later_statement_needs_is_given_back() -> None:
    """`x` is made inside and used after; `y` is made inside and used nowhere else."""
    cut = carved(
        """
        def f(a):
            for one in a:
                use(one if one else 0 if a else 1)
            if a > 1:
                x = 1
            elif a > 2 and a < 7:
                x = 2
            elif a > 3:
                y = x = 3
            return x
        """
    )

    assert cut is not None
    assert (cut.takes, cut.gives) == (("a",), ("x",))


def test_a_loop_hands_on_to_its_next_turn() -> None:
    """What a loop's body makes and uses before it makes it anew is a value that goes in and out."""
    cut = carved(
        """
        def f(rows):
            total = 0
            for row in rows:
                use(row)
                if row.a and row.b:
                    total = total + 1
                elif row.c:
                    total = total + 2
                elif row.d:
                    total = total + 3
            return total
        """
    )

    assert cut is None or "total" in cut.gives


def test_a_short_function_is_not_cut() -> None:
    """Nothing is advised where there is nothing to take out, and a body of one statement is not taken whole."""
    assert carved("def f(x):\n    return x and 1 or 2\n") is None


def test_a_function_that_does_not_parse_has_no_anatomy() -> None:
    """Lines that were cut wrongly are no reason to fail."""
    assert anatomy(["def f(:"], 1) is None


def test_the_evidence_stands_in_the_sentence() -> None:
    """Size, growth, commits and the copy; then what to do about each."""
    spot = FunctionSpot("a.py", "f", 10, 109, 50.0, 19, 6.0, 3, 43, 7)
    file = Hotspot("a.py", 99.0, Churn(commits=30), 80, 400)
    cut = Cut(20, 50, 1, 17, "for batch in loader:", ("model",), ())
    told = advise(Evidence(spot, file, Anatomy(6, cut), 21, (Twin("b.py", 5, "f"),), (Twin("c.py", 70, "g"),), 26))

    assert told == Advice(
        "a.py",
        10,
        109,
        "f",
        "43 paths in 100 lines, 6 blocks deep (21 paths 26 weeks ago); 19 commits by 3 people changed it in 26 weeks, "
        "7 of them in the last 60 days; the same code stands at b.py:5",
        "keep one copy of it and b.py's: a fix in one misses the other; take `for batch in loader:` (lines 20-50, 17 "
        "of its 43 paths) out into a function of its own: it takes `model`; c.py:70 could call it too, where the same "
        "lines stand",
    )
