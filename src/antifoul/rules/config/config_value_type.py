"""config-value-type."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("config-value-type", severity="error", cost="tree", novelty="debt")
def config_value_type(usage: Usage) -> Iterator[Hit]:
    r"""A value of a config that its option cannot take: a word for a number, or none of the choices.

    The loader refuses it when the run starts, or compares it with the choices much later and takes the last branch.

    It is an error where the loader checks types, and a warning where it hands on what YAML made.

    Told of options that take numbers, switches or a list of choices, and of nothing else. A value that is filled in
    when the run starts is not judged.

    Correct the value.

    Bad::

        files = {"schema.py": "class Config(BaseModel):\n    mode: Literal['a', 'b']\n", "a.yaml": "mode: c\n"}

    Good::

        files = {"schema.py": "class Config(BaseModel):\n    mode: Literal['a', 'b']\n", "a.yaml": "mode: b\n"}
    """
    for stray in usage.values:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} ({stray.place}): {stray.note}",
            symbol=stray.name,
            anchor=f"{stray.name} {stray.note}",
            severity=milder(usage.path, "error" if stray.certain else "warning"),
        )
