"""Try targets: build each once, record what a law asks for, judge it, say what was found."""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.facts.finding import Hit
from antifoul.facts.run import Run, Unjudged
from antifoul.readers.smoke_settings import BUDGET
from antifoul.rules.registry import entry_of, index, load
from antifoul.smoke.adapters import HfTrainer, Program, program_of
from antifoul.smoke.budget import Budget, Seconds, Spent
from antifoul.smoke.building import BuildError, config_of, imported, is_factory, made, names_seed, renamed, takes, told
from antifoul.smoke.raw import raw_rows
from antifoul.smoke.trainer import OVERRIDES
from antifoul.smoke.world import set_seed

STOPPED = "the trial stopped:"
_RESIZED = ("per_device_train_batch_size", "gradient_accumulation_steps")

__all__ = ["BuildError", "Smoke", "Subject", "failure", "laws", "laws_named"]


def laws() -> tuple[str, ...]:
    """Every law, in order of name."""
    return tuple(entry.name for entry in index() if entry.cost == "run")


def laws_named(text: str) -> tuple[str, ...]:
    """The laws of a comma-separated list, all where it is empty.

    Raises:
        UsageError: no law has that name.
    """
    known = laws()
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise UsageError(f"there is no law {name!r}: {hint}")
    return tuple(name for name in known if name in names) if names else known


def needs_of(law: str) -> Mapping[str, bool]:
    """The recordings that a law is judged by, and whether it cannot do without."""
    parameters = inspect.signature(load(entry_of(law)).judge).parameters
    return {name: one.default is one.empty for name, one in parameters.items()}


class Verdict(NamedTuple):
    """What a law says of a target."""

    errors: tuple[Hit, ...]
    warnings: tuple[Hit, ...]


class Subject:
    """A target that was built, and what was recorded of it so far."""

    def __init__(
        self,
        name: str,
        found: Any,  # noqa: ANN401  whatever the user gave
        program: Program | None,
        *,
        seed: int,
        budget: Budget,
    ) -> None:
        self.name = name
        self.found = found
        self._program = program
        self._seed = seed
        self._budget = budget
        self._recordings: dict[str, object] = {}

    @property
    def replaced(self) -> tuple[str, ...]:
        """What the target asked for and got a stand-in of."""
        return ()

    @property
    def program(self) -> Program:
        """The target as something that can be driven."""
        if self._program is None:
            raise BuildError(f"{self.name} runs in a process of its own")
        return self._program

    def record(self, law: str) -> Run | Unjudged:
        """What the law needs to know of the target, or why it cannot be had.

        A law's parameters name its recordings; one with a default can be missing, but not all of them.

        Raises:
            BuildError: the target's own code stopped.
        """
        found: dict[str, object] = {}
        missing: Unjudged | None = None
        for need, needed in needs_of(law).items():
            kept = self.recording(need)
            if not isinstance(kept, Unjudged):
                found[need] = kept
            elif needed:
                return kept
            else:
                missing = missing or kept
        return Run(self.name, found) if found or missing is None else missing

    def recording(self, name: str) -> object:
        """One recording by its name, made at its first use; an `Unjudged` says why there is none.

        Raises:
            BuildError: the target's own code stopped.
        """
        if name not in self._recordings:
            self._recordings[name] = self._recorded(name)
        kept = self._recordings[name]
        if isinstance(kept, BuildError):
            raise kept
        return kept

    def _recorded(self, name: str) -> object:
        if self._budget.is_spent:
            return _unpaid(self._budget)
        probe = import_module(f"antifoul.smoke.probes.{name}")
        set_seed(self._seed)
        try:
            with self._budget.running(name, built=bool(getattr(self.program, "optimizers", ()))):
                return probe.record(self.program, self._seed)
        except BuildError as problem:
            return problem
        except Spent:
            return _unpaid(self._budget)
        except Exception as problem:  # noqa: BLE001  a guest's code met in an unforeseen way: told, never a pass
            return Unjudged(f"{STOPPED} {told(problem)}")


