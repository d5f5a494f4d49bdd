"""Read the change that was asked for, with the settings of the side that judges it."""

from __future__ import annotations

import os
from functools import cache
from time import gmtime, strftime

from antifoul.facts.config import format_of
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.paths import from_bytes
from antifoul.facts.record import NamedTuple
from antifoul.facts.roles import COMMANDS, is_gate, is_python
from antifoul.facts.settings import Settings
from antifoul.gate.check import Providers, check
from antifoul.gate.scope import in_scope, role_by
from antifoul.readers import bases, changes
from antifoul.readers.attributes import FILE, above, marked
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git, open_repository, split_z
from antifoul.readers.grep import python_files_with
from antifoul.readers.settings import settings_from
from antifoul.rules.registry import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from antifoul.facts.altered import Parted
    from antifoul.facts.change import Change
    from antifoul.facts.engines import EngineRun
    from antifoul.facts.finding import Verdict
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.report import CheckReport
    from antifoul.facts.roles import Role
    from antifoul.gate.behind import Behind
    from antifoul.gate.check import Asked
    from antifoul.gate.engines import Engines
    from antifoul.measures.changed_copies import ChangedCopies

_SETTINGS_FILES = ("antifoul.toml", "pyproject.toml")


class Range(NamedTuple):
    """Which change: two revisions, the index, or the work tree when nothing is said."""

    base: str | None = None
    head: str | None = None
    staged: bool = False
    settings_file: str | None = None
    base_settings: bool = False  # judge by the settings of the base, so that a change cannot disarm its own gate
    diff: bytes | None = None  # a unified diff that names the change instead
    listing: bytes | None = None  # git's difference of the index, where it was asked for already
    rows: tuple[changes.Row, ...] | None = None  # the same, read
    coverage: str | None = None  # a coverage file of the tests, over the settings' one
    paths: tuple[str, ...] = ()  # globs: only these files, of those that the settings want
    with_altered: bool = False  # tell what else the change alters
    smoke: str | None = None  # what the smoke plugin wrote, with a comparison of first steps


def judge(place: str, wanted: Range, asked: Asked, environ: Mapping[str, str]) -> CheckReport:
    """Judge the change in the repository around a folder.

    Raises:
        UsageError: not a repository, a revision that is not there, wrong settings.
    """
    git = repository(place, environ)
    resolved = bases.resolve(git, wanted.base, wanted.head, staged=wanted.staged, environ=environ)
    if wanted.diff is not None:
        resolved = bases.Base(bases.tip(git), "worktree", "a diff")
    if wanted.listing is not None:
        rows = changes.rows_of(wanted.listing)
        wanted = wanted._replace(rows=rows)
        git.keep([*(f":0:{file}" for file in _read_first(rows)), *changes.named_in(rows, _is_read)])
    side = resolved.base if wanted.base_settings else resolved.head
    settings = settings_of(git, side, wanted.settings_file)
    role = role_by(settings, marked(_attributes(git, side, at_hand=wanted.listing is not None)))
    limits = changes.Limits(_is_read, role, settings.thresholds.file_bytes)
    first, *others = (
        _judged(git, _read(git, base, resolved, wanted, limits), settings, asked, (wanted, environ, role))
        for base in (resolved.base, *resolved.others)
    )
    report = _common(first, others)
    if wanted.with_altered:
        from antifoul.gate.altered import altered  # noqa: PLC0415  never in a hook

        change = _read(git, resolved.base, resolved, wanted, limits)
        report = report._replace(altered=altered(git, change, settings, environ)._replace(parted=_parted(wanted.smoke)))
    return report


def _read_first(rows: tuple[changes.Row, ...]) -> list[RepoPath]:
    """What is read from the index besides what changed: settings, and what stands beside the Python files."""
    folders = {folder: None for row in rows if is_python(row.path) and row.path.isascii() for folder in above(row.path)}
    beside = (FILE, "__init__.py", "conftest.py")
    return [*_SETTINGS_FILES, *(f"{folder}{name}" for folder in folders if "\n" not in folder for name in beside)]


