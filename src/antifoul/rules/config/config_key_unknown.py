"""config-key-unknown."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, milder, taken_by
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


_FATES = {
    "dropped": "it is dropped without a word",
    "refused": "the program refuses it",
    "kept": "it is set, and nothing reads it",
}


@rule("config-key-unknown", severity="error", cost="tree", novelty="debt")
def config_key_unknown(usage: Usage) -> Iterator[Hit]:
    r"""A key of a config that the schema behind it does not have.

    Some loaders refuse it when the job has waited in the queue; others drop it without a word, and the run trains
    without the option that someone believes to be on.

    The schema is read from the code, never run: the dataclasses of the parser that loads the file, the pydantic or
    attrs class that it is built into, and what they inherit from the libraries at the version of the lock file. Keys
    that the schema's own checks handle, aliases, and classes that take extra keys are honoured.

    Correct the key to the one that is named, or add it to the schema.

    Bad::

        files = {
            "train.py": "@dataclass\nclass Args:\n    lr: float\n\nHfArgumentParser(Args).parse_yaml_file(PATH)\n",
            "a.yaml": "lrr: 0.001\n",
        }

    Good::

        files = {
            "train.py": "@dataclass\nclass Args:\n    lr: float\n\nHfArgumentParser(Args).parse_yaml_file(PATH)\n",
            "a.yaml": "lr: 0.001\n",
        }
    """
    for stray in usage.keys:
        fate = _FATES[stray.fate]
        if not stray.certain:
            fate = "by its other keys the file is meant for it"
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} is no option of {taken_by(stray)}: {fate}{hint(stray)}",
            symbol=stray.name,
            anchor=stray.name,
            severity=milder(usage.path, "error" if stray.certain else "warning"),
        )
