"""The copies in a tree: its files read once, compared, and told with what differs and when it parted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Finding, Hit, Placed, Skip, settle
from antifoul.facts.paths import RepoPath, shown
from antifoul.facts.roles import is_notebook
from antifoul.facts.source import decode
from antifoul.gate.divergence import divergences
from antifoul.gate.scope import matcher, role_by
from antifoul.gate.survey import World, listed, read_contents
from antifoul.ledger.kinds import UNITS
from antifoul.ledger.measuring import Item, measured_as, uncollected
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.copied_from import Copied, Gone, Mismatch, Sources
from antifoul.measures.copies import copies, extent
from antifoul.measures.divergence import Divergence
from antifoul.measures.duplicates import Duplicates, Told
from antifoul.measures.variants import variants
from antifoul.measures.worth import Kinds, ordered

if TYPE_CHECKING:
    from antifoul.facts.copyable import Units

_MOST_COMPARED = 200  # classes that are told with what differs


class _Texts(Mapping[RepoPath, Sequence[str]]):
    """The lines of each file, decoded and split when first asked for."""

    def __init__(self, data: Mapping[RepoPath, bytes]) -> None:
        self._data = data
        self._lines: dict[RepoPath, Sequence[str]] = {}

    def __getitem__(self, path: RepoPath) -> Sequence[str]:
        if path not in self._lines:
            try:
                self._lines[path] = decode(self._data[path]).split("\n")
            except ReadError:
                self._lines[path] = ()
        return self._lines[path]

    def __iter__(self) -> Iterator[RepoPath]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def duplicates(world: World, *, with_history: bool = True) -> Duplicates:
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
    texts = _Texts({one.path: one.data for one in contents if one.path in files})
    kinds = Kinds(role_by(world.settings), matcher(world.settings.siblings), files)
    with uncollected():
        every = copies(files)
    notes: list[str] = []
    told = [Told(one, apart) for one, apart in ordered(every, kinds)]
    told = _compared(told, files, texts)
    if with_history:
        told = _parted(world, told, notes)
    siblings = [one for one in told if one.apart == "by design" and one.diverged is None]
    return Duplicates(
        tuple(one for one in told if one not in siblings),
        extent(every, files),
        _findings(world, told, files, texts),
        sum(unit.muted for file in files.values() for unit in file.units),
        len(siblings),
        tuple(sorted(skips)),
        tuple(notes),
    )


def _compared(told: list[Told], files: Mapping[RepoPath, "Units"], texts: _Texts) -> list[Told]:
    """The classes, the first of them with their variants."""
    return [
        one._replace(variants=variants(one.one, files, texts.__getitem__)) if number < _MOST_COMPARED else one
        for number, one in enumerate(told)
    ]


def _parted(world: World, told: list[Told], notes: list[str]) -> list[Told]:
    """The classes, those that were edited with the commit that parted them."""
    edited = {
        number: (one.one, one.variants)
        for number, one in enumerate(told)
        if one.one.kind == "changed" and one.apart in {"", "by design"} and len(one.variants) > 1
    }
    parted = divergences(world, edited, notes)
    return [one._replace(diverged=parted.get(number)) for number, one in enumerate(told)]


def _findings(world: World, told: list[Told], files: Mapping[RepoPath, "Units"], texts: _Texts) -> tuple[Finding, ...]:
    placed = [_diverged(one.diverged) for one in told if one.diverged is not None]
    placed += _copied_from(files, texts)
    return settle(placed, world.settings.fail_on)


def _diverged(one: Divergence) -> Placed:
    day = datetime.fromtimestamp(one.at, UTC).date().isoformat()
    changed, left = one.changed, one.left
    what = "a fix" if one.is_fix else "a change"
    message = (
        f"{what} reached its copy {shown(changed.path)}:{changed.start} and not this: {one.commit[:10]} of {day}, "
        f"{one.title!r}"
    )
    return Placed(
        "copy-diverged", left.path, Hit(left.start, message, symbol=left.symbol, end_line=left.end), "warning"
    )


def _copied_from(files: Mapping[RepoPath, "Units"], texts: _Texts) -> Iterator[Placed]:
    sources = Sources(texts)
    for path, file in files.items():
        outer: list[range] = []
        for unit in file.units:
            if unit.kind != "claim" or any(unit.line in lines for lines in outer):
                continue
            outer.append(range(unit.line + 1, unit.end_line + 1))
            found = sources.judge(Copied(path, unit.symbol, unit.line, unit.end_line, unit.source))
            if found is not None:
                yield _not_as_said(found)


def _not_as_said(found: Mismatch | Gone) -> Placed:
    copied = found.copied
    hit = Hit(found.line, found.message, symbol=copied.symbol, anchor=copied.said)
    return Placed("copied-from", copied.path, hit, "warning")
