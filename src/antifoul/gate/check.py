"""Check a change: the rules on what is new in it."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

from antifoul.facts.errors import AntifoulError, ReadError
from antifoul.facts.finding import LATER, Placed, RuleVerdict, Skip, settle
from antifoul.facts.record import NamedTuple
from antifoul.facts.report import CheckReport
from antifoul.facts.roles import is_template
from antifoul.gate.asking import Spoken, ask
from antifoul.gate.facts import Facts, Providers, is_config
from antifoul.gate.options import options_of
from antifoul.rules.registry import entry_of, index, is_adopted, load

__all__ = ["Asked", "Providers", "check", "is_config", "selected"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antifoul.facts.change import Change
    from antifoul.facts.finding import Hit, Severity
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Settings
    from antifoul.measures.suppress import Allow
    from antifoul.rules.registry import Entry, Rule

_LEVELS: dict[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}


class Asked(NamedTuple):
    """What the command line asked for, over the settings."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    change_only: bool = False  # the pre-commit stage: rules that need more than the change wait


class _Excuses:
    """What the comments and the settings of the judged side allow."""

    def __init__(self, facts: Facts, settings: Settings) -> None:
        self._facts = facts
        self._settings = settings
        self._files = {file.path: file.after for file in facts.change.files}
        self._comments: dict[RepoPath, tuple[Allow, ...]] = {}

    def allow(self, rule: str, path: RepoPath, hit: Hit) -> bool:
        """The finding is let pass."""
        from antifoul.measures.suppress import allowing, allows  # noqa: PLC0415  a clean run has nothing to allow

        if path not in self._comments:
            source = self._files.get(path) or self._facts.source(path)
            self._comments[path] = allows(source) if source is not None else ()
        return allowing(self._comments[path], rule, hit) is not None or self._by_settings(rule, path, hit)

    def _by_settings(self, rule: str, path: RepoPath, hit: Hit) -> bool:
        for one in self._settings.allows:
            if one.rule != rule or (one.key and one.key not in {hit.symbol, hit.anchor}):
                continue
            if one.until and one.until <= self._facts.day:
                continue
            if not one.path or _matches(one.path, path):
                return True
        return False


def check(change: Change, settings: Settings, asked: Asked, providers: Providers) -> CheckReport:
    """The verdict on a change.

    Raises:
        UsageError: a rule's option in the settings is wrong.
    """
    change = _in_scope(change, providers.judged)
    if not asked.change_only:
        _read_newer(change)
    report = _checked(change, settings, asked, providers)
    if asked.change_only and any(one.rule == "file-unreadable" for one in report.findings) and _read_newer(change):
        return _checked(change, settings, asked, providers)
    return report


def _checked(change: Change, settings: Settings, asked: Asked, providers: Providers) -> CheckReport:
    facts = Facts(change, settings, providers, in_a_hook=asked.change_only)
    excuses = _Excuses(facts, settings)
    verdicts: list[RuleVerdict] = []
    placed: list[Placed] = []
    excused = 0
    ran: dict[str, Spoken] = {}
    contents = [file.after.data for file in change.files if file.after is not None]
    wanted = sorted(selected(settings, asked), key=lambda row: "unused" in row[0].needs)
    on_configs = cache(lambda: _concerns_configs(change))
    for entry, level in wanted:
        if asked.change_only and entry.cost != "change" and "usage" not in entry.needs:
            verdicts.append(RuleVerdict(entry.name, "skipped", 0, LATER))
            continue
        if _is_idle(entry, change, contents, on_configs):
            ran[entry.name] = Spoken(())
            verdicts.append(RuleVerdict(entry.name, "pass", 0, None))
            continue
        rule = load(entry)
        spoken = ran[entry.name] = (
            _unused(rule, change, ran) if "unused" in entry.needs else _asked(rule, facts, settings)
        )
        kept = [(path, hit) for path, hit in spoken.hits if not excuses.allow(entry.name, path, hit)]
        excused += len(spoken.hits) - len(kept)
        placed += [Placed(entry.name, path, hit, _severity(hit, entry, level)) for path, hit in kept]
        verdicts.append(_verdict(entry, spoken, len(kept)))
    findings = settle(placed, asked.fail_on or settings.fail_on)
    return CheckReport(
        base=change.base,
        head=change.head,
        how=change.how,
        verdict="fail" if any(finding.blocking for finding in findings) else "pass",
        rules=tuple(sorted(verdicts)),
        findings=findings,
        skipped=_skips(change),
        files=sum(file.before is not None or file.after is not None for file in change.files),
        lines=sum(file.added_lines for file in change.files if file.after is not None),
        allowed=excused,
        passed_over=sum(file.before is None and file.after is None for file in change.files),
    )


