"""A library whose sources can be looked at."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from antifoul.facts.source import Source


class Library(NamedTuple):
    """One installed or remembered library. `said` is how a finding names it: "trl 0.19.1 (uv.lock)"."""

    name: str  # the top package
    said: str
    read: Callable[[str], Source | None]  # by path inside of it: "trl/trainer/sft_config.py"
    version: str = ""
    remembered: bool = False  # out of the atlas: it holds what declares options, and no more
