"""What one file asks of code: the keys, flags and names in it that nothing takes, each with who was asked."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Skip
    from antifoul.facts.options import Fate, Place
    from antifoul.facts.paths import RepoPath


class Stray(NamedTuple):
    """A name that is given and that nothing takes. `near` is a name that is taken and looks like it, or ""."""

    name: str  # "--max_len", "trainer.lr", "pkg.module.Class"
    line: int
    column: int
    taker: str  # who was asked: "FlatArguments", "train.py"
    place: Place | None = None  # where that one is declared
    near: str = ""
    near_place: Place | None = None
    fate: Fate = "refused"  # what becomes of it
    certain: bool = True  # False: who is asked was told by the look of the file, not by a call
    note: str = ""  # what else is known: "read at train.py:40"


class Usage(NamedTuple):
    """One file and what was found in it. Each rule reads one of the lists."""

    path: RepoPath
    keys: tuple[Stray, ...] = ()
    unschemed: tuple[Stray, ...] = ()
    unread: tuple[Stray, ...] = ()
    flags: tuple[Stray, ...] = ()
    overrides: tuple[Stray, ...] = ()
    components: tuple[Stray, ...] = ()
    files: tuple[Stray, ...] = ()
    registered: tuple[Stray, ...] = ()
    values: tuple[Stray, ...] = ()
    traps: tuple[Stray, ...] = ()  # `taker` is the type of the option
    drifted: tuple[Stray, ...] = ()  # good today, and not at the version that was asked for
    names: tuple[Stray, ...] = ()  # of runs; `taker` is another file that gives it, `note` how many do
    alike: tuple[Stray, ...] = ()  # the config that it is nearly the same as
    tokens: tuple[Stray, ...] = ()
    homes: tuple[Stray, ...] = ()
    skipped: tuple[Skip, ...] = ()
    configs: int = 0  # 1 when the file is a config that was judged
    commands: int = 0  # those whose program was found
