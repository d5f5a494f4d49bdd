"""Advice on the hottest functions of a commit, with the evidence that its files and their history give."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from antifoul.facts.paths import RepoPath
from antifoul.facts.tally import Body
from antifoul.gate.watching import Watched
from antifoul.ledger.store import Store
from antifoul.ledger.tallying import Read, read_all
from antifoul.measures.advice import Advice, Evidence, Twin, advise
from antifoul.measures.carving import Anatomy, Cut, anatomy
from antifoul.measures.hotspots import FunctionSpot, Hotspot
from antifoul.measures.marks import Mark
from antifoul.measures.spans import codes

Contents: TypeAlias = Callable[[Sequence[RepoPath]], Mapping[RepoPath, bytes]]  # of files of the head

_MOST = 10
_OF_ONE_FILE = 2
_FILES_COMPARED = 40  # in which copies are looked for
_ALIKE = 0.7  # of the lines
_TWIN_LINES = 6  # of code, under which two functions are alike by chance


class Hot(NamedTuple):
    """The hottest files with their marks and functions, all in order of the ranking."""

    files: Mapping[RepoPath, Hotspot]
    marks: Mapping[RepoPath, Sequence[Mark]]
    bodies: Mapping[RepoPath, Sequence[Body]]
    functions: Sequence[FunctionSpot]
    weeks: int


def advice_on(watched: Watched, hot: Hot, contents: Contents, store: Store) -> tuple[Advice, ...]:
    """What to do about the hottest functions over the limit of complexity, best first."""
    chosen = list(_chosen(hot.functions, watched.settings.thresholds.complexity))
    if not chosen:
        return ()
    here = contents(list(dict.fromkeys([*(spot.path for spot in chosen), *list(hot.files)[:_FILES_COMPARED]])))
    before = _before(watched, hot, {spot.path for spot in chosen}, store)
    twins = _twins(here, hot.bodies)
    texts = [_Text(spot, here.get(spot.path, b"").decode("utf-8", "replace").split("\n")) for spot in chosen]
    built = [anatomy(one.lines, one.spot.line) or Anatomy(0, None) for one in texts]
    return tuple(
        advise(
            Evidence(
                spot,
                hot.files[spot.path],
                form,
                before.get(spot.path, {}).get(spot.symbol),
                tuple(twin for twin in twins.get((spot.path, spot.symbol), ()) if twin.path != spot.path),
                tuple(_alike(form.cut, spot, texts)) if form.cut else (),
                hot.weeks,
            )
        )
        for spot, form in zip(chosen, built, strict=True)
    )


class _Text(NamedTuple):
    """A function with all lines of its file."""

    spot: FunctionSpot
    file: list[str]

    @property
    def lines(self) -> list[str]:
        """Its own lines."""
        return self.file[self.spot.line - 1 : self.spot.end_line]


def _alike(cut: Cut, spot: FunctionSpot, texts: Sequence[_Text]) -> Iterator[Twin]:
    """The other functions that hold most of the lines of a cut."""
    own = next(one for one in texts if one.spot is spot)
    wanted = {line.strip() for line in own.file[cut.line - 1 : cut.end_line]} - {""}
    for other in texts:
        held = {line.strip() for line in other.lines}
        if other.spot is not spot and len(wanted) >= _TWIN_LINES and len(wanted & held) >= _ALIKE * len(wanted):
            opening = own.file[cut.line - 1].strip()
            at = next((at for at, line in enumerate(other.lines) if line.strip() == opening), 0)
            yield Twin(other.spot.path, other.spot.line + at, other.spot.symbol)


def _chosen(functions: Iterable[FunctionSpot], limit: int) -> Iterator[FunctionSpot]:
    of_file: dict[RepoPath, int] = {}
    found = 0
    for spot in functions:
        if spot.complexity <= limit or not spot.commits or of_file.get(spot.path, 0) >= _OF_ONE_FILE:
            continue
        of_file[spot.path] = of_file.get(spot.path, 0) + 1
        found += 1
        yield spot
        if found == _MOST:
            return


def _before(
    watched: Watched, hot: Hot, paths: Iterable[RepoPath], store: Store
) -> Mapping[RepoPath, Mapping[str, int]]:
    """The complexity of each function when the time looked at began; files that were not there are left out."""
    oldest = {path: hot.marks[path][-1].touch.old_blob for path in paths if hot.marks[path]}
    read = read_all(watched.git, sorted(set(filter(None, oldest.values()))), watched.recipe, store)
    return {
        path: {body.symbol: body.complexity for body in one.bodies}
        for path, blob in oldest.items()
        if isinstance(one := read.get(blob), Read)
    }


def _twins(
    here: Mapping[RepoPath, bytes], bodies: Mapping[RepoPath, Sequence[Body]]
) -> Mapping[tuple[RepoPath, str], Sequence[Twin]]:
    """The functions that have the code of another, each with all that have it."""
    by_code: dict[bytes, list[Twin]] = {}
    for path, data in here.items():
        lines = {body.symbol: body.line for body in bodies.get(path, ())}
        for symbol, code in codes(data):
            if symbol in lines and code.count(b"\n") >= _TWIN_LINES - 1:
                by_code.setdefault(code, []).append(Twin(path, lines[symbol], symbol))
    return {(one.path, one.symbol): group for group in by_code.values() if len(group) > 1 for one in group}
