"""What a history keeps of one content."""

from typing import NamedTuple


class Body(NamedTuple):
    """One function of a content, nested ones too. Lines count from 1; complexity is cyclomatic, as radon counts it."""

    symbol: str
    line: int
    end_line: int
    complexity: int


class Tally(NamedTuple):
    """The numbers of one Python file's content that add up over files."""

    loc: int
    complexity: int  # of all functions and of the module's own code
    functions: int
    in_functions: int  # the complexity of the functions alone
    markers: int
    hints: int  # annotated slots of the public API
    hint_slots: int
