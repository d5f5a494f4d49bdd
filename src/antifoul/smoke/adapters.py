"""What kind of program a target is, told by duck type and class names: no framework is imported for it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from antifoul.facts.run import Unjudged
from antifoul.smoke.building import BuildError
from antifoul.smoke.lightning import module_in, parts_of
from antifoul.smoke.loop import Loop
from antifoul.smoke.recorder import Steps
from antifoul.smoke.trainer import HfTrainer
from antifoul.smoke.watch import Call

__all__ = ["HfTrainer", "Loop", "Program", "program_of"]


class Program(Protocol):
    """A training program that probes can drive. Every drive leaves weights and optimizer as they were."""

    samples: bool
    rebuild: Callable[..., Any] | None  # makes a fresh one, with overrides, where the target is a factory
    config_given: tuple[str, Any]  # the factory's own configuration: the parameter and its default
    takes_seed: bool  # the factory has a parameter of this name
    kind: str  # the class of the Trainer, "" for a plain loop

    @property
    def task(self) -> str:
        """What is trained: "sft", "preference", "reinforcement" or "reward"."""

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401  the user's tokenizer or None
        """The tokenizer, if it is known."""

    @property
    def train_on(self) -> str:
        """What the program declares to train: "completion", "assistant", "all"; "" where it does not."""

    def examples(self) -> list[Any]:
        """The first of the user's examples, as they were given."""

    def observed(self) -> list[Call] | Unjudged:
        """The calls that one training step makes of the model and of its reference."""

    def fresh(self, **overrides: Any) -> "Program | None":  # noqa: ANN401  what the factory takes
        """Another one of the same kind, where the target is a factory."""

    def refused(self) -> Unjudged | None:
        """Why no step can be taken, if none can."""

    def drive(self, steps: int, micro: int, rows: int = 4) -> list[Any]:
        """So many optimizer steps, each over so many micro-batches where the program lets us: what they gave."""

    def repeat(self, steps: int) -> list[float]:
        """The losses of steps on one and the same batch."""

    def savers(self) -> Unjudged | None:
        """Why nothing can be saved and loaded, if so."""

    def save(self, folder: str) -> None:
        """Save as the program does."""

    def load(self, folder: str) -> Any:  # noqa: ANN401  a torch module
        """The model as the program loads it."""

    def moved_once(self) -> None:
        """One step was taken, where the program can take one; called while `kept` is open."""

    def kept(self) -> AbstractContextManager[None]:
        """While open, the program may change; afterwards it is as before."""

    def made_optimizers(self) -> list[Any] | Unjudged:
        """The optimizers, before any step."""

    @property
    def model(self) -> Any:  # noqa: ANN401  a torch module
        """The model that is trained."""

    def train(self, steps: int, recorder: Steps) -> tuple[int, list[float]] | Unjudged:
        """Take so many training steps as the user wrote them: how many were taken, and their losses."""


def program_of(
    found: Any,  # noqa: ANN401  whatever the user gave
    rebuild: Callable[..., Any] | None = None,
    *,
    takes_seed: bool = False,
) -> "Loop | HfTrainer":
    """The program that an object is. `rebuild(**overrides)` makes a fresh one, where the target is a factory.

    Raises:
        BuildError: it is none that is known.
    """
    if hasattr(found, "args") and hasattr(found, "get_train_dataloader") and hasattr(found, "train"):
        return HfTrainer(found, rebuild, takes_seed=takes_seed)
    if module_in(found) is not None:
        anew = (lambda **overrides: parts_of(rebuild(**overrides))) if rebuild is not None else None
        return Loop(parts_of(found), anew, takes_seed=takes_seed)
    if not hasattr(_get(found, "model"), "named_parameters"):
        raise BuildError(
            f"a {type(found).__name__} is no target: return a transformers Trainer, or an object or dict with "
            "model, optimizer and train_step"
        )
    return Loop(found, rebuild, takes_seed=takes_seed)


def _get(found: Any, name: str) -> Any:  # noqa: ANN401  whatever the user has there
    return found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
