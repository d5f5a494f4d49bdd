"""The environment that git is run in. On the hook's first path, so it imports next to nothing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# What a program that git started finds in its environment. GIT_INDEX_FILE is kept: it names the index of
# this commit.
_KEPT = frozenset({"GIT_INDEX_FILE", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"})


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: nothing that a hook or the user set to steer it, and no question asked."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in _KEPT}
    if index := kept.get("GIT_INDEX_FILE"):
        kept["GIT_INDEX_FILE"] = os.path.abspath(index)  # noqa: PTH100  pathlib doubles the start of a hook
    kept |= {
        "GIT_OPTIONAL_LOCKS": "0",  # never refresh the user's index
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",  # a missing blob of a partial clone is said to be missing, not fetched
        "GIT_ALLOW_PROTOCOL": "none",  # the same for a git older than 2.44
        "LC_ALL": "C",
    }
    return kept
