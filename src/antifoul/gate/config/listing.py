"""The configs of a folder that stand for a run: what CI, packaging and editors are set up with is none."""

import os
import re
from collections.abc import Iterator

from antifoul.facts.config import format_of
from antifoul.facts.errors import UsageError
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_gate
from antifoul.gate.scope import in_scope, role_by
from antifoul.gate.survey import World
from antifoul.readers.files import tracked, walked

_OTHERS = re.compile(
    r"(?:^|/)(?:\.[^/]+/|package(?:-lock)?\.json$|tsconfig[^/]*\.json$|(?:docker-)?compose[^/]*\.ya?ml$|mkdocs\.ya?ml$"
    r"|\.[^/]+$|[^/]*lock[^/]*$|codecov\.ya?ml$|environment\.ya?ml$|_config\.ya?ml$|[^/]*schema[^/]*\.json$|dataset_info\.json$"
    r"|(?:index|manifest|metadata|tokenizer[^/]*|vocab[^/]*|special_tokens_map|generation_config)\.json$)"
)


def configs_of(world: World) -> Iterator[RepoPath]:
    """The configs of a tree, relative to its root, in order."""
    judged, role = in_scope(world.settings), role_by(world.settings)
    paths = (tracked(world.git) if world.git else walked(world.root)).paths
    for path in paths:
        inside = not world.below or path == world.below or path.startswith(f"{world.below}/")
        if inside and is_run_config(path) and judged(path) and role(path) != "test":
            yield path


def is_run_config(path: RepoPath) -> bool:
    """The name is that of a config of a run, as far as a name can tell."""
    return format_of(path) is not None and not is_gate(path) and _OTHERS.search(path) is None


def named_from_here(world: World, path: RepoPath) -> str:
    """The path as it is seen from the folder that the command runs in."""
    return os.path.relpath(os.path.join(world.root, path))  # noqa: PTH118  bytes in names


def refuse_missing(place: str) -> None:
    """What is not there cannot be listed.

    Raises:
        UsageError: nothing is there.
    """
    if not os.path.lexists(place):
        raise UsageError(f"there is no file or folder {place!r}")
