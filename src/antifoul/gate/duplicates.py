"""The copies in a tree: its files read once, compared, and told with what differs."""

from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.roles import is_notebook
from antifoul.gate.survey import World, listed, read_contents
from antifoul.ledger.kinds import UNITS
from antifoul.ledger.measuring import Item, measured_as
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.copies import Copies, copies

if TYPE_CHECKING:
    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath


def duplicates(world: World) -> Copies:
    """Every class of copies among the Python files in scope."""
    found, skips = read_contents(world, listed(world))
    contents = [one for one in found if not is_notebook(one.path)]
    skips += [Skip(one.path, "copies are not looked for in notebooks") for one in found if is_notebook(one.path)]
    with Store(cache_folder(world.environ)) as store:
        outcomes = measured_as(UNITS, (Item(*one) for one in contents), (), store, progress=world.progress)
    files: dict[RepoPath, Units] = {}
    for path, blob, _ in contents:
        outcome = outcomes[blob]
        if isinstance(outcome, ReadError):
            skips.append(Skip(path, str(outcome)))
        else:
            files[path] = outcome
    return copies(files, sorted(skips))
