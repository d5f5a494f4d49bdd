"""Many targets at once: each is tried by a pytest of its own, here or on Ray, and what came of it is put together."""

import fnmatch
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from antifoul.facts.errors import UsageError
from antifoul.facts.smoke import Found, Kind, LawOutcome, SmokeReport, TargetOutcome

_NOTHING = 5  # pytest's status where no test was found
_REFUSED = 4  # and for an error of use
_TRIES = 3600.0  # seconds that one target may take, whatever it does


class Trial(NamedTuple):
    """One target, or all config files: what pytest is given, and what it needs of a machine."""

    name: str
    root: str
    args: tuple[str, ...]
    needs: Mapping[str, float]  # cpus, gpus, memory_gb, or a resource of the cluster's own


class Answer(Protocol):
    """What a fleet gives back for an item."""

    place: int
    value: Any
    lost: str


Spread = Callable[[Callable[[Trial], str], Sequence[Trial]], Iterable[Any]]


class Wanted(NamedTuple):
    """What the command line asks for."""

    args: tuple[str, ...]  # options of pytest's plugin
    ids: tuple[str, ...]  # targets; empty: all that there are
    resources: Mapping[str, Mapping[str, float]]  # a pattern of names -> needs


def trials(root: Path, wanted: Wanted) -> list[Trial]:
    """What there is to try, told by pytest's own collection.

    Raises:
        UsageError: there is nothing; or pytest is not there, or refuses.
    """
    found = _collected(root, wanted)
    if not found:
        raise UsageError("there is nothing to try").with_remedy(
            "name a target: antifoul smoke my_pkg.train:make_trainer, or `targets` or `script` in [tool.antifoul.smoke]"
        )
    targets = [name for name, is_config in found.items() if not is_config]
    configs = [name for name, is_config in found.items() if is_config]
    made = [Trial(name, str(root), (*wanted.args, name), _needs(name, wanted.resources)) for name in targets]
    if configs:
        made.append(Trial("configs", str(root), (*wanted.args, *configs), {"cpus": 1.0}))
    return made


def _needs(name: str, resources: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    chosen = [needs for pattern, needs in resources.items() if fnmatch.fnmatchcase(name, pattern)]
    return {"cpus": 1.0} | {key: float(value) for needs in chosen for key, value in needs.items()}


def _collected(root: Path, wanted: Wanted) -> dict[str, bool]:
    """The targets by name, in order; true of those that are config files."""
    done = _pytest(root, ["--collect-only", "-q", "--no-header", *wanted.args, *wanted.ids])
    if done.returncode == _NOTHING:
        return {}
    if done.returncode == _REFUSED:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise UsageError((said or done.stderr.splitlines() or ["pytest refuses"])[-1].removeprefix("ERROR: "))
    ids = [line for line in done.stdout.splitlines() if "::" in line]
    names = dict.fromkeys(line.rpartition("::")[0] for line in ids)
    return {name: (root / name).is_file() and not name.endswith(".py") for name in names}


def _pytest(root: Path, args: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "--llm-smoke", "-p", "no:cacheprovider", *args]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False, timeout=_TRIES, env=environ
        )
    except FileNotFoundError:
        raise UsageError(f"there is no folder {root} on this machine") from None
    if "No module named pytest" in done.stderr:
        raise UsageError("trying targets needs pytest").with_remedy("pip install pytest")
    return done


def try_one(trial: Trial) -> str:
    """Try one target, in whatever process this is called: the JSON that came of it.

    Raises:
        RuntimeError: pytest left none.
    """
    with tempfile.TemporaryDirectory(prefix="antifoul-") as folder:
        file = Path(folder) / "out.json"
        done = _pytest(Path(trial.root), [f"--llm-smoke-json={file}", "-q", *trial.args])
        if not file.is_file():
            lines = [line for line in (*done.stdout.splitlines(), *done.stderr.splitlines()) if line.strip()]
            raise RuntimeError(f"pytest ended with status {done.returncode}: {lines[-1] if lines else 'nothing said'}")
        return file.read_text(encoding="utf-8")


def tried(waiting: Sequence[Trial], spread: Spread, seed: int) -> SmokeReport:
    """What came of all of them, in their order; a target whose worker was lost is an error that says so."""
    found: dict[int, tuple[TargetOutcome, ...]] = {}
    for answer in spread(try_one, waiting):
        trial = waiting[answer.place]
        found[answer.place] = (_lost(trial, answer.lost),) if answer.lost else tuple(_read(str(answer.value)))
    return SmokeReport(seed, tuple(target for place in sorted(found) for target in found[place]))


def _read(text: str) -> Iterator[TargetOutcome]:
    for target in json.loads(text)["targets"]:
        laws = tuple(
            LawOutcome(**{**law, "findings": tuple(Found(**one) for one in law["findings"])}) for law in target["laws"]
        )
        yield TargetOutcome(target["name"], target["kind"], tuple(target["replaced"]), laws)


def _lost(trial: Trial, why: str) -> TargetOutcome:
    kind: Kind = "config" if trial.name == "configs" else "target"
    rerun = f"antifoul smoke {trial.args[-1]!r}"
    return TargetOutcome(
        trial.name, kind, (), (LawOutcome(f"{trial.name}::all", "all", "error", (), why, None, rerun, 0.0),)
    )
