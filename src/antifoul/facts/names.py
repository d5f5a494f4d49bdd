"""Names of parameters, told in few words."""

import re
from collections.abc import Iterator, Sequence

_SHOWN = 6


def grouped(names: Sequence[str]) -> Iterator[str]:
    """Names with the layer's number as *, so that one line says what 32 layers share."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"(?<=\.)\d+(?=\.)", "*", name), []).append(name)
    for pattern, members in list(groups.items())[:_SHOWN]:
        yield f"{pattern} ({len(members)})" if len(members) > 1 else members[0]
    if len(groups) > _SHOWN:
        yield f"and {len(groups) - _SHOWN} more groups"
