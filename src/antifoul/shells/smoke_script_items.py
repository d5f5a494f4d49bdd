"""A script left as it is, as a target of `--llm-smoke`: its laws are items, its process runs once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.finding import Hit
from antifoul.facts.run import Unjudged
from antifoul.facts.smoke import Kind
from antifoul.gate.smoke import Smoke, Subject
from antifoul.gate.smoke_compare import Comparison
from antifoul.gate.smoke_scripts import Script, task_of
from antifoul.readers.smoke_settings import ScriptSettings
from antifoul.shells.smoke_items import Target
from antifoul.smoke.script.task import Task


class ScriptTarget(Target):
    """One script."""

    script: ScriptSettings
    _subject: Script | None = None

    @classmethod
    def of_script(
        cls, session: pytest.Session, script: ScriptSettings, smoke: Smoke, laws: tuple[str, ...]
    ) -> "ScriptTarget":
        """The collector of a script."""
        target = cls.of(session, script.name or script.command, smoke, laws)
        assert isinstance(target, ScriptTarget)  # noqa: S101  what `of` makes is of its own class
        target.script = script
        return target

    @property
    def kind(self) -> Kind:
        """A script."""
        return "script"

    @property
    def _asks(self) -> Callable[..., None]:
        return _script

    def subject(self, values: dict[str, Any]) -> Subject:
        """The script, whose process runs when the first law asks."""
        if self._subject is None:
            folders: pytest.TempPathFactory = values["tmp_path_factory"]
            self._subject = Script(task_of(self.laws, self._task(folders.mktemp("llm_smoke"))))
        return self._subject

    def compared(self, comparison: Comparison, folders: pytest.TempPathFactory) -> tuple[Hit, ...] | Unjudged:
        """What the script does otherwise than at the revision."""
        return comparison.of_script(self._task(folders.mktemp("llm_smoke")))

    def _task(self, out: Path) -> Task:
        root, script = self.config.rootpath, self.script
        return Task(
            command=script.command,
            root=str(root),
            folder=script.folder,
            out=str(out),
            needs=("targets",) if self.config.getoption("--llm-smoke-explain") else (),
            seed=self.smoke.seed,
            budget=self.smoke.limit,
            config=script.config,
            overrides=script.overrides,
            declared=self.smoke.declared,
        )


def _script(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Asks for the fixture that a script needs."""
