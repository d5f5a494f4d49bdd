"""The test items of `--llm-smoke`: one a law for a target."""

import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.facts.run import Run, Unjudged
from antifoul.facts.smoke import Kind
from antifoul.facts.targets import Targets
from antifoul.gate.smoke import BuildError, Smoke, Subject, failure, judged
from antifoul.gate.smoke_compare import Comparison
from antifoul.reports.explain import batch_of
from antifoul.shells.smoke_fixtures import FIXTURE
from antifoul.shells.smoke_telling import WARNED, Account
from antifoul.smoke.world import World, offline, undisturbed

COMPARISON = pytest.StashKey[Comparison]()


class Place(pytest.Directory):
    """A folder on the way to conftest.py files that define the fixture: items below see that definition first."""

    smoke: Smoke
    laws: tuple[str, ...]
    folders: tuple[str, ...]

    @classmethod
    def of(
        cls,
        parent: pytest.Session | pytest.Collector,
        name: str,
        smoke: Smoke,
        laws: tuple[str, ...],
        *,
        folders: tuple[str, ...],
    ) -> "Place":
        """The collector of a folder, for the targets of those folders that are it or below it."""
        place: Place = cls.from_parent(parent, name=name, nodeid=name, path=parent.config.rootpath / name)
        below = tuple(folder for folder in folders if folder == name or folder.startswith(f"{name}/"))
        place.smoke, place.laws, place.folders = smoke, laws, below
        return place

    def collect(self) -> Iterator[pytest.Collector]:
        """The folder's own target, and the folders below."""
        if self.nodeid in self.folders:
            yield Target.of(self, f"{self.nodeid}/{FIXTURE}", self.smoke, self.laws)
        depth = self.nodeid.count("/") + 2
        for name in dict.fromkeys("/".join(folder.split("/")[:depth]) for folder in self.folders):
            if name != self.nodeid:
                yield Place.of(self, name, self.smoke, self.laws, folders=self.folders)


class Target(pytest.Collector):
    """One target: an item a law."""

    smoke: Smoke
    laws: tuple[str, ...]
    spec: str  # MODULE:NAME; "": what the fixture returns, or a script
    world: World
    stopped: dict[str, str]  # why the target stopped -> the id of the law that told so
    _explained = False

    @classmethod
    def of(
        cls,
        parent: pytest.Session | pytest.Collector,
        name: str,
        smoke: Smoke,
        laws: tuple[str, ...],
        *,
        spec: str = "",
    ) -> "Target":
        """The collector of a target."""
        target: Target = cls.from_parent(parent, name=name, nodeid=name)
        target.smoke, target.laws, target.spec, target.world = smoke, laws, spec, World()
        target.stopped = {}
        return target

    def collect(self) -> Iterator[pytest.Item]:
        """One item a law."""
        for law in self.laws:
            item: LawItem = LawItem.from_parent(self, name=law, callobj=self._asks)
            rerun = f"pytest --llm-smoke {shlex.quote(item.nodeid)} --llm-smoke-seed={self.smoke.seed}"
            item.account = Account(self.kind, self.nodeid, law, item.nodeid, rerun)
            item.add_marker(pytest.mark.llm_smoke)
            if self.config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(self.nodeid))
            yield item
        comparison = self.config.stash.get(COMPARISON, None)
        if comparison is not None:
            yield self._compare(comparison)

    def _compare(self, comparison: Comparison) -> pytest.Item:
        item: CompareItem = CompareItem.from_parent(self, name="compare", callobj=_named)
        command = f"pytest --llm-smoke --llm-smoke-compare={comparison.commit[:10]} {shlex.quote(item.nodeid)}"
        item.account = Account(self.kind, self.nodeid, "compare", item.nodeid, command)
        item.add_marker(pytest.mark.llm_smoke)
        if self.config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group(self.nodeid))
        return item

    def compared(self, comparison: Comparison, _folders: pytest.TempPathFactory) -> tuple[Hit, ...] | Unjudged:
        """What the target does otherwise than at the revision."""
        if not self.spec:
            return Unjudged(
                "what a fixture returns cannot be had at another revision",
                "--llm-smoke-target=my_pkg.train:make_trainer --llm-smoke-compare=REV",
            )
        return comparison.of_target(self.spec, self.smoke)

    @property
    def kind(self) -> Kind:
        """Where the target comes from."""
        return "target" if self.spec else "fixture"

    @property
    def _asks(self) -> Callable[..., None]:
        """A function whose parameters are the fixtures that building the target needs."""
        return _named if self.spec else _given

    def explain(self, subject: Subject, account: Account) -> None:
        """Note one batch of the target in segments, once; or why its step could not be read."""
        if self._explained:
            return
        self._explained = True
        targets = subject.recording("targets")
        if isinstance(targets, Targets):
            account.batch = [[(one.kind, one.text, one.tokens) for one in row] for row in batch_of(targets)]
        else:
            account.unexplained = str(targets)

    def subject(self, values: dict[str, Any]) -> Subject:
        """The target, built at its first use."""
        folders: pytest.TempPathFactory = values["tmp_path_factory"]

        def out() -> Path:
            return folders.mktemp("llm_smoke")

        if self.spec:
            return self.smoke.named(self.spec, out)
        return self.smoke.given(self.nodeid, values[FIXTURE], out)


