"""Read where training parts from what it was: the comparisons in what `pytest --llm-smoke-json=FILE` wrote."""

import json
from collections.abc import Iterator
from typing import Any

from antifoul.facts.altered import Parted
from antifoul.facts.errors import ReadError, UsageError
from antifoul.readers.disk import read_regular

_MOST_BYTES = 10_000_000


def read_partings(place: str) -> tuple[Parted, ...]:
    """What each comparison in the file says, the targets in its order.

    Raises:
        UsageError: the file is not there, or is not one that `--llm-smoke-json` wrote.
    """
    try:
        return tuple(_partings(json.loads(read_regular(place, _MOST_BYTES))))
    except ReadError as problem:
        raise UsageError(f"--smoke {place}: {problem}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"--smoke {place}: it is not what `pytest --llm-smoke` writes").with_remedy(
            "`pytest --llm-smoke --llm-smoke-compare=REV --llm-smoke-json=FILE` writes it"
        ) from None


def _partings(document: Any) -> Iterator[Parted]:  # noqa: ANN401  JSON
    for target in document["targets"]:
        for law in target["laws"]:
            if law["law"] != "compare":
                continue
            for found in law["findings"]:
                first, *later = str(found["message"]).splitlines() or [""]
                yield Parted(str(target["name"]), first, tuple(later))
            if law["outcome"] in {"skip", "error"}:
                yield Parted(str(target["name"]), f"not compared: {law['reason'] or law['outcome']}")
