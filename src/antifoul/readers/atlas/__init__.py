"""The schema atlas: what options the usual libraries had in each minor release; `bench/make_atlas.py` makes it."""

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def libraries() -> frozenset[str]:
    """The libraries that it knows."""
    return frozenset(file.name.partition(".")[0] for file in HERE.glob("*.json.z"))


@cache
def _content(name: str) -> dict[str, Any]:
    try:
        data = (HERE / f"{name}.json.z").read_bytes()
    except OSError:
        return {"versions": [], "modules": {}}
    content: dict[str, Any] = json.loads(zlib.decompress(data))
    return content


def versions(name: str) -> tuple[str, ...]:
    """The releases of a library that it knows, the last of each minor one, oldest first."""
    return tuple(_content(name)["versions"])


def module(name: str, version: str, path: str) -> str | None:
    """What a module of that release declares, as Python source; None where it declares nothing."""
    content = _content(name)
    history = content["modules"].get(path)
    if history is None or version not in content["versions"]:
        return None
    upto = content["versions"].index(version)
    lines: list[str] = []
    for number, changes in history:
        if number > upto:
            break
        for first, last, new in reversed(changes):
            lines[first:last] = new
    return "\n".join(lines) if lines else None
