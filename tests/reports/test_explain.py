"""One batch in segments, with and without colour."""

from antifoul.facts.report import Look
from antifoul.facts.targets import Row, Target, Targets
from antifoul.reports.explain import Segment, batch_of, render_batch

PIECES = {0: "<pad>", 1: "hi", 2: "ho", 3: "\n", 4: "<end>"}


def targets(*rows: Row) -> Targets:
    """A training step over these rows."""
    return Targets(rows, PIECES, frozenset({4}), None, 0, frozenset({0, 4}))


def row(trained: tuple[int, ...], attended: tuple[bool, ...] | None, weight: float = 0.5) -> Row:
    """The tokens hi, newline, ho, end, pad, pad, of which those at these places are trained: each by the one before."""
    ids = (1, 3, 2, 4, 0, 0)
    return Row(ids, attended, tuple(Target(at - 1, ids[at], weight) for at in trained))


REAL = (True, True, True, True, False, False)


def test_tokens_are_trained_ignored_or_padding() -> None:
    """The answer and its end are trained; the token that predicts the answer is not."""
    assert batch_of(targets(row((2, 3), REAL))) == (
        (Segment("ignored", "hi\n", 2), Segment("trained", "ho<end>", 2), Segment("padding", "<pad><pad>", 2)),
    )


def test_without_a_mask_padding_is_what_stands_at_the_ends() -> None:
    """The pad token after the last other one."""
    assert [one.kind for one in batch_of(targets(row((2, 3), None)))[0]] == ["ignored", "trained", "padding"]


def test_padding_that_is_trained_is_shown_as_trained() -> None:
    """That is the fault one looks for."""
    assert [one.kind for one in batch_of(targets(row((2, 3, 4), REAL)))[0]] == ["ignored", "trained", "padding"]
    assert batch_of(targets(row((2, 3, 4), REAL)))[0][1] == Segment("trained", "ho<end><pad>", 3)


def test_without_colour_marks_stand_around_what_is_not_ignored() -> None:
    """A newline of the text is shown, not obeyed."""
    rows = batch_of(targets(row((2, 3), REAL), row((2, 3), REAL, weight=-0.5)))

    assert render_batch("x", rows, Look()) == (
        "x: one batch as the model saw it: [trained], [-trained away from-], ignored, {padding}\n"
        "row 0: 2 trained, 0 trained away from, 2 ignored, 2 padding\n"
        "  hi\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}[ho<end>]{<pad><pad>}\n"
        "row 1: 0 trained, 2 trained away from, 2 ignored, 2 padding\n"
        "  hi\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}[-ho<end>-]{<pad><pad>}\n"
    )


def test_with_colour_each_kind_has_its_own_and_a_text_cannot_add_any() -> None:
    """An escape character in a token is written out."""
    rows = ((Segment("trained", "\x1b[31mred", 1), Segment("padding", "<pad>" * 40, 40)),)
    text = render_batch("x", rows, Look(colour=True))

    assert "\x1b[1;32m\\x1b[31mred\x1b[0m" in text
    assert "... 40 of padding ..." in text