def _attributes(git: Git, side: str, *, at_hand: bool) -> Callable[[RepoPath], bytes | None]:
    """Reads a file of marks on one side; where git would be asked for each, its list says first which there are."""
    if at_hand or side == "worktree":
        return lambda path: _content(git, side, path)
    there = cache(lambda: frozenset(path for path in _listed(git, side) if path.endswith(FILE)))
    return lambda path: _content(git, side, path) if path in there() else None


def _read(git: Git, base: str, resolved: bases.Base, wanted: Range, limits: changes.Limits) -> Change:
    if wanted.diff is not None:
        from antifoul.readers.patches import patched  # noqa: PLC0415  only for a diff

        change = patched(git, wanted.diff, limits)
    elif resolved.head == "index":
        change = changes.staged(git, base, limits, wanted.rows if base == resolved.base else None)
    elif resolved.head == "worktree":
        change = changes.unstaged(git, base, limits)
    else:
        change = changes.between(git, base, resolved.head, limits)
    return change._replace(how=resolved.how)


def _judged(
    git: Git,
    change: Change,
    settings: Settings,
    asked: Asked,
    around: tuple[Range, Mapping[str, str], Callable[[RepoPath], Role]],
) -> CheckReport:
    wanted, environ, role = around
    scope = in_scope(settings, wanted.paths)
    engines: list[Engines] = []

    def engine(name: str, timeout: int) -> EngineRun:
        if not engines:
            from antifoul.gate.engines import Engines  # noqa: PLC0415  never in a hook

            engines.append(Engines(git, change, lambda path: _content(git, change.head, path)))
        return engines[0].ask(name, timeout)

    providers = Providers(
        paths=lambda: _paths(git, change),
        paths_before=lambda: frozenset(_listed(git, change.base)),
        read=lambda path: _content(git, change.head, path),
        judged=scope,
        role=role,
        grep=lambda words: python_files_with(git, words, change.head),
        copies=lambda: _copies(git, change, settings),
        covered=lambda: _covered(git, wanted.coverage or settings.coverage, given=wanted.coverage is not None),
        day=lambda: _day(git, change.head),
        engine=engine,
        places=lambda: _places(git, settings, environ),
        behind=lambda: _behind(git, change, settings, environ),
    )
    try:
        return check(change, settings, asked, providers)
    finally:
        for one in engines:
            one.close()


def _behind(git: Git, change: Change, settings: Settings, environ: Mapping[str, str]) -> Behind:
    from antifoul.gate.behind import Behind  # noqa: PLC0415  only where a rule asks

    return Behind(git, change, settings, environ)


