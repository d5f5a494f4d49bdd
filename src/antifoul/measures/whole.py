"""The tally of a content by the full measure: what `division` must equal, and falls back to."""

from antifoul.facts.tally import Body, Tally
from antifoul.facts.tree import Code


def tally_of(code: Code) -> Tally:
    """What of a content's numbers adds up over files."""
    return Tally(
        loc=code.loc,
        complexity=code.complexity,
        functions=len(code.functions),
        in_functions=sum(one.complexity for one in code.functions),
        markers=len(code.markers),
        hints=code.hints,
        hint_slots=code.hint_slots,
    )


def bodies_of(code: Code) -> tuple[Body, ...]:
    """The functions of a content, in order of line."""
    bodies = (Body(one.symbol, one.line, one.end_line, one.complexity) for one in code.functions)
    return tuple(sorted(bodies, key=lambda one: one.line))
