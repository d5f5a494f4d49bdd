"""The test items of `--llm-smoke`: one a law for a target, one a rule for a config file."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.run import Run, Unjudged
from antifoul.gate.smoke import BuildError, Smoke, Subject, failure, judged
from antifoul.gate.smoke_configs import ASPECTS, ConfigJudge
from antifoul.shells.smoke_fixtures import FIXTURE
from antifoul.smoke.world import offline, restored

WARNED = "llm_smoke_warning"


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
    spec: str  # MODULE:NAME; "": what the fixture returns

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
        target.smoke, target.laws, target.spec = smoke, laws, spec
        return target

    def collect(self) -> Iterator[pytest.Item]:
        """One item a law."""
        for law in self.laws:
            item: LawItem = LawItem.from_parent(self, name=law, callobj=_named if self.spec else _given)
            item.add_marker(pytest.mark.llm_smoke)
            if self.config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(self.nodeid))
            yield item

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

    def setup(self) -> None:
        """Build the target and record what the law needs."""
        smoke, root = self.parent.smoke, self.config.rootpath
        self._leave_out(self.iter_markers("llm_smoke_skip"))
        with offline(root):
            super().setup()
        try:
            with restored(root, smoke.seed):
                subject = self.parent.subject(self.funcargs)
                self._leave_out(_marks(subject.found))
                recorded = subject.record(self.name)
        except BuildError as problem:
            pytest.fail(f"ERROR {self.nodeid}   {problem}\n  rerun : {self.rerun}", pytrace=False)
        if isinstance(recorded, Unjudged):
            pytest.skip(f"{self.nodeid}: {recorded}")
        self.run = recorded

    def runtest(self) -> None:
        """Judge what was recorded."""
        verdict = judged(self.name, self.run)
        if verdict.warnings:
            text = failure(self.nodeid, verdict.warnings, self.rerun, word="WARN")
            self.add_report_section("call", "llm-smoke", text)
            self.user_properties.append((WARNED, text))
        if verdict.errors:
            pytest.fail(failure(self.nodeid, verdict.errors, self.rerun), pytrace=False)

    @property
    def rerun(self) -> str:
        """The command that tries this law on this target again."""
        return f"pytest --llm-smoke {shlex.quote(self.nodeid)} --llm-smoke-seed={self.parent.smoke.seed}"

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that the item stands."""
        return self.config.rootpath, None, self.nodeid

    def _leave_out(self, marks: Iterator[pytest.Mark]) -> None:
        for mark in marks:
            if self.name in mark.args or mark.kwargs.get("law") == self.name or not (mark.args or mark.kwargs):
                pytest.skip(f"{self.nodeid}: {mark.kwargs.get('reason', 'marked llm_smoke_skip')}")


def _marks(found: object) -> Iterator[pytest.Mark]:
    """The skips that a factory was marked with."""
    for one in found if isinstance(found, tuple) else (found,):
        marks = getattr(one, "pytestmark", ())
        for mark in marks if isinstance(marks, list | tuple) else (marks,):
            plain = getattr(mark, "mark", mark)
            if isinstance(plain, pytest.Mark) and plain.name == "llm_smoke_skip":
                yield plain


class ConfigFile(pytest.Collector):
    """One config file: does it parse, are its keys set once, do its base files exist."""

    judge: ConfigJudge

    @classmethod
    def of(cls, session: pytest.Session, path: str, root: Path) -> "ConfigFile":
        """The collector of a config file."""
        file: ConfigFile = cls.from_parent(session, name=path, nodeid=path, path=root / path)
        file.judge = ConfigJudge(root, path)
        return file

    def collect(self) -> Iterator[pytest.Item]:
        """One item a rule."""
        for name, check in ASPECTS.items():
            item: ConfigItem = ConfigItem.from_parent(self, name=name)
            item.check = check
            item.add_marker(pytest.mark.llm_smoke)
            yield item


class ConfigItem(pytest.Item):
    """One rule on one config file."""

    parent: ConfigFile
    check: Callable[[ConfigJudge], Any]

    def runtest(self) -> None:
        """Judge the file."""
        outcome = self.check(self.parent.judge)
        if isinstance(outcome, str):
            pytest.skip(f"{self.nodeid}: {outcome}")
        if outcome:
            rerun = f"pytest --llm-smoke {shlex.quote(self.nodeid)}"
            pytest.fail(failure(self.nodeid, outcome, rerun), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that the item stands."""
        return self.path, None, self.nodeid
