"""What comes back from a fleet."""

from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Answer(NamedTuple, Generic[Value]):
    """What came of one item, told by its place in the list. `lost` says why there is no value, "" when there is one."""

    place: int
    value: Value | None
    lost: str = ""
