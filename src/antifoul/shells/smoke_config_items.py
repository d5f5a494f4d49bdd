"""The config files as test items of `--llm-smoke`: one item a rule, without torch."""

import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antifoul.gate.smoke import failure
from antifoul.gate.smoke_configs import ASPECTS, ConfigJudge
from antifoul.shells.smoke_telling import Account


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
            item.account = Account(
                "config", self.name, name, item.nodeid, f"pytest --llm-smoke {shlex.quote(item.nodeid)}"
            )
            item.add_marker(pytest.mark.llm_smoke)
            yield item


class ConfigItem(pytest.Item):
    """One rule on one config file."""

    parent: ConfigFile
    check: Callable[[ConfigJudge], Any]
    account: Account

    def runtest(self) -> None:
        """Judge the file."""
        start = time.process_time()
        outcome = self.check(self.parent.judge)
        self.account.seconds = time.process_time() - start
        if isinstance(outcome, str):
            self.account.reason = outcome
            pytest.skip(f"{self.account.id}: {outcome}")
        if outcome:
            self.account.note(outcome, "error")
            pytest.fail(failure(self.account.id, outcome, self.account.rerun), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says that the item stands."""
        return self.path, None, self.nodeid
