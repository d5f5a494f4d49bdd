"""What a project says of its versions: its own, and the least of each library that it works with."""

from __future__ import annotations

import re

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Versions(NamedTuple):
    """Versions as they are written; "" where nothing tells. Names are as package indexes compare them."""

    name: str = ""
    version: str = ""
    least: Mapping[str, str] = {}  # the lowest version that is allowed, by library; python's too


_ALIASES = {
    "pytorch": "torch",
    "py": "python",
    "hf-transformers": "transformers",
    "hugging-face-hub": "huggingface-hub",
}


def canonical(name: str) -> str:
    """A distribution's name as package indexes compare it; PyTorch is torch there."""
    plain = re.sub(r"[-_.]+", "-", name).lower()
    return _ALIASES.get(plain, plain)
