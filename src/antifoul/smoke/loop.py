"""A plain training loop: a namespace, dict or object with a model, an optimizer and a step."""

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.smoke.batches import rows_of, take
from antifoul.smoke.building import BuildError, guarded
from antifoul.smoke.examples import preference_of
from antifoul.smoke.quiet import held_still
from antifoul.smoke.recorder import Steps
from antifoul.smoke.watch import Call, watched

_PLURAL = ("batches", "micro_batches", "microbatches", "micros", "chunks")
_KEEPERS = {"Optimizer", "LRScheduler", "_LRScheduler", "GradScaler"}
_REINFORCEMENT = ("rollout", "reward_fn", "advantages", "policy_loss", "group_size", "completion_mask")
_PREFERENCE = ("ref_model", "logps", "beta", "loss_type")
_OBSERVED = 8  # rows of the step whose targets are read
_POOL = 24  # rows among which alike ones are looked for
_NO_STEP = Unjudged("no train_step", "train_step = lambda batches: ...  # one optimizer step over micro-batches")
_NO_ROWS = Unjudged("no rows", "next_batch = lambda n: ...  # a batch of n rows (or dataloader, or examples + collate)")


class Loop:
    """A program by its parts. Every drive puts weights, buffers and the optimizer's state back."""

    samples = False
    kind = ""  # no Trainer

    def __init__(self, found: Any) -> None:  # noqa: ANN401  whatever the user gave
        self._found = found
        self._stream: Iterator[Any] | None = None
        self._at = 0  # the next example
        self._observed: list[Call] | Unjudged | None = None
        self._encodes: bool | None = None  # whether collate wants encoded examples; None until it was tried
        self._listed: bool | None = None  # whether train_step takes a list; None until it was tried

    def get(self, name: str) -> Any:  # noqa: ANN401  whatever the user gave
        """A part by its name, None if it is not given."""
        return self._found.get(name) if isinstance(self._found, Mapping) else getattr(self._found, name, None)

    @property
    def model(self) -> Any:  # noqa: ANN401  a torch module
        """The model that is trained."""
        return self.get("model")

    @property
    def optimizers(self) -> list[Any]:
        """The optimizers that were given."""
        given = self.get("optimizer") or self.get("optimizers") or []
        many = list(given.values()) if isinstance(given, Mapping) else given
        return list(many) if isinstance(many, list | tuple) else [many]

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401  the user's tokenizer or None
        """The tokenizer, if it was given."""
        return next((one for name in ("tokenizer", "processing_class", "processor") if (one := self.get(name))), None)

    @property
    def train_on(self) -> str:
        """What is meant to be trained, as the program declares it; "" where it does not."""
        return str(self.get("train_on") or "")

    def examples(self) -> list[Any]:
        """The first of the user's examples; none where there are none."""
        given = self.get("examples")
        return list(islice(iter(given), _POOL)) if given is not None else []

    @property
    def task(self) -> str:
        """What is trained, told by the parts that were given: "sft", "preference", "reinforcement" or "reward"."""
        if any(self.get(name) is not None for name in _REINFORCEMENT):
            return "reinforcement"
        if any(self.get(name) is not None for name in _PREFERENCE):
            return "preference"
        return "reward" if any(preference_of(one) for one in self.examples()) else "sft"

    def observed(self) -> list[Call] | Unjudged:
        """The calls that one training step makes of the model and of its reference; made once."""
        if self._observed is None:
            self._observed = self._watched()
        return self._observed

    def _watched(self) -> list[Call] | Unjudged:
        if not self._can_step():
            return _NO_STEP
        if not self._has_rows() and not self._feeds_itself():
            return _NO_ROWS
        reference = self.get("ref_model")
        models = {"policy": self.model, **({"reference": reference} if reference is not None else {})}
        given = () if self._feeds_itself() else (self.told_batch(_OBSERVED),)
        with held_still(self.model, set()), self.untouched(), watched(models) as calls:
            self.zero()
            guarded(partial(self.one, *given), "train_step stopped")
        return calls

    def _can_step(self) -> bool:
        return self.get("train_step") is not None or self.get("compute_loss") is not None

    def _feeds_itself(self) -> bool:
        step = self.get("train_step")
        return step is not None and not _required(step)

    def told_batch(self, rows: int) -> Any:  # noqa: ANN401  a batch of any kind
        """A batch of the first examples where there are any with a collate, the next batch otherwise."""
        kept = self.examples()
        if kept and self.get("collate") is not None:
            return self.collated(kept[:rows])
        return self.batch(rows)

    def collated(self, examples: list[Any]) -> Any:  # noqa: ANN401  a batch of any kind
        """A batch of these examples, encoded first where the program's collate wants them so."""
        collate, encode = self.get("collate"), self.get("encode")
        if encode is None or self._encodes is False:
            return guarded(lambda: collate(examples), "collate stopped")
        if self._encodes is None:
            try:
                batch = collate([encode(one) for one in examples])
            except Exception:  # noqa: BLE001  a guest's function: it may encode by itself
                self._encodes = False
                return self.collated(examples)
            self._encodes = True
            return batch
        return guarded(lambda: collate([encode(one) for one in examples]), "collate stopped")

    def loss(self, batch: Any) -> Any:  # noqa: ANN401  a batch; a torch tensor or None
        """The program's own loss of a batch, with its graph; None where there is no function that gives it."""
        compute = self.get("compute_loss")
        if compute is None:
            return None
        positional = [one for one in signature_of(compute) if one.kind is not one.KEYWORD_ONLY]
        takes_model = len(positional) != 1 or positional[0].kind is positional[0].VAR_POSITIONAL
        result = compute(self.model, batch) if takes_model else compute(batch)
        return tensor_of(result)

    def train(self, steps: int, recorder: Steps) -> tuple[int, list[float]] | Unjudged:
        """Take so many training steps as the user wrote them: how many were taken, and their losses."""
        step = self.get("train_step") or self._own_step
        if not self._can_step():
            return _NO_STEP
        if not self._has_rows() and _required(step):
            return _NO_ROWS
        losses: list[float] = []
        with self.untouched(), recorder:
            for call in range(steps):
                given = (self.batch(4),) if _required(step) else ()
                loss = loss_of(guarded(partial(self.one, *given), f"train_step stopped at step {call + 1}"))
                losses += [] if loss is None else [loss]
        return steps, losses

    def _has_rows(self) -> bool:
        given = [self.get(name) is not None for name in ("next_batch", "dataloader", "batch")]
        return any(given) or (self.get("examples") is not None and self.get("collate") is not None)

    def one(self, *given: Any) -> Any:  # noqa: ANN401  a batch; what train_step gives
        """One step on one batch, in the form that train_step takes: a list of micro-batches, or the batch itself."""
        step = self.get("train_step")
        if step is None:
            return self._own_step(given[0])
        if not given:
            return step()
        if self._listed is None:
            self._listed = self._told_by_name(given[0])
        if self._listed is not None:
            return step([given[0]] if self._listed else given[0])
        try:
            result = step(given[0])
        except (TypeError, AttributeError, KeyError, IndexError, ValueError) as problem:
            self.zero()
            try:
                result = step([given[0]])
            except Exception:  # noqa: BLE001  a guest's code: the first problem is the one to tell
                raise problem from None
            self._listed = True
            return result
        self._listed = False
        return result

    def _own_step(self, batch: Any) -> Any:  # noqa: ANN401  a batch; its loss
        """A plain step, where the program has a loss and no step."""
        self.zero()
        loss = self.loss(batch)
        loss.backward()
        for one in self.optimizers:
            one.step()
        return loss.detach()

    def _told_by_name(self, batch: Any) -> bool | None:  # noqa: ANN401  a batch of any kind
        step = self.get("train_step")
        first = next(iter(inspect.signature(step).parameters.values()), None)
        if first is None:
            return None
        if first.kind is first.VAR_POSITIONAL:
            return False
        if first.name in _PLURAL:
            return True
        annotation = str(first.annotation).lower()
        return (
            True if annotation.startswith(("list[", "typing.list[", "sequence[")) and isinstance(batch, dict) else None
        )

    def step(self, micros: list[Any]) -> Any:  # noqa: ANN401  what train_step gives
        """One step over a list of micro-batches."""
        step = self.get("train_step")
        first = next(iter(inspect.signature(step).parameters.values()), None)
        spread = first is not None and first.kind is first.VAR_POSITIONAL
        return step(*micros) if spread else step(micros)

    def zero(self) -> None:
        """Drop all gradients."""
        for parameter in self.model.parameters():
            parameter.grad = None

    def batch(self, rows: int) -> Any:  # noqa: ANN401  a batch of any kind
        """The next batch, of so many rows where the program lets us say so."""
        if (next_batch := self.get("next_batch")) is not None:
            return guarded(lambda: next_batch(rows) if _required(next_batch) else next_batch(), "next_batch stopped")
        if (examples := self.get("examples")) is not None and self.get("collate") is not None:
            kept = list(islice(iter(examples), _POOL))
            start, self._at = self._at, self._at + rows
            return self.collated([kept[(start + n) % len(kept)] for n in range(rows)])
        if (loader := self.get("dataloader")) is not None:
            return guarded(lambda: self._from(loader), "the dataloader stopped")
        return self.get("batch")

    def _from(self, loader: Any) -> Any:  # noqa: ANN401  a data loader; a batch
        if self._stream is None:
            self._stream = iter(loader)
        batch = next(self._stream, None)
        if batch is None:
            self._stream = iter(loader)
            batch = next(self._stream, None)
        if batch is None:
            raise BuildError("the dataloader is empty")
        return batch

    def pool(self) -> Any:  # noqa: ANN401  a batch of any kind
        """One batch from which rows can be picked, or why there is none."""
        if self.get("train_step") is None:
            return _NO_STEP
        if not self._has_rows():
            return _NO_ROWS
        batch = self.batch(_POOL)
        count = rows_of(batch)
        if count is None:
            return Unjudged("the batch cannot be cut into rows (packed, or parts of different lengths)")
        return take(batch, range(min(count, _POOL)))

    def _keepers(self) -> list[Any]:
        """What keeps state between steps beside the model, given or only used by the step: optimizers, schedules."""
        step = self.get("train_step")
        plain = getattr(step, "__func__", step)
        cells = [cell.cell_contents for cell in getattr(plain, "__closure__", None) or () if _is_filled(cell)]
        used = [plain.__globals__.get(name) for name in plain.__code__.co_names] if hasattr(plain, "__code__") else []
        owned = list(getattr(getattr(step, "__self__", None), "__dict__", {}).values())
        found = [*self.optimizers, self.get("scheduler"), self.get("scaler"), *cells, *used, *owned]
        return list(
            {id(one): one for one in found if _KEEPERS & {kind.__name__ for kind in type(one).__mro__}}.values()
        )

    @contextmanager
    def untouched(self, *, gradients: bool = True) -> Iterator[None]:
        """While open, the program may train; afterwards weights, buffers, modes and optimizer are as before.

        So are gradients, unless they are to stay as the program left them.
        """
        model = self.model
        weights = {name: (one, one.detach().clone()) for name, one in _tensors(model)}
        modes = [(module, module.training) for module in model.modules()]
        kept = gradients_of(model) if gradients else []
        states = [(one, copy.deepcopy(one.state_dict())) for one in self._keepers()]
        try:
            yield
        finally:
            import torch

            with torch.no_grad():
                for tensor, value in weights.values():
                    tensor.copy_(value)
            for module, mode in modes:
                module.training = mode
            for keeper, state in states:
                keeper.load_state_dict(state)
            for parameter, gradient in kept:
                parameter.grad = gradient


