"""Which functions a revision changed, told by their lines."""

from antifoul.measures.spans import changed, codes, cut_of

BASE = b'''"""Module."""
import a

@deco(
    1,
)
def f(x):
    """Say.

    def not_a_function():
    """
    return x


class A:
    """Use it.

        def g(self): ...
    """

    x = 1

    def g(self):
        return 1

    @property
    def h(self):
        def inner():
            return 2
        return inner()


def last():
    return 3
'''


def after(*edits: tuple[bytes, bytes]) -> set[str]:
    """The functions that some edits of the base change."""
    data = BASE
    for old, new in edits:
        assert old in data
        data = data.replace(old, new)
    return changed(cut_of(BASE), cut_of(data))


def test_an_edit_changes_the_function_around_it_and_no_other() -> None:
    """A function inside a method is part of the method."""
    assert after((b"return 1", b"return 10")) == {"A.g"}
    assert after((b"return 2", b"return 20")) == {"A.h"}
    assert after((b"return x", b"return x + 1"), (b"return 3", b"return 4")) == {"f", "last"}


def test_layout_comments_and_docstrings_are_no_change() -> None:
    """So that a formatter, or a tidied docstring, does not make a hotspot."""
    assert after((b"    return 3", b"    # why\n\n    return 3")) == set()
    assert after((b"Say.", b"Say more.")) == set()
    assert after((b"import a", b"import a\nimport b"), (b"    x = 1\n", b"    x = 1\n    y = 2\n")) == set()


def test_a_new_function_counts_and_one_that_is_gone_does_not() -> None:
    """Its name is among the changed once, when it comes."""
    assert after((b"def last():", b"def new():\n    return 0\n\n\ndef last():")) == {"new"}
    assert after((b"    def g(self):\n        return 1\n\n", b"")) == set()


def test_a_renamed_function_is_new_under_its_name() -> None:
    """The name is part of its first line."""
    assert after((b"def last", b"def first")) == {"first"}


def test_line_ends_do_not_matter() -> None:
    """A file that changes to CRLF changes no function."""
    assert changed(cut_of(BASE), cut_of(BASE.replace(b"\n", b"\r\n"))) == set()


def test_two_of_one_name_are_compared_together() -> None:
    """A property and its setter: an edit of one is a change of the name."""
    getter = b"class A:\n    @property\n    def x(self):\n        return 1\n\n"
    both = getter + b"    @x.setter\n    def x(self, y):\n        self.y = y\n"

    assert changed(cut_of(both), cut_of(both)) == set()
    assert changed(cut_of(both), cut_of(both.replace(b"= y", b"= y + 1"))) == {"A.x"}


def test_the_code_of_a_function_is_told_without_its_name() -> None:
    """So that a copy under another name is found."""
    assert dict(codes(b"def f():\n    return 1\n")) == {"f": b"return 1"}
