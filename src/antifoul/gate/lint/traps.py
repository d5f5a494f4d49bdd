"""Find the values that YAML 1.1 reads as something else than their option takes."""

from __future__ import annotations

import re

from antifoul.facts.keys import dotted
from antifoul.facts.usage import Stray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.keys import Node
    from antifoul.gate.lint.schemas import Choice
    from antifoul.gate.lint.yaml_readers import Reading
    from antifoul.measures.schemas.fields import Declared

_SWITCH = re.compile(r"(?i:yes|no|on|off)$")
_EXPONENT = re.compile(r"[-+]?(?:\d+|\d+\.\d*|\.\d+)[eE][-+]?\d+$")
_OCTAL = re.compile(r"[-+]?0[0-7]+$")
_TEXT = re.compile(r"\b(?:str|Literal|\w*Strategy|\w*Enum|\w*Type)\b")
# Loaders that make a number of what YAML 1.1 leaves as text, or cast by the option's type.
CASTING = frozenset({"pydantic", "attrs", "msgspec"})


def traps(document: Node, chosen: Choice, readings: frozenset[Reading]) -> Iterator[Stray]:
    """The top values that the loader makes something else of; `readings` are the loaders that may read the file."""
    if "ruamel" in readings:  # YAML 1.2
        return
    fields = {name: declared for shape in chosen.shapes for name, declared in shape.fields.items()}
    casts = any(shape.make in CASTING for shape in chosen.shapes)
    how = chosen.sinks[0].how
    for entry in document.entries:
        declared = fields.get(entry.key)
        value = entry.value
        if declared is None or value.kind != "scalar" or not value.plain:
            continue
        if value.tag == "bool" and _SWITCH.match(value.text) and _wants_text(declared):
            meant = "true" if value.text.lower() in {"yes", "on"} else "false"
            note = f"YAML reads {value.text} as {meant}: write '{value.text}'"
        elif (
            value.tag == "str"
            and _EXPONENT.match(value.text)
            and _wants_number(declared)
            and not casts
            and _keeps(how)
            and "omegaconf" not in readings
        ):
            note = f"YAML reads {value.text} as text, and nothing makes a number of it: write {_with_point(value.text)}"
        elif lost := _lost(value, declared):
            note = lost
        else:
            continue
        yield Stray(
            dotted((entry.key,)), entry.line, entry.column, declared.option.type, declared.option.place, note=note
        )


def _lost(value: Node, declared: Declared) -> str:
    """What a number or a date becomes that is not what stands there; "" where nothing is lost."""
    text = value.text
    if value.tag == "timestamp" and _wants_text(declared):
        return f"YAML reads {text} as a date: write '{text}'"
    made = _number(text) if value.tag in {"int", "float"} else None
    if made is None or str(made) == text:
        return ""
    if _wants_text(declared) and not re.search(r"\b(?:int|float|Any)\b", declared.option.type):
        return f"YAML reads {text} as {made}: write '{text}'"
    return f"YAML reads {text} as {made}" if _OCTAL.match(text) or ":" in text else ""


def _number(text: str) -> int | float | None:
    """What YAML 1.1 makes of a plain number; None where it is spelt in a way that is not looked at."""
    bare = text.replace("_", "")
    if _OCTAL.match(bare):
        return int(bare, 8)
    if re.fullmatch(r"[-+]?\d+(?::[0-5]?\d)+", bare):
        total = 0
        for part in bare.lstrip("+-").split(":"):
            total = total * 60 + int(part)
        return -total if bare.startswith("-") else total
    try:
        return int(bare)
    except ValueError:
        pass
    try:
        return float(bare)
    except ValueError:
        return None


def casts(chosen: Choice) -> bool:
    """What loads the config makes of each value what its option takes, and refuses what it cannot."""
    return chosen.sinks[0].how == "parse_args_and_config" or any(shape.make in CASTING for shape in chosen.shapes)


def _wants_text(declared: Declared) -> bool:
    kind = declared.option.type
    return bool(_TEXT.search(kind)) and "bool" not in kind


def _wants_number(declared: Declared) -> bool:
    kind = declared.option.type
    return "float" in kind and "str" not in kind


def _keeps(how: str) -> bool:
    """The loader hands on what YAML made, as it is: a plain class built by keyword, a parser's dictionary."""
    return how == "parse_yaml_file" or how.endswith("(...)")


def _with_point(text: str) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}e{exponent if exponent[:1] in '+-' else f'+{exponent}'}"
