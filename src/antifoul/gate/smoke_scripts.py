"""Try scripts left as they are: what a process records, and the subject that it stands for here."""

import os
import sys
from pathlib import Path
from typing import Any

from antifoul.facts.run import Run, Unjudged
from antifoul.gate.smoke import Smoke, Subject, needs_of
from antifoul.smoke.adapters import Program, program_of
from antifoul.smoke.budget import Budget
from antifoul.smoke.building import BuildError, renamed
from antifoul.smoke.comparing import strangers
from antifoul.smoke.script.child import Child, watch_time
from antifoul.smoke.script.loop import ScriptLoop
from antifoul.smoke.script.parent import tried
from antifoul.smoke.script.probes import OWN
from antifoul.smoke.script.scene import found
from antifoul.smoke.script.stage import Ended, Stage
from antifoul.smoke.script.task import Answer, Task, read, write

_OF_WORDS = frozenset({"labels"})


class Script(Subject):
    """A script, run once, at the first law that is asked for: all are recorded then."""

    def __init__(self, task: Task) -> None:
        super().__init__(task.command, None, None, seed=task.seed, budget=Budget(task.budget, float))
        self._task = task
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer:
        """What its process answered."""
        if self._answer is None:
            self._answer = tried(self._task)
        return self._answer

    @property
    def replaced(self) -> tuple[str, ...]:
        """What the script asked for and got a stand-in of."""
        return self.answer.replaced

    def record(self, law: str) -> Run | Unjudged:
        """What the law needs to know of the script; what is said in tokens needs the script's own tokenizer."""
        untold = self.answer.untold
        if law in _OF_WORDS and untold:
            return Unjudged(
                f"the tokenizer {untold!r} is not in the local cache",
                f'hf download {untold} --include "*token*" "*.json" "*.jinja"',
            )
        recorded = super().record(law)
        if isinstance(recorded, Unjudged) and recorded.enable.partition("=")[2].strip() and "--" not in recorded.enable:
            return Unjudged(recorded.reason)  # a part to be given: a script gives none
        return recorded

    def _recorded(self, name: str) -> object:
        if self.answer.stopped:
            return BuildError(self.answer.stopped)
        if self.answer.skipped:
            return Unjudged(self.answer.skipped)
        kept = self.answer.recordings.get(name, Unjudged("it was not recorded"))
        return BuildError(kept) if isinstance(kept, str) else kept


def task_of(laws: tuple[str, ...], task: Task) -> Task:
    """The task with the recordings that these laws need."""
    needs = (need for law in laws for need in needs_of(law))
    return task._replace(needs=tuple(dict.fromkeys((*task.needs, *needs))))


def record(folder: Path, seconds: float) -> None:
    """Inside of a script's process: run it, and leave the answer in the folder."""
    watch_time(seconds)
    task: Task = read(folder / "task")
    child = Child(task, on_trainer=_of_trainer, on_stage=_of_stage)
    stopped, skipped = child.run()
    ended = stopped or skipped or f"the script ended after {child.stage.steps} optimizer steps"
    child.stage.end(ended, failed=bool(stopped))
    if not stopped and not skipped:
        steps = child.stage.steps
        skipped = (
            f"the script ended after {steps} optimizer step{'' if steps == 1 else 's'}: laws need more, or a model that"
            " is called as a module"
            if steps
            else "the script ended without a step of a torch optimizer"
        )
    _leave(child, Answer({}, stopped, skipped, child.notes.all))


def _of_trainer(child: Child, trainer: Any) -> None:  # noqa: ANN401  the user's
    task = child.task
    child.stage.closed = True
    _answer(child, Smoke(task.seed, task.budget, names=task.names, declared=task.declared), program_of(trainer))


def _of_stage(child: Child, stage: Stage) -> None:
    task = child.task
    parts = found(stage, child.notes, child.stand_ins.tokenizer, child.placeholders.examples)
    if parts.model is None:
        _leave(child, Answer(skipped="no module holds what the optimizer trains", replaced=child.notes.all))
    program = ScriptLoop(renamed(parts, {}, task.declared), stage)
    _answer(child, Smoke(task.seed, task.budget), program)


def _answer(child: Child, smoke: Smoke, program: Program) -> None:
    subject = smoke.subject(child.task.command, None, program)
    recordings = {name: _one(child, subject, name) for name in child.task.needs}
    elsewhere = strangers(Path(child.task.root))
    _leave(child, Answer(recordings, replaced=child.notes.all, strangers=elsewhere, untold=child.stand_ins.untold))


def _one(child: Child, subject: Subject, name: str) -> object:
    try:
        if isinstance(subject.program, ScriptLoop) and name in OWN:
            return OWN[name](subject.program, child.task.seed)
        return subject.recording(name)
    except BuildError as problem:
        return str(problem)
    except Ended as problem:
        return str(problem) if child.stage.failed else Unjudged(str(problem), "more rows, steps or epochs")
    except Exception as problem:  # noqa: BLE001  a guest's code met in an unforeseen way: told, never a pass
        return Unjudged(f"it could not be recorded ({type(problem).__name__}: {problem})")


def _leave(child: Child, answer: Answer) -> None:
    write(Path(child.task.out) / "answer", answer)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
