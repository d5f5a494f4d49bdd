"""Check a change: the rules on what is new in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple, cast

from antifoul.facts.change import Change, ChangedFile
from antifoul.facts.config import Inheritance, format_of
from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit, Placed, RuleVerdict, Severity, Skip, settle
from antifoul.facts.layout import Layout, layout_of
from antifoul.facts.paths import RepoPath
from antifoul.facts.report import CheckReport
from antifoul.facts.roles import is_template
from antifoul.facts.settings import Settings
from antifoul.facts.source import Source
from antifoul.gate.options import options_of
from antifoul.measures.novelty import Judged, fresh
from antifoul.measures.suppress import allowed
from antifoul.rules.registry import Entry, Rule, index, load

_LATER = "runs at pre-push/CI"


class Asked(NamedTuple):
    """What the command line asked for, over the settings."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    change_only: bool = False  # the pre-commit stage: rules that need more than the change wait


class Providers(NamedTuple):
    """How the facts that rules ask for are come by."""

    paths: Callable[[], frozenset[RepoPath]]  # every file of the judged side; asked at most once
    read: Callable[[RepoPath], bytes | None]  # one file of the judged side
    judged: Callable[[RepoPath], bool]  # in scope by include and exclude


class _Spoken(NamedTuple):
    """What one rule said."""

    hits: tuple[tuple[RepoPath, Hit], ...]
    unread: int


class _Facts:
    """The facts of one change; those that cost something are made when the first rule asks."""

    def __init__(self, change: Change, providers: Providers) -> None:
        self.change = change
        self._providers = providers

    @cached_property
    def paths(self) -> frozenset[RepoPath]:
        """Every file of the judged side."""
        return self._providers.paths() | {file.path for file in self.change.files if file.after is not None}

    @cached_property
    def layout(self) -> Layout:
        """The importable packages of the judged side."""
        return layout_of(self.paths)

    @cached_property
    def inheritance(self) -> Inheritance:
        """The bases of every config that the change adds or edits."""
        from antifoul.readers.configs import inheritance_of, read_config  # noqa: PLC0415  only where configs changed

        configs = [
            read_config(file.after.path, file.after.data)
            for file in self.change.files
            if file.after is not None and is_config(file.after)
        ]
        return inheritance_of(configs, self.paths.__contains__, self._providers.read)


def is_config(source: Source) -> bool:
    """The file is a config that is judged: tests keep broken ones on purpose."""
    return format_of(source.path) is not None and source.role not in {"test", "vendored", "generated"}


def check(change: Change, settings: Settings, asked: Asked, providers: Providers) -> CheckReport:
    """The verdict on a change.

    Raises:
        UsageError: a rule's option in the settings is wrong.
    """
    change = _in_scope(change, providers.judged)
    if not asked.change_only:
        _read_newer(change)
    facts = _Facts(change, providers)
    fail_on = asked.fail_on or settings.fail_on
    verdicts: list[RuleVerdict] = []
    placed: list[Placed] = []
    excused = 0
    for entry, level in selected(settings, asked):
        if asked.change_only and entry.cost != "change":
            verdicts.append(RuleVerdict(entry.name, "skipped", 0, _LATER))
            continue
        rule = load(entry)
        spoken = _ask(rule, facts, options_of(rule, settings))
        kept = [(path, hit) for path, hit in spoken.hits if not _is_allowed(change, entry.name, path, hit)]
        excused += len(spoken.hits) - len(kept)
        placed += [Placed(entry.name, path, hit, _severity(hit, entry, level)) for path, hit in kept]
        reason = f"{spoken.unread} files could not be read" if spoken.unread else None
        verdicts.append(RuleVerdict(entry.name, "fail" if kept else "pass", len(kept), reason))
    findings = settle(placed, fail_on)
    return CheckReport(
        base=change.base,
        head=change.head,
        how=change.how,
        verdict="fail" if any(finding.blocking for finding in findings) else "pass",
        rules=tuple(verdicts),
        findings=findings,
        skipped=_skips(change),
        files=len(change.files),
        lines=change.added_lines,
        allowed=excused,
    )


def selected(settings: Settings, asked: Asked) -> Iterator[tuple[Entry, str]]:
    """The rules that judge changes and are not switched off, with the severity that the settings give, or ""."""
    select = asked.select or settings.select
    ignore = {*settings.ignore, *asked.ignore}
    for entry in index():
        level = settings.severities.get(entry.name, "")
        wanted = entry.name in select if select else True
        if wanted and entry.name not in ignore and level != "off" and entry.cost != "run":
            yield entry, level