def _concerns_configs(change: Change) -> bool:
    from antifoul.gate.lint.change import concerns  # noqa: PLC0415  only where a rule on configs is asked

    return concerns(change)


def _is_idle(entry: Entry, change: Change, contents: list[bytes], on_configs: Callable[[], bool]) -> bool:
    """The rule has nothing to say, and need not be imported."""
    if "usage" in entry.needs:
        return not on_configs()
    if "config" in entry.needs and entry.cost == "change":
        return not any(file.after is not None and is_config(file.after) for file in change.files)
    return bool(entry.triggers) and not any(word in data for word in entry.triggers for data in contents)


def _asked(rule: Rule, facts: Facts, settings: Settings) -> Spoken:
    try:
        return ask(rule, facts, options_of(rule, settings))
    except (RecursionError, MemoryError):
        return Spoken((), reason="a file is nested deeper than can be judged")
    except Exception as problem:
        if not is_adopted(rule.entry) or isinstance(problem, AntifoulError):
            raise
        return Spoken((), reason=f"the plugin's rule stopped: {type(problem).__name__}: {problem}")


def _unused(rule: Rule, change: Change, ran: dict[str, Spoken]) -> Spoken:
    from antifoul.measures.unused import unused  # noqa: PLC0415  asked last

    if not any(file.after is not None and b"antifoul" in file.after.data for file in change.files):
        return Spoken(())
    known = {entry.name for entry in index()}
    found = {name: spoken.found for name, spoken in ran.items() if not spoken.reason}
    return Spoken(tuple((hit.path, hit) for hit in rule.judge(tuple(unused(change, found, known)))))


def _verdict(entry: Entry, spoken: Spoken, kept: int) -> RuleVerdict:
    if spoken.reason:
        return RuleVerdict(entry.name, "skipped", kept, spoken.reason)
    notes = [*([f"{spoken.unread} files could not be read"] if spoken.unread else []), *spoken.notes]
    return RuleVerdict(entry.name, "fail" if kept else "pass", kept, "; ".join(notes) or None)


def selected(settings: Settings, asked: Asked) -> Iterator[tuple[Entry, str]]:
    """The rules that judge changes and are not switched off, with the severity that the settings give, or "".

    Raises:
        UsageError: a rule was asked for that there is not.
    """
    for name in (*asked.select, *asked.ignore):
        entry_of(name)  # there is such a rule
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


def _read_newer(change: Change) -> bool:
    """Give files in syntax newer than this interpreter a tree. It takes half a second, and a second try of what failed.

    The commit hook waits for it only where a file would be refused otherwise.
    """
    adopted = False
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
                        adopted = True
    return adopted


def _severity(hit: Hit, entry: Entry, level: str) -> Severity:
    """The settings' word first; then the hit's own, which may only be milder or graver for its place."""
    return _LEVELS.get(level) or hit.severity or entry.severity


def _matches(glob: str, path: RepoPath) -> bool:
    from antifoul.gate.scope import matcher  # noqa: PLC0415  only where something is allowed by path

    return matcher((glob,))(path)


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