def _places(git: Git, settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    from antifoul.readers.libraries import environments  # noqa: PLC0415  only where a rule asks

    return environments(git.root, settings.environment, environ)


def _common(first: CheckReport, others: list[CheckReport]) -> CheckReport:
    """Against several merge bases only what is new to each of them is new."""
    if not others:
        return first
    known = [{finding.fingerprint for finding in other.findings} for other in others]
    findings = tuple(one for one in first.findings if all(one.fingerprint in seen for seen in known))
    shown = [finding.rule for finding in findings]
    left = {one.id: shown.count(one.id) for one in first.rules}
    rules = tuple(
        one
        if one.verdict == "skipped"
        else one._replace(findings=left[one.id], verdict="fail" if left[one.id] else "pass")
        for one in first.rules
    )
    verdict: Verdict = "fail" if any(finding.blocking for finding in findings) else "pass"
    how = first.how
    if "merge base" in how:
        how += f", and {len(others)} more merge {'base' if len(others) == 1 else 'bases'}"
    return first._replace(findings=findings, rules=rules, verdict=verdict, how=how)


def repository(place: str, environ: Mapping[str, str]) -> Git:
    """The repository around a folder.

    Raises:
        UsageError: the folder is not there, or no repository is around it.
    """
    if not os.path.isdir(place):  # noqa: PTH112  hot path
        raise UsageError(f"there is no folder {place!r}")
    git = open_repository(place, environ)
    if git is None:
        raise UsageError(f"{place!r} is not in a git repository").with_remedy(
            "run it inside one; `antifoul survey` and `antifoul report` also read a plain folder"
        )
    return git


def settings_of(git: Git, head: str, settings_file: str | None) -> Settings:
    """The settings of the judged side: of the index, the commit or the work tree; of one named file instead."""
    if head == "worktree" or settings_file is not None:
        return settings_in_folder(git.root, settings_file)
    for file in _SETTINGS_FILES:
        data = git.content(f":0:{file}" if head == "index" else f"{head}:{file}")
        if data is not None and (found := settings_from(data, file, _rules_in(git.root))):
            return found
    return Settings()


def _rules_in(root: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """The names of all rules, given the plugins that the settings name."""

    def names(plugins: tuple[str, ...]) -> tuple[str, ...]:
        if plugins:
            from antifoul.gate.plugins import rules_with  # noqa: PLC0415  only where the settings name some

            return rules_with(plugins, root)
        return tuple(entry.name for entry in index())

    return names


def settings_in_folder(root: str, settings_file: str | None) -> Settings:
    """The settings that lie in a folder, or those of one named file.

    Raises:
        UsageError: the file cannot be read, or says something that no setting is.
    """
    if settings_file is not None:
        try:
            data = read_regular(settings_file)
        except ReadError as problem:
            raise UsageError(f"--config {settings_file}: {problem}") from None
        return settings_from(data, settings_file, _rules_in(root)) or Settings(origin=settings_file)
    for file in _SETTINGS_FILES:
        place = os.path.join(root, file)  # noqa: PTH118  hot path
        if not os.path.lexists(place):
            continue
        try:
            found = settings_from(read_regular(place), file, _rules_in(root))
        except ReadError as problem:
            raise UsageError(f"{file}: {problem}") from None
        if found:
            return found
    return Settings()


def _paths(git: Git, change: Change) -> frozenset[RepoPath]:
    names = _listed(git, change.head)
    gone = {file.before.path for file in change.files if file.before and file.before.path != file.path}
    gone |= {file.path for file in change.files if file.after is None and file.before is not None}
    return frozenset(names) - gone


def _listed(git: Git, side: str) -> list[RepoPath]:
    """The files that git tracks in the index, also for the work tree, or that a commit or tree has."""
    tracked = side in {"index", "worktree"}
    listing = ("ls-files", "--cached", "-z") if tracked else ("ls-tree", "-r", "-z", "--name-only", side)
    return [from_bytes(name) for name in split_z(git.run(*listing))]


def _copies(git: Git, change: Change, settings: Settings) -> ChangedCopies:
    from antifoul.gate.copies import copies_in  # noqa: PLC0415  only where the rule is asked

    return copies_in(git, change, settings)


def _parted(file: str | None) -> tuple[Parted, ...]:
    if not file:
        return ()
    from antifoul.readers.smoke_results import read_partings  # noqa: PLC0415  only where one is named

    return read_partings(file)


def _covered(git: Git, file: str, *, given: bool) -> Mapping[RepoPath, frozenset[int]] | None:
    if not file:
        return None
    from antifoul.readers.coverage import read_coverage  # noqa: PLC0415  only where one is named

    place = file if given else os.path.join(git.root, file)  # noqa: PTH118  hot path
    return read_coverage(place, git.root)


def _day(git: Git, head: str) -> str:
    if head not in {"index", "worktree"}:
        return git.line("log", "-1", "--format=%cs", head)
    return strftime("%Y-%m-%d", gmtime())


def _content(git: Git, head: str, path: RepoPath) -> bytes | None:
    if head == "worktree":
        try:
            return read_regular(os.path.join(git.root, path))  # noqa: PTH118  bytes in names
        except ReadError:
            return None
    return git.content(f":0:{path}" if head == "index" else f"{head}:{path}")


def _is_read(path: RepoPath) -> bool:
    """Python, a config, launch commands, a gate's settings, or a file without an ending: its first line says."""
    return (
        is_python(path)
        or format_of(path) is not None
        or path.endswith(COMMANDS)
        or "." not in path.rpartition("/")[2]
        or is_gate(path)
    )