def _named(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Asks for the fixtures that a target by name needs."""


def _given(tmp_path_factory: pytest.TempPathFactory, llm_smoke_target: object) -> None:
    """Asks for the fixtures that a target by fixture needs."""


class LawItem(pytest.Function):
    """A law tried on a target. Its setup builds and records, so that a target that stops is an error, not a failure."""

    parent: Target
    run: Run
    account: Account

    def setup(self) -> None:
        """Build the target and record what the law needs."""
        smoke, root = self.parent.smoke, self.config.rootpath
        start = time.process_time()
        recorded: Run | Unjudged | BuildError
        self._leave_out(self.iter_markers("llm_smoke_skip"))
        with undisturbed(), offline(root):
            super().setup()
        try:
            with self.parent.world.open(root, smoke.seed):
                subject = self.parent.subject(self.funcargs)
                self._leave_out(_marks(subject.found))
                recorded = subject.record(self.account.law)
                self.account.replaced = list(subject.replaced)
                if self.config.getoption("--llm-smoke-explain"):
                    self.parent.explain(subject, self.account)
        except BuildError as problem:
            recorded = problem
        finally:
            self.account.seconds = time.process_time() - start
        if isinstance(recorded, BuildError):
            self._stop(str(recorded))
        if isinstance(recorded, Unjudged):
            self.account.reason, self.account.enable = recorded.reason, recorded.enable
            pytest.skip(f"{self.account.id}: {recorded}")
        self.run = recorded

    def _stop(self, problem: str) -> NoReturn:
        """Tell why the target stopped, once: the first law that asked is an error, the others are skipped."""
        account = self.account
        account.reason, account.stopped = problem, True
        first = self.parent.stopped.setdefault(problem, account.id)
        if first != account.id:
            pytest.skip(f"{account.id}: not tried, the target stopped: see {first}")
        pytest.fail(f"ERROR {account.id}   {problem}\n  rerun : {account.rerun}", pytrace=False)

    def runtest(self) -> None:
        """Judge what was recorded."""
        start = time.process_time()
        verdict = judged(self.account.law, self.run)
        self.account.seconds += time.process_time() - start
        self.account.note(verdict.errors, "error")
        self.account.note(verdict.warnings, "warning")
        if verdict.warnings:
            text = failure(self.account.id, verdict.warnings, self.account.rerun, word="WARN")
            self.add_report_section("call", "llm-smoke", text)
            self.user_properties.append((WARNED, text))
        if verdict.errors:
            pytest.fail(failure(self.account.id, verdict.errors, self.account.rerun), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that the item stands."""
        return self.config.rootpath, None, self.nodeid

    def _leave_out(self, marks: Iterator[pytest.Mark]) -> None:
        law = self.account.law
        for mark in marks:
            if law in mark.args or mark.kwargs.get("law") == law or not (mark.args or "law" in mark.kwargs):
                self.account.reason = str(mark.kwargs.get("reason", "marked llm_smoke_skip"))
                pytest.skip(f"{self.account.id}: {self.account.reason}")


class CompareItem(pytest.Function):
    """A target beside itself at another revision: what differs is a warning."""

    parent: Target
    account: Account

    def runtest(self) -> None:
        """Run both sides."""
        start = time.process_time()
        folders: pytest.TempPathFactory = self.funcargs["tmp_path_factory"]  # type: ignore[assignment]  # untyped
        try:
            found = self.parent.compared(self.config.stash[COMPARISON], folders)
        except ReadError as problem:
            found = Unjudged(str(problem))
        self.account.seconds = time.process_time() - start
        if isinstance(found, Unjudged):
            self.account.reason, self.account.enable = found.reason, found.enable
            pytest.skip(f"{self.account.id}: {found}")
        self.account.note(found, "warning")
        if found:
            text = failure(self.account.id, found, self.account.rerun, word="WARN")
            self.add_report_section("call", "llm-smoke", text)
            self.user_properties.append((WARNED, text))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that the item stands."""
        return self.config.rootpath, None, self.nodeid


def _marks(found: object) -> Iterator[pytest.Mark]:
    """The skips that a factory was marked with."""
    for one in found if isinstance(found, tuple) else (found,):
        marks = getattr(one, "pytestmark", ())
        for mark in marks if isinstance(marks, list | tuple) else (marks,):
            plain = getattr(mark, "mark", mark)
            if isinstance(plain, pytest.Mark) and plain.name == "llm_smoke_skip":
                yield plain
