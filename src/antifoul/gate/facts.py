"""The facts that rules ask for by the names of their parameters, each made when the first rule asks."""

from __future__ import annotations

from functools import cached_property

from antifoul.facts.change import ChangedFile
from antifoul.facts.config import Inheritance, format_of
from antifoul.facts.layout import Layout, layout_of
from antifoul.facts.record import NamedTuple
from antifoul.facts.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from antifoul.facts.change import Change
    from antifoul.facts.engines import EngineRun
    from antifoul.facts.past import Ages, Companions, Debt, Heat
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.roles import Role
    from antifoul.facts.settings import Settings, Thresholds
    from antifoul.facts.versions import Versions
    from antifoul.gate.behind import Behind
    from antifoul.gate.lint.change import Usages
    from antifoul.measures.changed_copies import ChangedCopies
    from antifoul.measures.functions import Functions
    from antifoul.measures.modules import Modules
    from antifoul.measures.testing import Tests

_MODULES_READ = 400  # to follow the imports of touched tests
_MODULES_READ_IN_A_HOOK = 30
_NAMES_SOUGHT = 100  # names that a change took away, looked for in the files that it does not touch


class Providers(NamedTuple):
    """How what is beyond the change is come by. Each is asked only for what some rule needs."""

    paths: Callable[[], frozenset[RepoPath]]  # every file of the judged side; asked at most once
    paths_before: Callable[[], frozenset[RepoPath]]
    read: Callable[[RepoPath], bytes | None]  # one file of the judged side
    judged: Callable[[RepoPath], bool]  # in scope by include and exclude
    role: Callable[[RepoPath], Role]
    grep: Callable[[Iterable[str]], tuple[RepoPath, ...]]  # the Python files of the judged side that hold a word
    copies: Callable[[], ChangedCopies]
    covered: Callable[[], Mapping[RepoPath, frozenset[int]] | None]
    day: Callable[[], str]  # ISO date of the judged side
    engine: Callable[[str, int], EngineRun]  # what another program says, within so many seconds a side
    behind: Callable[[], Behind]  # what lies behind the change
    places: Callable[[], tuple[str, ...]]  # the folders of the packages that the project has installed


def is_config(source: Source) -> bool:
    """The file is a config that is judged: tests keep broken ones on purpose."""
    return format_of(source.path) is not None and source.role not in {"test", "vendored", "generated"}


