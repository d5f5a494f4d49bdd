"""Find what several files share: the name of a run, or nearly all of a config."""

from __future__ import annotations

import re

from antifoul.facts.usage import Stray
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from antifoul.facts.lint import Likeness
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.commands import Launched

_NAMES = re.compile(r"(?:^|[._-])(?:run_name|exp_name|experiment_name|wandb_name|wandb_run_name|run_id)$")


def alike(likeness: Likeness) -> dict[RepoPath, Stray]:
    """For each config that is nearly another one, that one and the keys worth keeping."""
    found = {}
    for pair in likeness.pairs:
        keep = ", ".join(pair.keep[:8]) or "nothing"
        more = f" and {len(pair.keep) - 8} more" if len(pair.keep) > 8 else ""
        found[pair.path] = Stray(pair.other, 1, 1, f"{pair.similarity:.0%}", note=f"keep {keep}{more}")
    return found


def reused(launched: Mapping[RepoPath, list[Launched]]) -> dict[RepoPath, list[Stray]]:
    """The names of runs that commands of several files give, by file."""
    places: dict[tuple[str, str], list[tuple[RepoPath, int, int]]] = {}
    for path, some in launched.items():
        for one in some:
            for value, line, column in _names(one):
                places.setdefault((one.target.path, value), []).append((path, line, column))
    found: dict[RepoPath, list[Stray]] = {}
    for (_, value), given in places.items():
        files = sorted({path for path, _, _ in given})
        for path, line, column in given if len(files) > 1 else ():
            other = next(one for one in files if one != path)
            found.setdefault(path, []).append(Stray(value, line, column, other, note=str(len(files) - 1)))
    return found


def _names(one: Launched) -> Iterator[tuple[str, int, int]]:
    """The names that a command gives its run, as far as they are known without running it."""
    words = one.program.arguments
    for at, word in enumerate(words):
        key, sign, value = word.text.partition("=")
        if not _NAMES.search(key.lstrip("+-")) or (not sign and not key.startswith("--")):
            continue
        if not sign and at + 1 < len(words):
            value = words[at + 1].text
        if value and OPEN not in value and not value.startswith(("-", "$")):
            yield value.strip("'\""), word.line, word.column
