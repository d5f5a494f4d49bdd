"""The tally of a content by a reading of the whole: what `division` must equal, and falls back to."""

from antifoul.facts.source import Source
from antifoul.facts.tally import Body, Tally
from antifoul.measures.code import markers_in
from antifoul.measures.paths import Unit, count
from antifoul.measures.pieces import body_of
from antifoul.measures.tokens import comments
from antifoul.measures.walk import Walk


def tally_of(source: Source, words: tuple[str, ...]) -> tuple[Tally, tuple[Body, ...]]:
    """The numbers of a content, and its functions in order of line.

    Raises:
        ReadError: it cannot be decoded or parsed.
    """
    tree, text = source.tree, source.text
    module = Unit(None, None)
    units = count(tree.body, module)
    bodies = sorted((body_of(one, 0) for one in units if one.is_function), key=lambda one: one.line)
    inside = sum(one.complexity for one in bodies)
    hints = [one.hints() for one in units]
    tally = Tally(
        loc=text.count("\n") + (not text.endswith("\n") and bool(text)),
        complexity=inside + module.paths + sum(one.paths for one in units if not one.is_function),
        functions=len(bodies),
        in_functions=inside,
        markers=len(markers_in(Walk(tree), list(comments(text)), words)),
        hints=sum(annotated for annotated, _ in hints),
        hint_slots=sum(every for _, every in hints),
    )
    return tally, tuple(bodies)
