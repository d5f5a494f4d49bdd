"""Series that need a whole tree each: the share of lines in exact copies, and health. Week by week, when asked for."""

from antifoul.facts.history import History
from antifoul.facts.roles import role_of
from antifoul.facts.settings import Profile
from antifoul.facts.tree import Code, File, Tree
from antifoul.gate.blobs import measure_blobs
from antifoul.gate.watching import EXEMPT, Watched, day, judged_by
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.duplication import duplication
from antifoul.measures.fixes import recent_fixes
from antifoul.measures.forecast import outlook
from antifoul.measures.health import Beside, health
from antifoul.measures.replay import trees
from antifoul.measures.results import Series, Value
from antifoul.measures.sentences import sentence
from antifoul.readers.history import files_at

_WEEK = 7 * 24 * 3600
_RADON: Profile = "radon"  # what the health score was calibrated by


def weekly_series(watched: Watched, history: History) -> dict[str, Series]:
    """Both series, oldest value first, each of the last commit of its week."""
    judged = judged_by(watched.settings)
    files = {path: blob for path, blob in files_at(watched.git, history.head).items() if judged(path)}
    first = min((commit.at for commit in history.commits), default=history.at)
    ends = [history.at - week * _WEEK for week in range((history.at - first) // _WEEK + 1)]
    weeks = trees(files, history.commits, ends, judged)
    settings = watched.settings._replace(profile=_RADON)
    blobs = {blob for tree in weeks for blob in tree.values()}
    with Store(cache_folder(watched.environ)) as store:
        outcomes = measure_blobs(watched.git, blobs, settings, store, watched.progress)
    values: dict[str, list[Value]] = {"duplication": [], "health": []}
    for end, tree in zip(reversed(ends[: len(weeks)]), reversed(weeks), strict=True):
        commit = next((one.id for one in history.commits if one.at <= end), history.head)
        codes = {path: code for path, blob in tree.items() if isinstance(code := outcomes[blob], Code)}
        copied = duplication(Tree(tuple(File(path, "", code) for path, code in sorted(codes.items())), ()))
        healthy = {path: code for path, code in codes.items() if role_of(path) not in EXEMPT}
        found = health(healthy, recent_fixes(history, end), Beside(copied.duplicated))
        values["duplication"].append(Value(day(end), commit, copied.share))
        values["health"].append(Value(day(end), commit, found.score if found else 0.0))
    return {name: _series(name, tuple(points)) for name, points in values.items()}


def _series(name: str, points: tuple[Value, ...]) -> Series:
    values = tuple(point.value for point in points)
    expected = outlook(name, values)
    return Series(points, values, expected, sentence(name, values, expected), ())