def _in_scope(change: Change, judged: Callable[[RepoPath], bool]) -> Change:
    files = tuple(file for file in change.files if judged(file.path) and not is_template(file.path))
    return change._replace(files=files, skipped=tuple(skip for skip in change.skipped if judged(skip.path)))


def _read_newer(change: Change) -> None:
    """Give files in syntax newer than this interpreter a tree; the commit hook cannot wait for that."""
    for file in change.files:
        for source in (file.before, file.after):
            if source is None or not source.is_python:
                continue
            try:
                _ = source.tree
            except ReadError as problem:
                from antifoul.ledger.newer_syntax import in_older_syntax  # noqa: PLC0415  only for the rare file

                with suppress(ReadError):
                    older = in_older_syntax(source, str(problem))
                    if older is not None:
                        source.adopt(source.text, older.tree)


def _severity(hit: Hit, entry: Entry, level: str) -> Severity:
    """The settings' word first; then the hit's own, which may only be milder or graver for its place."""
    return cast("Severity", level) if level else (hit.severity or entry.severity)


def _ask(rule: Rule, facts: _Facts, options: Any) -> _Spoken:  # noqa: ANN401  each rule has a class of its own
    needs: dict[str, Any] = {
        name: options if name == "options" else getattr(facts, name)
        for name in rule.entry.needs
        if name not in {"source", "config"} and (name != "inheritance" or any(_configs(facts.change)))
    }
    if "source" in rule.entry.needs:
        return _compared(facts.change, lambda source: _of_source(rule, source, needs))
    if "config" in rule.entry.needs:
        if not any(_configs(facts.change)):
            return _Spoken((), 0)
        return _compared(facts.change, lambda source: _of_config(rule, source, needs))
    return _Spoken(tuple((hit.path, hit) for hit in rule.judge(**needs)), 0)


def _configs(change: Change) -> Iterator[Source]:
    return (file.after for file in change.files if file.after is not None and is_config(file.after))


def _compared(change: Change, judge: Callable[[Source], tuple[Hit, ...]]) -> _Spoken:
    """What the rule says of the new side and did not say of the old."""
    unread = 0
    after: list[tuple[ChangedFile, tuple[Hit, ...]]] = []
    for file in change.files:
        try:
            after.append((file, judge(file.after) if file.after is not None else ()))
        except ReadError:
            unread += 1
    if not any(hits for _, hits in after):
        return _Spoken((), unread)
    # What was there before matters only now: in every file, as code may have moved from one to another.
    judged = [Judged(file, _before(file, judge), hits) for file, hits in after]
    return _Spoken(tuple((path, hit) for path, hits in fresh(judged).items() for hit in hits), unread)


def _before(file: ChangedFile, judge: Callable[[Source], tuple[Hit, ...]]) -> tuple[Hit, ...]:
    if file.before is None:
        return ()
    # An exempt role on the old side must not hide the old debt from the comparison: judge it in its new role.
    role = file.after.role if file.after else file.before.role
    try:
        return judge(Source(file.before.path, file.before.data, role))
    except ReadError:
        return ()


def _of_source(rule: Rule, source: Source, needs: Mapping[str, Any]) -> tuple[Hit, ...]:
    if not source.is_python or source.role in {"vendored", "generated"}:
        return ()
    triggers = rule.entry.triggers
    if triggers and not any(word in source.data for word in triggers):
        return ()
    return tuple(rule.judge(source=source, **needs))


def _of_config(rule: Rule, source: Source, needs: Mapping[str, Any]) -> tuple[Hit, ...]:
    if not is_config(source):
        return ()
    from antifoul.readers.configs import read_config  # noqa: PLC0415  only where configs changed

    return tuple(rule.judge(config=read_config(source.path, source.data), **needs))


def _is_allowed(change: Change, rule: str, path: RepoPath, hit: Hit) -> bool:
    for file in change.files:
        if file.path == path and file.after is not None:
            try:
                return allowed(file.after.lines, rule, hit.line, hit.end_line or hit.line) is not None
            except ReadError:
                return False
    return False


def _skips(change: Change) -> tuple[Skip, ...]:
    skips = list(change.skipped)
    for file in change.files:
        if file.after is None or not file.after.is_python or file.after.role in {"vendored", "generated"}:
            continue
        try:
            _ = file.after.tree
        except ReadError as problem:
            skips.append(Skip(file.path, str(problem)))
    return tuple(sorted(skips))