def _unpaid(budget: Budget) -> Unjudged:
    return Unjudged(f"not run: {budget}", f"--llm-smoke-budget={2 * budget.total:.0f}")


class Smoke:
    """One session of trying: every target is built once."""

    def __init__(
        self,
        seed: int,
        budget: Seconds = BUDGET,
        *,
        names: Mapping[str, str] | None = None,
        declared: Mapping[str, Any] | None = None,
    ) -> None:
        self.seed = seed
        self.limit = budget
        self.names = names or {}
        self.declared = declared or {}
        self._subjects: dict[object, Subject | BuildError] = {}

    def named(self, spec: str, out: Callable[[], Path]) -> Subject:
        """The subject that MODULE:NAME stands for.

        Raises:
            BuildError: it cannot be built.
        """
        return self._once(spec, lambda: self._built(spec, imported(spec), out()))

    def given(self, name: str, found: object, out: Callable[[], Path]) -> Subject:
        """The subject that an object is, or makes.

        Raises:
            BuildError: it cannot be built.
        """
        key = (name, id(found))  # the subject keeps the object, so that its id is not given to another
        return self._once(key, lambda: self._built(name, found, out()))

    def _once(self, key: object, build: Callable[[], Subject]) -> Subject:
        if key not in self._subjects:
            try:
                self._subjects[key] = build()
            except BuildError as problem:
                self._subjects[key] = problem
        kept = self._subjects[key]
        if isinstance(kept, BuildError):
            raise kept
        return kept

    def _built(self, name: str, found: Any, out: Path) -> Subject:  # noqa: ANN401  whatever the user gave
        if not is_factory(found):
            return self.subject(name, found, program_of(self._seen(found)))
        build = partial(self._made, found, out)
        set_seed(self.seed)
        with raw_rows() as rows:
            first = build()
        rebuild = build if takes(found, _RESIZED) or not hasattr(first, "args") else None
        program = program_of(first, rebuild, takes_seed=names_seed(found))
        if isinstance(program, HfTrainer):
            program.raw = rows
        if rebuild is not None:
            program.config_given = config_of(found)
        return self.subject(name, (found, first), program)

    def subject(self, name: str, kept: object, program: Program) -> Subject:
        """A program as something that laws can be asked about, with a budget of its own."""
        return Subject(name, kept, program, seed=self.seed, budget=Budget(self.limit, process_time))

    def _seen(self, found: Any) -> Any:  # noqa: ANN401  whatever the user gave
        return renamed(found, self.names, self.declared)

    def _made(self, factory: Callable[..., Any], out: Path, **overrides: Any) -> Any:  # noqa: ANN401  the user's
        return self._seen(made(factory, out, self.seed, {**OVERRIDES, **overrides}))


def judged(law: str, run: Run) -> Verdict:
    """What the law says of the recordings."""
    rule = load(entry_of(law))
    hits = tuple(rule.judge(**run.recordings))
    errors = tuple(hit for hit in hits if (hit.severity or rule.entry.severity) == "error")
    return Verdict(errors, tuple(hit for hit in hits if hit not in errors))


def failure(place: str, hits: tuple[Hit, ...], rerun: str, word: str = "FAIL") -> str:
    """A block a hit: where, then evidence, likely cause, fix and rerun, one below the other."""
    return "\n".join(_block(place, hit.message, rerun, word) for hit in hits)


def _block(place: str, message: str, rerun: str, word: str) -> str:
    title, *lines = message.split("\n")
    rows = [line.partition(": ")[::2] for line in [*lines, f"rerun: {rerun}"]]
    width = max(len(label) for label, _ in rows)
    return "\n".join([f"{word} {place}   {title}", *(f"  {label:<{width}} : {text}" for label, text in rows)])
