"""Fix: what can be proved to be right is mended, as a diff first."""

from __future__ import annotations

import os
from difflib import unified_diff
from typing import NamedTuple

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.layout import layout_of
from antifoul.facts.mending import Fix, Left, Mended, Mending
from antifoul.facts.paths import c_quoted, is_utf8
from antifoul.facts.source import Source, encoding_of, parse
from antifoul.gate.options import options_of
from antifoul.gate.scope import in_scope, role_by
from antifoul.measures.code import measure
from antifoul.measures.suppress import allowing, allows
from antifoul.mends.debuggers import debuggers
from antifoul.mends.excepts import bare_excepts
from antifoul.mends.loggers import Convention, convention
from antifoul.mends.owners import owned
from antifoul.mends.plan import NAMES, UNSAFE, Plan
from antifoul.mends.prints import prints
from antifoul.mends.returns import return_nones, valued_methods
from antifoul.mends.rewriting import rewritten, same_code
from antifoul.readers.blame import blame
from antifoul.readers.files import Content, python_contents, tracked, walked
from antifoul.rules.registry import entry_of, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Hit
    from antifoul.facts.layout import Layout
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.survey import World

_TOO_DEEP = "it is nested deeper than can be mended"
_UNTOUCHED = frozenset({"vendored", "generated"})


class Asked(NamedTuple):
    """What is to be mended."""

    names: frozenset[str]
    dirty: bool = False  # files with changes that are not committed too


def chosen(listed: str, *, unsafe: bool) -> frozenset[str]:
    """The fixes that were asked for by name, or all safe ones.

    Raises:
        UsageError: there is no such fix, or it needs `--unsafe`.
    """
    names = frozenset(name.strip() for name in listed.split(",") if name.strip())
    for name in sorted(names - set(NAMES)):
        raise UsageError(f"there is no fix {name!r}: there are {', '.join(NAMES)}")
    if not names:
        return frozenset(NAMES) if unsafe else frozenset(NAMES) - UNSAFE
    if names & UNSAFE and not unsafe:
        raise UsageError(f"the fix {min(names & UNSAFE)!r} moves output to another channel: it needs --unsafe")
    return names


def fix(world: World, asked: Asked) -> Mending:
    """What would be mended, file by file, in order of path. Nothing is written."""
    listing = tracked(world.git) if world.git else walked(world.root)
    judged, role = in_scope(world.settings), role_by(world.settings)
    sources = [
        Source(one.path, one.data, role(one.path))
        for one in python_contents(world.root, listing.paths, world.settings.thresholds.file_bytes, judged)
        if isinstance(one, Content) and not one.path.endswith(".ipynb")
    ]
    bench = _Bench(world, asked, layout_of(frozenset(listing.paths)), sources)
    below = world.below
    wanted = [one for one in sources if not below or one.path == below or one.path.startswith(f"{below}/")]
    return Mending(tuple(found for source in wanted if source.role not in _UNTOUCHED for found in bench.mend(source)))


