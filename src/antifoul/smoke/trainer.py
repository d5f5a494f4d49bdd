"""A transformers Trainer, or one made from it, driven through its own `train()`.

The instance is borrowed: a few of its arguments are changed for the drive (steps, batch size, no saving, no
trackers), and they, the weights and the optimizer are put back afterwards. So whatever a subclass overrides is what
is judged.
"""

import contextlib
import copy
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Schedule
from antifoul.smoke.batches import signature
from antifoul.smoke.building import guarded
from antifoul.smoke.kept import gradients_of
from antifoul.smoke.known import kind_of
from antifoul.smoke.prints import batch_print
from antifoul.smoke.quiet import held_still, replaced
from antifoul.smoke.recorder import Steps
from antifoul.smoke.results import loss_of
from antifoul.smoke.watch import Call, watched

_LONGEST = 5000  # steps of a schedule that are looked at
_OBSERVED = 8  # rows of the step whose targets are read
_POOL = 24  # rows among which alike ones are looked for
_SHOWMEN = ("ProgressCallback", "PrinterCallback", "NotebookProgressCallback", "EarlyStoppingCallback")
# What a smoke drive does not do: save, evaluate, upload, report, fork.
_ARGUMENTS: Mapping[str, Any] = {
    "save_strategy": "no",
    "eval_strategy": "no",
    "evaluation_strategy": "no",
    "logging_strategy": "no",
    "load_best_model_at_end": False,
    "eval_on_start": False,
    "push_to_hub": False,
    "auto_find_batch_size": False,
    "dataloader_num_workers": 0,
    "dataloader_prefetch_factor": None,
    "dataloader_persistent_workers": False,
    "dataloader_pin_memory": False,
    "resume_from_checkpoint": None,
}
OVERRIDES: Mapping[str, Any] = {"report_to": [], "use_cpu": True, "disable_tqdm": True}


