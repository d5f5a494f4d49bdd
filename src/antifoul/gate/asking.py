"""Ask one rule about a change: give it the facts it wants, on both sides where what is new must be told."""

from __future__ import annotations

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.facts.source import Source
from antifoul.gate.facts import Facts, is_config
from antifoul.measures.novelty import Judged, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from antifoul.facts.change import ChangedFile
    from antifoul.facts.finding import Hit
    from antifoul.facts.paths import RepoPath
    from antifoul.rules.registry import Rule

    Judge: TypeAlias = Callable[[Source], tuple[Hit, ...]]

# What is given for each file, and not once for all.
_BEHIND = frozenset({"companions", "heat", "debt", "ages"})  # facts that a history may not give
_BY_FILE = frozenset({"source", "config", "modules", "options", "remarks"})


class Spoken(NamedTuple):
    """What one rule said. `found` is all that it finds in the changed files, what was there before included."""

    hits: tuple[tuple[RepoPath, Hit], ...]
    unread: int = 0
    found: Mapping[RepoPath, tuple[Hit, ...]] = {}
    reason: str = ""  # why it was not asked
    notes: tuple[str, ...] = ()  # what else is to be said of its verdict


def ask(  # noqa: PLR0911  one return a kind of rule
    rule: Rule,
    facts: Facts,
    options: Any,  # noqa: ANN401  each rule has a class of its own
) -> Spoken:
    """What the rule says of the change."""
    wanted = rule.entry.needs
    if "usage" in wanted:
        return _of_usage(rule, facts)
    configs = [file for file in facts.change.files if file.after is not None and is_config(file.after)]
    if "config" in wanted and not configs:
        return Spoken(())
    given: dict[str, Any] = {name: getattr(facts, name) for name in wanted if name not in _BY_FILE}
    if "options" in wanted:
        given["options"] = options
    if "config" in wanted:
        return _compared(rule, facts.change.files, lambda source: _of_config(rule, source, given))
    if problem := next((given[name].problem for name in _BEHIND & given.keys() if given[name].problem), ""):
        return Spoken((), reason=problem)
    if "source" not in wanted:
        hits = tuple((hit.path, hit) for hit in rule.judge(**given))
        return Spoken(hits, found=_by_path(hits))
    if "remarks" in wanted:
        return _of_engine(rule, facts, given)
    if "modules" in wanted:
        return _compared(
            rule,
            (*facts.change.files, *facts.importers),
            lambda source: _of_source(rule, source, {**given, "modules": facts.modules}),
            lambda source: _of_source(rule, source, {**given, "modules": facts.modules_before}),
        )
    return _compared(rule, facts.change.files, lambda source: _of_source(rule, source, given))


def _of_usage(rule: Rule, facts: Facts) -> Spoken:
    """What the rule says of each file on both sides: a schema that changes makes findings in files that did not."""
    both = facts.usages
    judged = []
    for file in both.files:
        old, new = file.before, file.after
        before = tuple(rule.judge(usage=both.before[old.path])) if old is not None and old.path in both.before else ()
        after = tuple(rule.judge(usage=both.after[new.path])) if new is not None and new.path in both.after else ()
        judged.append(Judged(file, before, after))
    fresh_ones = fresh(judged, rule.novelty)
    hits = tuple((path, hit) for path, some in fresh_ones.items() for hit in some)
    return Spoken(hits, found={one.file.path: one.after for one in judged})


def _of_engine(rule: Rule, facts: Facts, given: Mapping[str, Any]) -> Spoken:
    run = facts.engine(rule.entry.name, given["options"].timeout)
    if run.problem:
        return Spoken((), reason=run.problem)
    spoken = _compared(
        rule,
        facts.change.files,
        lambda source: _of_source(rule, source, {**given, "remarks": run.after.get(source.path, ())}),
        lambda source: _of_source(rule, source, {**given, "remarks": run.before.get(source.path, ())}),
    )
    return spoken._replace(notes=run.notes)


def _compared(rule: Rule, files: Iterable[ChangedFile], judge: Judge, judge_before: Judge | None = None) -> Spoken:
    """What the rule says of the new side and did not say of the old."""
    unread = 0
    after: list[tuple[ChangedFile, tuple[Hit, ...]]] = []
    for file in files:
        try:
            after.append((file, judge(file.after) if file.after is not None else ()))
        except ReadError:
            unread += 1
    if not any(hits for _, hits in after):
        return Spoken((), unread)
    # What was there before matters only now: in every file, as code may have moved from one to another.
    judged = [Judged(file, _before(file, judge_before or judge), hits) for file, hits in after]
    new = fresh(judged, rule.novelty)
    hits = tuple((path, hit) for path, hits in new.items() for hit in hits)
    return Spoken(hits, unread, {file.path: hits for file, hits in after})


def _before(file: ChangedFile, judge: Judge) -> tuple[Hit, ...]:
    if file.before is None:
        return ()
    source = file.before
    if file.after is not None and file.after.role != source.role:
        # An exempt role on the old side must not hide the old debt from the comparison: judge it in its new role.
        source = Source(source.path, source.data, file.after.role)
    try:
        return judge(source)
    except ReadError:
        return ()


def _of_source(rule: Rule, source: Source, given: Mapping[str, Any]) -> tuple[Hit, ...]:
    if source.role in {"vendored", "generated"} or not (source.is_python or _reads_any(rule, source)):
        return ()
    triggers = rule.entry.triggers
    if triggers and not any(word in source.data for word in triggers):
        return ()
    return tuple(rule.judge(source=source, **given))


def _reads_any(rule: Rule, source: Source) -> bool:
    """The rule is about comments of any text, and the file is text that was read."""
    return rule.entry.name == "allow-without-reason" and b"antifoul" in source.data


def _of_config(rule: Rule, source: Source, given: Mapping[str, Any]) -> tuple[Hit, ...]:
    if not is_config(source):
        return ()
    from antifoul.readers.configs import read_config  # noqa: PLC0415  only where configs changed

    return tuple(rule.judge(config=read_config(source.path, source.data), **given))


def _by_path(hits: Iterable[tuple[RepoPath, Hit]]) -> dict[RepoPath, tuple[Hit, ...]]:
    out: dict[RepoPath, tuple[Hit, ...]] = {}
    for path, hit in hits:
        out[path] = (*out.get(path, ()), hit)
    return out
