"""config-base-missing."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.config import Base, Config, Inheritance
    from antifoul.facts.paths import RepoPath


@rule("config-base-missing", severity="error")
def config_base_missing(config: Config, inheritance: Inheritance) -> Iterator[Hit]:
    r"""A base file that a config names and that does not exist, or bases that go in a circle.

    A base that was moved or renamed breaks every experiment built on it, and each is found out on its own, when
    it is next started.

    The keys `base`, `base_config`, `_base_` and `extends` at the top of a file are judged where they name a
    YAML, JSON or TOML file. It is looked for beside the config and in the folders above it.

    Bad::

        files = {"configs/sft.yaml": "extends: bse.yaml\n", "configs/base.yaml": "lr: 0.001\n"}

    Good::

        files = {"configs/sft.yaml": "extends: base.yaml\n", "configs/base.yaml": "lr: 0.001\n"}
    """
    asked = {(reference.key, reference.text) for reference in config.references}  # of the side that is judged
    for base in inheritance.of(config.path):
        reference = base.reference
        if (reference.key, reference.text) not in asked:
            continue
        if not base.target:
            message = f"{reference.key}: there is no {reference.text} beside it or in a folder above"
        elif circle := _circle(config.path, base, inheritance):
            message = f"{reference.key}: the bases go in a circle: {' -> '.join(circle)}"
        else:
            continue
        yield Hit(
            line=reference.line, column=reference.column, message=message, symbol=reference.key, anchor=reference.text
        )


def _circle(start: RepoPath, first: Base, inheritance: Inheritance) -> tuple[RepoPath, ...]:
    """The way from a config back to itself through this base; empty if there is none."""
    ways: list[tuple[RepoPath, ...]] = [(start, first.target)]
    seen: set[RepoPath] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] in seen:
            continue
        seen.add(way[-1])
        ways += [(*way, base.target) for base in inheritance.of(way[-1]) if base.target]
    return ()