def gradients_of(model: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  a torch module
    """The parameters with copies of their gradients: one left on a frozen parameter may move it."""
    return [(one, None if one.grad is None else one.grad.detach().clone()) for one in model.parameters()]


def _tensors(model: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  a torch module
    yield from model.named_parameters()
    yield from model.named_buffers()


def _is_filled(cell: Any) -> bool:  # noqa: ANN401  a closure's cell
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def signature_of(call: Callable[..., Any]) -> list[inspect.Parameter]:
    """The function's parameters; none where it does not tell."""
    try:
        return list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):
        return []


def _required(call: Callable[..., Any]) -> bool:
    """The function wants to be given something."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(one.default is one.empty and one.kind is not one.VAR_KEYWORD for one in parameters)


def tensor_of(result: Any) -> Any:  # noqa: ANN401  what a loss function gives; a torch tensor or None
    """The loss in what a function gives: the tensor itself, under its name, as an attribute or first in a tuple."""
    if isinstance(result, Mapping):
        return next((result[name] for name in ("loss", "total_loss") if name in result), None)
    if getattr(result, "loss", None) is not None:
        return result.loss
    if isinstance(result, list | tuple):
        return result[0] if result else None
    return result if hasattr(result, "backward") else None


def loss_of(result: Any) -> float | None:  # noqa: ANN401  what a step gives
    """The loss in what a step gives: under its name, as an attribute, first in a tuple, or the thing itself."""
    if isinstance(result, Mapping):
        result = next((result[name] for name in ("loss", "train_loss") if name in result), None)
    elif getattr(result, "loss", None) is not None:
        result = result.loss
    elif isinstance(result, list | tuple):
        result = result[0] if result else None
    try:
        return float(result.detach().double().mean()) if hasattr(result, "detach") else float(result)
    except (TypeError, ValueError):
        return None
