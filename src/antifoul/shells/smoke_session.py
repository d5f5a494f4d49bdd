"""What `--llm-smoke` adds to a pytest session: which items there are, and what the summary says of them."""

import re
from collections.abc import Generator

import pytest

from antifoul.facts.errors import ReadError, UsageError
from antifoul.gate.smoke import Smoke, laws, laws_named
from antifoul.gate.smoke_compare import Comparison
from antifoul.gate.smoke_configs import config_files, is_config_named
from antifoul.readers.smoke_settings import ScriptSettings, settings_at
from antifoul.shells.smoke_config_items import ConfigFile
from antifoul.shells.smoke_fixtures import FIXTURE, collected, load_conftests, waiting
from antifoul.shells.smoke_items import COMPARISON, Place, Target
from antifoul.shells.smoke_script_items import ScriptTarget
from antifoul.smoke.building import checked_spec, is_spec

_GROUP = re.compile(r"(?<=::[a-z-])([a-z-]*)@.*$")


class SmokeSession:
    """The plugin that is registered under the switch."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        try:
            settings = settings_at(config.rootpath)
            self._laws = laws_named(config.getoption("--llm-smoke-laws") or ",".join(settings.laws))
            named = [checked_spec(one) for one in (*settings.targets, *config.getoption("--llm-smoke-target"))]
        except UsageError as problem:
            raise pytest.UsageError(str(problem)) from None
        seed = config.getoption("--llm-smoke-seed")
        budget = config.getoption("--llm-smoke-budget")
        self.smoke = Smoke(
            settings.seed if seed is None else seed,
            settings.budget if budget is None else budget,
            names=settings.names,
            declared=settings.declared,
        )
        self._targets = list(dict.fromkeys(named))
        self._comparison = _comparison(config)
        if self._comparison is not None:
            config.stash[COMPARISON] = self._comparison
        self._scripts = [*settings.scripts, *map(ScriptSettings, config.getoption("--llm-smoke-script"))]
        self._globs = settings.configs
        self._ids: list[str] = []  # smoke items named on the command line; empty: all
        self._nothing = False

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Take the smoke items out of the command line's paths; without any path, collect nothing else."""
        config = session.config
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = []
        else:
            named = {arg: self._node_id(arg) for arg in config.args}
            self._ids = [one for one in named.values() if one]
            config.args = [arg for arg, one in named.items() if not one]
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the smoke items, counted and reported as collected ones are."""
        added = [item for node in self._nodes(session) for item in session.genitems(node)]
        wanted = [item for item in added if not self._ids or any(_under(item.nodeid, one) for one in self._ids)]
        found = {one for one in self._ids if any(_under(item.nodeid, one) for item in added)}
        if missing := [one for one in self._ids if one not in found]:
            raise pytest.UsageError(f"no smoke item is named {missing[0]!r}; --collect-only lists them")
        self._nothing = not added
        items.extend(wanted)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What to write where there was nothing to try."""
        if self._nothing:
            terminalreporter.write_line(
                "llm-smoke: nothing to try: name a target (--llm-smoke-target=my_pkg.train:make_trainer, or `targets` "
                f"in [tool.antifoul.smoke]), or return one from a fixture {FIXTURE} in conftest.py"
            )

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: object) -> object:
        """Under xdist's usual distribution, the laws of a target go to one worker: it is built once."""
        if config.getoption("dist", "no") != "load":
            return None
        from antifoul.shells.smoke_workers import scheduler  # noqa: PLC0415  only with xdist

        return scheduler(config, log)

    def pytest_unconfigure(self) -> None:
        """Remove what a comparison laid out."""
        if self._comparison is not None:
            self._comparison.close()

    def _nodes(self, session: pytest.Session) -> Generator[pytest.Collector, None, None]:
        specs = [*self._targets, *(one.partition("::")[0] for one in self._ids)]
        for spec in dict.fromkeys(one for one in specs if is_spec(one)):
            yield Target.of(session, spec, self.smoke, self._laws, spec=spec)
        for script in self._scripts:
            yield ScriptTarget.of_script(session, script, self.smoke, self._laws)
        for node in collected(session):
            folder = getattr(node, "nodeid", "")
            yield Target.of(node, f"{folder}/{FIXTURE}" if folder not in {"", "."} else FIXTURE, self.smoke, self._laws)
        folders = tuple(waiting(session))
        for name in dict.fromkeys(folder.partition("/")[0] for folder in folders):
            yield Place.of(session, name, self.smoke, self._laws, folders=folders)
        for path in config_files(self._config.rootpath, self._globs):
            yield ConfigFile.of(session, path, self._config.rootpath)

    def _node_id(self, arg: str) -> str:
        """The id of a smoke item that an argument names; "" for any other path."""
        arg = _GROUP.sub("", arg)
        name = arg.partition("::")[0]
        if (self._config.invocation_params.dir / name).is_dir():
            return ""
        if is_spec(name):
            return arg
        if named := re.fullmatch(rf"(?:(.+)/)?{FIXTURE}", name):
            folder = self._config.rootpath / (named[1] or "")
            if folder.is_dir():
                load_conftests(self._config, folder)
            return arg
        for folder in (self._config.invocation_params.dir, self._config.rootpath):
            path = (folder / name).resolve()
            if path.is_relative_to(self._config.rootpath):
                inside = path.relative_to(self._config.rootpath).as_posix()
                if is_config_named(inside) and path.is_file():
                    return arg.replace(name, inside, 1)
        return self._script_id(arg)

    def _script_id(self, arg: str) -> str:
        """The id of a script or of its law; a script that the settings do not name is added with its law."""
        names = {one.name or one.command for one in self._scripts}
        command, _, law = arg.rpartition("::")
        if arg in names:
            return arg
        if law not in (*laws(), "compare") or not command:
            return ""
        if command not in names:
            self._scripts.append(ScriptSettings(command))
        return arg


def _under(node_id: str, asked: str) -> bool:
    return node_id == asked or node_id.startswith(f"{asked}::")


def _comparison(config: pytest.Config) -> Comparison | None:
    revision = config.getoption("--llm-smoke-compare")
    if not revision:
        return None
    try:
        return Comparison(config.rootpath, revision)
    except (UsageError, ReadError) as problem:
        raise pytest.UsageError(f"--llm-smoke-compare={revision}: {problem}") from None
