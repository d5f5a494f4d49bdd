"""Survey a tree: every Python file in scope, measured once."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.finding import Skip
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_notebook, role_of
from antifoul.facts.settings import Settings
from antifoul.facts.tree import File, Tree
from antifoul.gate.change import settings_in_folder
from antifoul.gate.markers import Around, marker_rows
from antifoul.gate.scope import in_scope
from antifoul.ledger.kinds import OTHER_LANGUAGE
from antifoul.ledger.measuring import Item, Progress, measured, silent
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.duplication import duplication
from antifoul.measures.health import Beside, file_scores, health
from antifoul.measures.hotspots import Churn
from antifoul.measures.results import Survey
from antifoul.readers.coverage import read_coverage
from antifoul.readers.files import Content, Listing, generated_by_attributes, python_contents, tracked, walked
from antifoul.readers.git import Git, open_repository

_NO_HEALTH = frozenset({"test", "docs"})


class World(NamedTuple):
    """Where a survey looks, and what it may use. `git` is None in a plain folder."""

    root: str
    below: str  # only paths under this folder of the root; "" for all
    git: Git | None
    settings: Settings
    environ: Mapping[str, str]
    progress: Progress = silent


def open_world(place: str, settings_file: str | None, environ: Mapping[str, str], progress: Progress = silent) -> World:
    """The folder or file that was named, with the repository around it if there is one.

    Raises:
        UsageError: nothing is there, or the settings are wrong.
    """
    if not os.path.lexists(place):
        raise UsageError(f"there is no file or folder {place!r}")
    if not os.path.isdir(place) and not os.path.isfile(place):  # noqa: PTH112, PTH113  bytes in names
        raise UsageError(f"{place!r} is neither a folder nor a regular file")
    folder = place if os.path.isdir(place) else os.path.dirname(place) or "."  # noqa: PTH112, PTH120
    real = os.path.realpath(place)
    git = open_repository(folder, environ)
    if git is not None and git.line("rev-parse", "--is-inside-work-tree") != "true":
        raise UsageError(f"{place!r} is a bare repository: it has no files to survey").with_remedy(
            "survey a checkout; `antifoul hotspots` and `antifoul trend` read a bare repository"
        )
    root = os.path.realpath(git.root if git else folder)
    below = "" if real == root else os.path.relpath(real, root)
    return World(root, below, git, settings_in_folder(root, settings_file), environ, progress)


class Past(NamedTuple):
    """What the health score takes from the history: recent fixes, and what each file's commits say."""

    fixes: int
    churns: Mapping[RepoPath, Churn]


def survey(world: World, *, with_blame: bool = False, past: Past | None = None) -> Survey:
    """The numbers of the tree; its health has a stability only with a past."""
    with Store(cache_folder(world.environ)) as store:
        listing = listed(world)
        tree = read_tree(world, store, listing)
    judged = {
        file.path: file.code
        for file in tree.files
        if role_of(file.path) not in _NO_HEALTH and not is_notebook(file.path)
    }
    # by radon's counts, whatever the profile: so the corpus was counted
    copied = duplication(tree)
    beside = Beside(copied.duplicated, _covered(world))
    healthy = health(judged, past.fixes if past else None, beside)
    scores = file_scores(judged, past.churns if past else None, beside)
    profile = world.settings.profile
    tree = tree._replace(files=tuple(file._replace(code=file.code.by(profile)) for file in tree.files))
    rows = tuple(marker_rows(Around(world.root, world.git, listing.paths), tree.files, with_blame=with_blame))
    name = os.path.basename(world.root) or world.root  # noqa: PTH119
    return Survey(name, tree, copied, rows, healthy, world.settings.thresholds, profile, scores)


def _covered(world: World) -> Mapping[RepoPath, int] | None:
    """How many lines of each file the tests ran; None where the settings name no coverage file, or none is there."""
    if not world.settings.coverage:
        return None
    place = os.path.join(world.root, world.settings.coverage)  # noqa: PTH118  bytes in names
    if not os.path.lexists(place):
        return None
    return {path: len(lines) for path, lines in read_coverage(place, world.root).items()}


def read_tree(world: World, store: Store, listing: Listing) -> Tree:
    """Every Python file in scope, measured or listed as skipped."""
    contents, skips = read_contents(world, listing)
    outcomes = measured((Item(*one) for one in contents), world.settings.markers, store, world.progress)
    files: list[File] = []
    for path, blob, _ in contents:
        outcome = outcomes[blob]
        if not isinstance(outcome, ReadError):
            files.append(File(path, blob, outcome))
            skips += [Skip(path, f"cell {number}: {why}") for number, why in outcome.unread_cells]
        elif str(outcome) != OTHER_LANGUAGE:
            skips.append(Skip(path, str(outcome)))
    return Tree(tuple(files), tuple(sorted(skips)))


def listed(world: World) -> Listing:
    """Every file of the tree."""
    return tracked(world.git) if world.git else walked(world.root)


def read_contents(world: World, listing: Listing) -> tuple[list[Content], list[Skip]]:
    """Every Python file in scope, and what could not be read."""
    generated = generated_by_attributes(world.root, listing.paths)
    judged = in_scope(world.settings)
    skips: list[Skip] = list(listing.skipped)
    contents: list[Content] = []

    def wanted(path: RepoPath) -> bool:
        return _is_below(path, world.below) and judged(path) and path not in generated

    for found in python_contents(world.root, listing.paths, world.settings.thresholds.file_bytes, wanted):
        if isinstance(found, Skip):
            skips.append(found)
        else:
            contents.append(found)
    return contents, skips


def _is_below(path: RepoPath, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