class HfTrainer:
    """A Trainer to drive. `rebuild(**overrides)` makes a fresh one, where the target is a factory that takes them."""

    def __init__(
        self,
        trainer: Any,  # noqa: ANN401  the user's
        rebuild: Callable[..., Any] | None = None,
        *,
        takes_seed: bool = False,
    ) -> None:
        self.trainer = trainer
        self.rebuild = rebuild
        self.config_given: tuple[str, Any] = ("", None)  # the factory's own configuration: parameter and default
        self.takes_seed = takes_seed
        self.kind = type(trainer).__name__
        known = kind_of(trainer)
        self.task = known.task if known else "sft"
        self.samples = bool(known and known.samples)
        self._observed: list[Call] | Unjudged | None = None
        self._signatures: list[tuple[Any, ...]] | None = None
        self.raw: list[Any] = []  # rows before the Trainer prepared them, where they were seen
        self.out = Path(trainer.args.output_dir)
        self._fresh: dict[tuple[int, int], HfTrainer] = {}

    @property
    def model(self) -> Any:  # noqa: ANN401  a torch module
        """The model that is trained."""
        return self.trainer.model

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401  the user's tokenizer or None
        """The tokenizer that the Trainer was given."""
        return getattr(self.trainer, "processing_class", None) or getattr(self.trainer, "tokenizer", None)

    @property
    def train_on(self) -> str:
        """What the Trainer's own configuration says is trained; "" where it has no such field."""
        args = self.trainer.args
        if getattr(args, "assistant_only_loss", False):
            return "assistant"
        meant = getattr(args, "completion_only_loss", None)
        return "" if meant is None else "completion" if meant else "all"

    def examples(self) -> list[Any]:
        """The first rows of the data set as the user gave them, as far as they are known."""
        return self.raw or self._rows(_POOL)

    def _rows(self, count: int) -> list[Any]:
        dataset = self.trainer.train_dataset
        if dataset is None:
            return []
        return list(islice(iter(dataset), count))

    def observed(self) -> list[Call] | Unjudged:
        """The calls that one training step makes of the model and of its reference; made once."""
        if self._observed is None:
            self._observed = self._watched()
        return self._observed

    def _watched(self) -> list[Call] | Unjudged:
        if refused := self.refused():
            return refused
        reference = getattr(self.trainer, "ref_model", None)
        models = {"policy": self.model, **({"reference": reference} if reference is not None else {})}
        with (
            held_still(self.model, set()),
            self.borrowed(max_steps=1, **self._cut(_OBSERVED, 1)),
            watched(models) as calls,
        ):
            self.resize()
            guarded(self.trainer.train, "train() stopped")
        return calls

    def refused(self) -> Unjudged | None:
        """Why this Trainer cannot be driven here, if it cannot."""
        if self.trainer.train_dataset is None:
            return Unjudged("the Trainer has no train_dataset", "Trainer(..., train_dataset=a few rows)")
        if not any(one.requires_grad for one in self.model.parameters()):
            return Unjudged("no parameter of the model is trainable")
        if getattr(self.trainer, "is_deepspeed_enabled", False) or getattr(self.trainer, "is_fsdp_enabled", False):
            return Unjudged("DeepSpeed and FSDP keep gradients to themselves", "make_trainer without them on one CPU")
        return None

    def made_optimizers(self) -> list[Any] | Unjudged:
        """The optimizer, before any step."""
        if refused := self.refused():
            return refused
        with self.borrowed():
            guarded(self.trainer.create_optimizer, "create_optimizer stopped")
            made = self.trainer.optimizer
        return [made] if hasattr(made, "param_groups") else []

    def drive(self, steps: int, micro: int, rows: int = 2) -> list[Any]:
        """So many optimizer steps, each over so many micro-batches."""
        losses: list[float] = []
        with (
            self.borrowed(max_steps=steps, **self._cut(rows, micro)),
            self.heard(losses, []),
        ):
            self.resize()
            guarded(self.trainer.train, "train() stopped")
        return list(losses)

    def repeat(self, steps: int) -> list[float]:
        """The losses of steps on the first rows of the data set."""
        losses: list[float] = []
        with (
            self.borrowed(max_steps=steps, per_device_train_batch_size=4, gradient_accumulation_steps=1),
            replaced(self.trainer, "train_dataset", self._subset(list(range(min(4, self._length()))))),
            self.heard(losses, []),
        ):
            self.resize()
            guarded(self.trainer.train, "train() stopped")
        return losses

    def scheduled(self) -> Schedule | Unjudged:
        """The learning rates of the whole run, as the Trainer's own scheduler makes them."""
        trainer = self.trainer
        with self.borrowed():
            total = self._steps()
            guarded(lambda: trainer.create_optimizer_and_scheduler(num_training_steps=total), "no scheduler is made")
            scheduler, group = trainer.lr_scheduler, trainer.optimizer.param_groups[0]
            found = [float(group["lr"])]
            with warnings.catch_warnings(), contextlib.suppress(Exception):
                warnings.simplefilter("ignore")
                for _ in range(min(total, _LONGEST) - 1):
                    scheduler.step()
                    found.append(float(group["lr"]))
        whole = tuple(found) if len(found) == total else ()
        return Schedule((), (), (), type(scheduler).__name__, 1, (), whole)

    def _steps(self) -> int:
        args = self.trainer.args
        if args.max_steps > 0:
            return int(args.max_steps)
        per = max(args.train_batch_size * args.gradient_accumulation_steps, 1)
        return max(int(-(-self._length() // per) * args.num_train_epochs), 1)

    def fresh(self, **overrides: Any) -> "HfTrainer | None":  # noqa: ANN401  fields of the training arguments
        """Another one of the same kind, where the target is a factory."""
        return HfTrainer(self.rebuild(**overrides)) if self.rebuild is not None else None

    def savers(self) -> Unjudged | None:
        """Why nothing can be saved and loaded, if so."""
        return None if hasattr(self.trainer, "_load_from_checkpoint") else Unjudged("the Trainer cannot load")

    def save(self, folder: str) -> None:
        """Save as the Trainer does."""
        self.trainer.save_model(folder)

    def load(self, folder: str) -> Any:  # noqa: ANN401  a torch module
        """The model, loaded in place."""
        self.trainer._load_from_checkpoint(folder)  # noqa: SLF001  what train(resume_from_checkpoint=...) calls
        return self.trainer.model

    def moved_once(self) -> None:
        """One step was taken, whose weights stay: called while `kept` is open."""
        if self.refused() is None and not self.samples:
            guarded(self.trainer.train, "train() stopped")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While open, the Trainer may train a step, save and load; afterwards it is as before."""
        with self.borrowed(max_steps=1, per_device_train_batch_size=2, gradient_accumulation_steps=1):
            self.resize()
            yield

    def train(self, steps: int, recorder: Steps) -> tuple[int, list[float]] | Unjudged:
        """Take so many training steps as the user wrote them: how many were taken, and their losses."""
        if refused := self.refused():
            return refused
        losses: list[float] = []
        with self.borrowed(max_steps=steps), self.heard(losses, []), recorder:
            guarded(self.trainer.train, "train() stopped")
        return len(losses), losses

    def accumulate(self, rows: list[Any], micro_batches: int, recorder: Steps) -> tuple[list[float], list[Any]]:
        """One optimizer step over these rows in so many micro-batches: the losses, and the shapes that were seen."""
        losses: list[float] = []
        seen: list[Any] = []
        size = len(rows) // micro_batches
        with (
            self.borrowed(max_steps=1, per_device_train_batch_size=size, gradient_accumulation_steps=micro_batches),
            replaced(self.trainer, "train_dataset", self._subset(rows)),
            replaced(self.trainer, "neftune_noise_alpha", None),
            self.heard(losses, seen),
            recorder,
        ):
            self.resize()
            guarded(self.trainer.train, "train() stopped")
        return losses, seen

    def alike(self) -> list[int]:
        """The rows of the largest group that agree in length, padding and number of targets once collated."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for row, one in enumerate(self.signatures()):
            groups.setdefault(one, []).append(row)
        return max(groups.values(), key=len)

    def signatures(self) -> list[tuple[Any, ...]]:
        """What each of the first rows is once collated by itself: length, padding, number of targets."""
        if self._signatures is None:
            self._signatures = self._signed()
        return self._signatures

    def _signed(self) -> list[tuple[Any, ...]]:
        found = []
        for row in range(min(_POOL, self._length())):
            with (
                self.borrowed(per_device_train_batch_size=1, gradient_accumulation_steps=1),
                replaced(self.trainer, "train_dataset", self._subset([row])),
            ):
                self.resize()
                batch = guarded(lambda: next(iter(self.trainer.get_train_dataloader())), "the dataloader stopped")
                found.append(signature(batch))
        return found

    def sized(self, size: int, micro_batches: int) -> "HfTrainer":
        """A Trainer with this batch size and accumulation: a fresh one where the target is a factory that can.

        A fresh one starts from the weights of this one, so that the two can be compared.
        """
        if self.rebuild is None:
            return self
        key = (size, micro_batches)
        if key not in self._fresh:
            names = {"per_device_train_batch_size": size, "gradient_accumulation_steps": micro_batches}
            made = self.rebuild(**names)
            same = all(getattr(made.args, name, None) == value for name, value in names.items())
            if not (same and _copied(self.trainer.model, made.model)):
                self.rebuild = None  # it keeps sizes of its own, or other weights
                return self
            self._fresh[key] = HfTrainer(made)
        return self._fresh[key]

    def _cut(self, rows: int, micro: int) -> dict[str, int]:
        """The arguments that make so many rows and micro-batches a step; none where rows are sampled in groups."""
        if self.samples:
            return {}
        return {"per_device_train_batch_size": rows, "gradient_accumulation_steps": micro}

    def resize(self) -> None:
        """Take the arguments' batch size over: the Trainer does so once, when it is made."""
        if hasattr(self.trainer, "_train_batch_size"):
            self.trainer._train_batch_size = self.trainer.args.train_batch_size  # noqa: SLF001  set once, in __init__

    def _length(self) -> int:
        dataset = self.trainer.train_dataset
        return len(dataset) if hasattr(dataset, "__len__") else _POOL

    def _subset(self, rows: list[int]) -> Any:  # noqa: ANN401  a data set of the same kind
        dataset = self.trainer.train_dataset
        if hasattr(dataset, "select"):
            return dataset.select(rows)
        if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):  # streams may have the first alone
            return [dataset[row] for row in rows]
        first = list(islice(iter(dataset), max(rows) + 1))
        return [first[row % len(first)] for row in rows]

    @contextmanager
    def heard(self, losses: list[float], seen: list[Any], *, prints: bool = False) -> Iterator[None]:
        """While open, the loss of every training step is noted: logs leave out what is not finite.

        So is the shape of its inputs, or a print of them.
        """
        step = self.trainer.training_step

        def listen(model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as the Trainer's own
            seen.append(batch_print(inputs) if prints else signature(inputs))
            result = step(model, inputs, *args, **kwargs)
            loss = loss_of(result)
            losses.extend([] if loss is None else [loss])
            return result

        with replaced(self.trainer, "training_step", listen):
            yield

    @contextmanager
    def borrowed(self, **arguments: Any) -> Iterator[None]:  # noqa: ANN401  fields of the training arguments
        """While open, the Trainer may train, with these arguments; afterwards it is as before."""
        trainer = self.trainer
        args = trainer.args
        wanted = {**_ARGUMENTS, "output_dir": str(self.out), "logging_dir": str(self.out), **arguments}
        kept = {name: getattr(trainer, name) for name in ("state", "control", "is_in_train", "model_wrapped")}
        optimizer = trainer.optimizer
        state = copy.deepcopy(optimizer.state_dict()) if optimizer is not None else None
        scheduler, made = trainer.lr_scheduler, getattr(trainer, "_created_lr_scheduler", False)
        rate = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None
        weights = [(one, one.detach().clone()) for one in (*trainer.model.parameters(), *trainer.model.buffers())]
        gradients = gradients_of(trainer.model)
        modes = [(module, module.training) for module in trainer.model.modules()]
        callbacks = trainer.callback_handler.callbacks
        with ExitStack() as stack:
            for name, value in wanted.items():
                if hasattr(args, name):
                    stack.enter_context(replaced(args, name, _as(getattr(args, name), value)))
            stack.enter_context(replaced(trainer, "state", copy.deepcopy(trainer.state)))
            stack.enter_context(replaced(trainer, "control", copy.deepcopy(trainer.control)))
            stack.enter_context(replaced(trainer.callback_handler, "callbacks", [c for c in callbacks if _stays(c)]))
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            try:
                yield
            finally:
                _put_back(weights, modes)
                for parameter, gradient in gradients:
                    parameter.grad = gradient
                for name, value in kept.items():
                    setattr(trainer, name, value)
                trainer.optimizer, trainer.lr_scheduler = optimizer, scheduler
                trainer._created_lr_scheduler = made  # noqa: SLF001  else the next train() keeps a used schedule
                if optimizer is not None and state is not None:
                    optimizer.load_state_dict(state)
                if scheduler is not None and rate is not None:
                    scheduler.load_state_dict(rate)
        self.resize()


def _as(old: Any, new: Any) -> Any:  # noqa: ANN401  a field of the training arguments
    """The new value in the type of the old one where that is an enum: strategies are."""
    return type(old)(new) if isinstance(new, str) and hasattr(type(old), "__members__") else new


def _stays(callback: Any) -> bool:  # noqa: ANN401  a callback of the Trainer
    """A callback that is part of training: trackers, progress bars and early stopping are not."""
    kind = type(callback)
    return not kind.__module__.startswith("transformers.integrations") and kind.__name__ not in _SHOWMEN


def _copied(source: Any, target: Any) -> bool:  # noqa: ANN401  torch modules
    """The target has taken over the source's weights; False, and nothing done, where they do not correspond."""
    import torch

    mine = dict((*source.named_parameters(), *source.named_buffers()))
    theirs = dict((*target.named_parameters(), *target.named_buffers()))
    if mine.keys() != theirs.keys() or any(mine[name].shape != theirs[name].shape for name in mine):
        return False
    with torch.no_grad():
        for name, value in mine.items():
            theirs[name].copy_(value)
    return True


def _put_back(weights: list[tuple[Any, Any]], modes: list[tuple[Any, bool]]) -> None:
    import torch

    with torch.no_grad():
        for tensor, value in weights:
            tensor.copy_(value)
    for module, mode in modes:
        module.training = mode