class Facts:
    """The facts of one change. The names of its properties are those of rules' parameters."""

    def __init__(self, change: Change, settings: Settings, providers: Providers, *, in_a_hook: bool) -> None:
        self.change = change
        self._settings = settings
        self._providers = providers
        self._in_a_hook = in_a_hook
        self._sources: dict[RepoPath, Source | None] = {}

    @property
    def thresholds(self) -> Thresholds:
        """The limits of the settings."""
        return self._settings.thresholds

    @property
    def words(self) -> tuple[str, ...]:
        """The debt markers looked for."""
        return self._settings.markers

    def engine(self, name: str, timeout: int) -> EngineRun:
        """What another program says of the change."""
        return self._providers.engine(name, timeout)

    @cached_property
    def day(self) -> str:
        """The day of the judged side, ISO 8601."""
        return self._providers.day()

    @property
    def versions(self) -> Callable[[], Versions]:
        """Gives the versions that the judged side says of itself and of its libraries: few markers ask for them."""
        return lambda: self._versions

    @cached_property
    def _versions(self) -> Versions:
        from antifoul.readers.declared import read_versions  # noqa: PLC0415  only where a marker names a version

        return read_versions(self.paths, self._providers.read)

    @cached_property
    def companions(self) -> Companions:
        """The files that nearly always change with changed ones."""
        return self._behind.companions()

    @cached_property
    def heat(self) -> Heat:
        """The changed files that are among the hottest."""
        return self._behind.heat()

    @cached_property
    def debt(self) -> Debt:
        """The series of debt that leave their intervals."""
        return self._behind.debt()

    @cached_property
    def ages(self) -> Ages:
        """How old the markers in touched functions are."""
        return self._behind.ages()

    @cached_property
    def _behind(self) -> Behind:
        return self._providers.behind()

    @cached_property
    def paths(self) -> frozenset[RepoPath]:
        """Every file of the judged side."""
        return self._providers.paths() | {file.path for file in self.change.files if file.after is not None}

    @cached_property
    def layout(self) -> Layout:
        """The importable packages of the judged side."""
        return layout_of(self.paths)

    @cached_property
    def functions(self) -> Functions:
        """The functions with added lines, and what they were."""
        from antifoul.measures.functions import Functions  # noqa: PLC0415  only where a rule asks

        return Functions(self.change, self._settings.profile)

    @cached_property
    def copies(self) -> ChangedCopies:
        """What the change does to copies."""
        return self._providers.copies()

    @cached_property
    def tests(self) -> Tests:
        """The tests around the change."""
        from antifoul.measures.testing import Around, Tests  # noqa: PLC0415  only where a rule asks

        around = Around(
            modules=lambda: self.modules,
            with_word=lambda word: tuple(path for path in self._grep((word,)) if self._providers.role(path) == "test"),
            read=self._after,
            covered=lambda: self._covered,
            budget=_MODULES_READ_IN_A_HOOK if self._in_a_hook else _MODULES_READ,
        )
        return Tests(self.change, around)

    @cached_property
    def _covered(self) -> Mapping[RepoPath, frozenset[int]] | None:
        return self._providers.covered()

    @cached_property
    def modules(self) -> Modules:
        """The modules of the judged side."""
        from antifoul.measures.modules import Modules  # noqa: PLC0415  only where a rule asks

        return Modules(self.paths, self._after)

    @cached_property
    def modules_before(self) -> Modules:
        """The modules of the base."""
        from antifoul.measures.modules import Modules  # noqa: PLC0415  only where a rule asks

        changed = {file.before.path: file.before for file in self.change.files if file.before is not None}
        added = {file.path for file in self.change.files if file.status == "added"}
        return Modules(
            self._providers.paths_before(),
            lambda path: changed.get(path) or (None if path in added else self._after(path)),
        )

    @cached_property
    def importers(self) -> tuple[ChangedFile, ...]:
        """Untouched files that may import a name or a module that the change took away, as files that do not differ."""
        words = _names_gone(self.change)
        if not words:
            return ()
        touched = {file.path for file in self.change.files}
        found = [path for path in self._grep(sorted(words)[:_NAMES_SOUGHT]) if path not in touched]
        sources = [source for path in found if (source := self._after(path)) is not None]
        return tuple(ChangedFile(one.path, "modified", one, one, ()) for one in sources)

    @cached_property
    def usages(self) -> Usages:
        """What the configs and commands of both sides ask for."""
        from antifoul.gate.lint.change import both_sides  # noqa: PLC0415  only where a rule asks

        return both_sides(self.change, self.paths, self._providers, self._settings.configs)

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

    def _grep(self, words: Iterable[str]) -> tuple[RepoPath, ...]:
        return tuple(path for path in self._providers.grep(words) if self._providers.judged(path))

    def source(self, path: RepoPath) -> Source | None:
        """A file of the judged side, whatever kind it is of; None where there is none."""
        return self._after(path)

    def _after(self, path: RepoPath) -> Source | None:
        """A Python file of the judged side; None where there is none."""
        if not self._sources:
            self._sources = {file.path: file.after for file in self.change.files}
        if path not in self._sources:
            data = self._providers.read(path)
            self._sources[path] = None if data is None else Source(path, data, self._providers.role(path))
        return self._sources[path]


def _names_gone(change: Change) -> frozenset[str]:
    """The module names and the modules' own names that the change took away."""
    from antifoul.facts.errors import ReadError  # noqa: PLC0415  only where a rule asks
    from antifoul.measures.modules import defined  # noqa: PLC0415

    gone: set[str] = set()
    for file in change.files:
        if file.before is None or not file.before.is_python:
            continue
        if file.after is None or file.after.path != file.before.path:
            folder, _, name = file.before.path.rpartition("/")
            stem = name.rpartition(".")[0]
            gone.add(folder.rpartition("/")[2] if stem == "__init__" else stem)
        try:
            before = defined(file.before)
            after = defined(file.after) if file.after is not None else None
        except ReadError:
            continue
        if after is None or not after.is_open:
            gone |= before.names - (after.names if after else frozenset())
    return frozenset(name for name in gone if name)