class _Bench:
    def __init__(self, world: World, asked: Asked, layout: Layout, sources: list[Source]) -> None:
        self._world = world
        self._asked = asked
        self._layout = layout
        self._sources = sources
        self._how: Convention | None = None
        self._valued = _Valued(sources)

    def mend(self, source: Source) -> Iterator[Mended]:
        """The file, when there is something to say of it."""
        try:
            text, fixes, left = self._mended(source)
        except ReadError as problem:
            if "parse" in str(problem) and "came out" not in str(problem):
                return  # it is broken, or newer than this Python: the survey lists it
            yield Mended(source.path, (), (Left("", 1, str(problem)),), source.data, "")
            return
        except RecursionError:
            yield Mended(source.path, (), (Left("", 1, _TOO_DEEP),), source.data, "")
            return
        if not fixes and not left:
            return
        after = _encoded(source, text)
        refused = self._refused(source.path) if fixes else ""
        diff = "".join(_diff(source.path, source.text, text)) if fixes else ""
        yield Mended(source.path, fixes, tuple(sorted(left, key=lambda one: one.line)), after, diff, refused)

    def _mended(self, source: Source) -> tuple[str, tuple[Fix, ...], tuple[Left, ...]]:
        text, fixes = self._owned(source)
        plan = self._plan(source)
        if not plan.fixes:
            return text, fixes, plan.left
        if "\r" in source.text.replace("\r\n", ""):
            return text, fixes, (*plan.left, Left("", 1, "it has line ends that are carriage returns alone"))
        if text != source.text:  # comments alone have changed: every node stands where it stood
            renewed = Source(source.path, text.encode("utf-8", "surrogatepass"), source.role)
            renewed.adopt(text, source.tree)
            source = renewed
        return rewritten(source, plan), (*fixes, *plan.fixes), plan.left

    def _plan(self, source: Source) -> Plan:
        names, plan = self._asked.names, Plan()
        if "bare-except" in names and b"except" in source.data:
            plan = plan.and_also(bare_excepts(source))
        if "return-none" in names and b"def " in source.data:
            plan = plan.and_also(return_nones(source, self._valued.elsewhere))
        if "debugger-left" in names:
            plan = plan.and_also(debuggers(source, self._hits(source, "debugger-left")))
        if "print-added" in names and (hits := self._hits(source, "print-added")):
            plan = plan.and_also(prints(source, hits, self._convention()))
        return plan

    def _hits(self, source: Source, name: str) -> tuple[Hit, ...]:
        """What a rule finds in the file and no comment allows."""
        rule = load(entry_of(name))
        if not any(word in source.data for word in rule.entry.triggers):
            return ()
        given = {"source": source, "layout": self._layout, "options": options_of(rule, self._world.settings)}
        comments = allows(source)
        hits = rule.judge(**{need: given[need] for need in rule.entry.needs})
        return tuple(hit for hit in hits if allowing(comments, name, hit) is None)

    def _convention(self) -> Convention:
        if self._how is None:
            self._how = convention(one for one in self._sources if one.role == "package")
        return self._how

    def _owned(self, source: Source) -> tuple[str, tuple[Fix, ...]]:
        git, text = self._world.git, source.text
        if git is None or "todo-owner" not in self._asked.names or "\r" in text.replace("\r\n", ""):
            return text, ()
        markers = [one for one in measure(source, self._world.settings.markers).markers if not one.owner]
        if not markers:
            return text, ()
        blamed = blame(git, source.path, [one.line for one in markers])
        authors = {line: f"{one.author} {one.mail}" for line, one in blamed.items()}
        named, fixes = owned(source, markers, {line: one for line, one in authors.items() if _writable(source, one)})
        return (named, fixes) if fixes and same_code(named, source.tree) else (text, ())

    def _refused(self, path: RepoPath) -> str:
        if self._asked.dirty:
            return ""
        git = self._world.git
        if git is None:
            return "it is not in a git repository, which could bring it back"
        state = git.try_run("--literal-pathspecs", "status", "--porcelain", "-z", "--", path)
        return "it has changes that are not committed" if state.code != 0 or state.out else ""


class _Valued:
    """Which methods of the repository give a value: each file is read once, when a method of that name is asked for."""

    def __init__(self, sources: list[Source]) -> None:
        self._sources = [one for one in sources if b"class " in one.data]
        self._known: dict[str, frozenset[tuple[str, bool]]] = {}
        self._asked: dict[tuple[str, bool], bool] = {}

    def elsewhere(self, name: str, has_bases: bool) -> bool:  # noqa: FBT001  a predicate of both
        """A class that may be kin to one with or without bases has a method of that name that gives a value."""
        if (name, has_bases) not in self._asked:
            kin = {(name, True), (name, False)} if has_bases else {(name, True)}
            self._asked[name, has_bases] = any(kin & self._of(one) for one in self._sources if self._names(one, name))
        return self._asked[name, has_bases]

    @staticmethod
    def _names(source: Source, name: str) -> bool:
        return f"def {name}".encode() in source.data

    def _of(self, source: Source) -> frozenset[tuple[str, bool]]:
        if source.path not in self._known:
            try:
                found = frozenset(valued_methods(parse(source.text)))
            except ReadError:
                found = frozenset()
            self._known[source.path] = found
        return self._known[source.path]


def _writable(source: Source, author: str) -> bool:
    """The file's encoding has the letters of the name."""
    try:
        author.encode(encoding_of(source.data)[1])
    except UnicodeEncodeError:
        return False
    return True


def _encoded(source: Source, text: str) -> bytes:
    bom, encoding = encoding_of(source.data)
    return bom + text.encode(encoding)


def _diff(path: RepoPath, before: str, after: str) -> Iterator[str]:
    old, new = (text.split("\n") for text in (before, after))
    rows = unified_diff(_kept(old), _kept(new), _named(f"a/{path}"), _named(f"b/{path}"))
    for row in rows:
        yield row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"


def _named(path: RepoPath) -> str:
    """A name in the head of a difference, as git writes it."""
    return path if path.isprintable() and is_utf8(path) and not set(path) & set('"\\') else c_quoted(path)


def _kept(lines: list[str]) -> list[str]:
    ended = [f"{line}\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def place_of(world: World, mended: Mended) -> str:
    """Where the file lies."""
    return os.path.join(world.root, mended.path)  # noqa: PTH118  bytes in names
