"""A plain training loop: a namespace, dict or object with a model, an optimizer and a step."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Moment
from antifoul.smoke.batches import rows_of, take
from antifoul.smoke.building import BuildError, guarded
from antifoul.smoke.examples import fields, preference_of, text_of
from antifoul.smoke.kept import keepers_of, untouched
from antifoul.smoke.moments import moments
from antifoul.smoke.quiet import held_still
from antifoul.smoke.recorder import Steps
from antifoul.smoke.results import loss_of, named, tensor_of
from antifoul.smoke.watch import Call, watched

_PLURAL = ("batches", "micro_batches", "microbatches", "micros", "chunks")
_REINFORCEMENT = ("rollout", "reward_fn", "advantages", "policy_loss", "group_size", "completion_mask")
_PREFERENCE = ("ref_model", "logps", "beta", "loss_type")
_FUNCTIONS = ("train_step", "next_batch", "evaluate", "save", "load", "save_rotating", "compute_loss", "rollout")
_OBSERVED = 8  # rows of the step whose targets are read
_POOL = 24  # rows among which alike ones are looked for
_NO_STEP = Unjudged("no train_step", "train_step = lambda batches: ...  # one optimizer step over micro-batches")
_NO_ROWS = Unjudged("no rows", "next_batch = lambda n: ...  # a batch of n rows (or dataloader, or examples + collate)")


class Loop:
    """A program by its parts. Every drive puts weights, buffers and the optimizer's state back."""

    samples = False
    kind = ""  # no Trainer

    def __init__(
        self,
        found: Any,  # noqa: ANN401  whatever the user gave
        rebuild: Callable[..., Any] | None = None,
        *,
        takes_seed: bool = False,
    ) -> None:
        self.config_given: tuple[str, Any] = ("", None)  # the factory's own configuration: parameter and default
        self.takes_seed = takes_seed  # the factory has a parameter of this name
        self._found = found
        self.rebuild = rebuild  # makes a fresh one, with overrides, where the target is a factory
        self._stream: Iterator[Any] | None = None
        self._at = 0  # the next example
        self._observed: list[Call] | Unjudged | None = None
        self._many: bool | None = None  # whether train_step takes several micro-batches; None until it was tried
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
        if refused := self.refused():
            return refused
        reference = self.get("ref_model")
        models = {"policy": self.model, **({"reference": reference} if reference is not None else {})}
        given = () if self.feeds_itself() else (self.told_batch(_OBSERVED),)
        with held_still(self.model, set()), self.untouched(), watched(models) as calls:
            self.zero()
            guarded(partial(self.one, *given), "train_step stopped")
        return calls

    def _can_step(self) -> bool:
        return self.get("train_step") is not None or self.get("compute_loss") is not None

    def feeds_itself(self) -> bool:
        """train_step takes no batch: it has its own."""
        step = self.get("train_step")
        return step is not None and not _required(step)

    def told_batch(self, rows: int) -> Any:  # noqa: ANN401  a batch of any kind
        """A batch of the first examples where there are any with a collate, the next batch otherwise."""
        kept = self.examples()
        if self.get("rollout") is not None and self.prompts():
            return self._rolled(rows)
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
        return tensor_of(self.computed(batch)) if self.get("compute_loss") is not None else None

    def computed(self, batch: Any) -> Any:  # noqa: ANN401  a batch; what compute_loss gives
        """What compute_loss gives, called with the model unless it takes the batch alone."""
        compute = self.get("compute_loss")
        positional = [one for one in signature_of(compute) if one.kind is not one.KEYWORD_ONLY]
        takes_model = len(positional) != 1 or positional[0].kind is positional[0].VAR_POSITIONAL
        if self._spreads(compute, batch, before=1):
            return compute(self.model, *batch)
        if self._spreads(compute, batch) and not _model_first(positional):
            return compute(*batch)
        if self._names(compute, batch):
            return compute(**batch)
        return compute(self.model, batch) if takes_model else compute(batch)

    def made_optimizers(self) -> list[Any]:
        """The optimizers, before any step."""
        return self.optimizers

    def fresh(self, **overrides: Any) -> "Loop | None":  # noqa: ANN401  what the factory takes
        """Another one of the same kind, where the target is a factory."""
        return Loop(self.rebuild(**overrides)) if self.rebuild is not None else None

    def refused(self) -> Unjudged | None:
        """Why no step can be taken, if none can."""
        if not self._can_step():
            return _NO_STEP
        if not self.has_rows() and not self.feeds_itself():
            return _NO_ROWS
        if not any(one.requires_grad for one in self.model.parameters()):
            return Unjudged("no parameter of the model is trainable")
        return None

    def drive(self, steps: int, micro: int, rows: int = 4) -> list[Any]:
        """So many optimizer steps, each over so many micro-batches where train_step takes a list: what they gave."""
        found = []
        for number in range(steps):
            if self.feeds_itself():
                given: Callable[[], Any] = self.get("train_step")
            elif micro > 1 and self.takes_list():
                given = partial(self.step, [self.batch(rows) for _ in range(micro)])
            else:
                given = partial(self.one, self.batch(rows))
            found.append(guarded(given, f"train_step stopped at step {number + 1}"))
        return found

    def repeat(self, steps: int) -> list[float]:
        """The losses of steps on one and the same batch."""
        found = []
        with self.untouched():
            given = () if self.feeds_itself() else (self.batch(4),)
            for number in range(steps):
                loss = loss_of(guarded(partial(self.one, *given), f"train_step stopped at step {number + 1}"))
                found += [] if loss is None else [loss]
        return found

    def keepers(self) -> list[Any]:
        """Optimizers, schedules and scalers, given or only used by the step."""
        given = [*self.optimizers, self.get("scheduler"), self.get("scaler")]
        return keepers_of(self._functions(), given)

    def savers(self) -> Unjudged | None:
        """Why nothing can be saved and loaded, if so."""
        missing = [name for name in ("save", "load") if self.get(name) is None]
        if not missing:
            return None
        return Unjudged(f"no {' and no '.join(missing)}", f"{missing[0]} = lambda dir: ...")

    def save(self, folder: str) -> None:
        """Save as the program does."""
        self.get("save")(folder)

    def load(self, folder: str) -> Any:  # noqa: ANN401  a torch module
        """The model as the program loads it: its own one, or what load gives."""
        given = self.get("load")(folder)
        for one in (given, named(given, "model"), *(given if isinstance(given, list | tuple) else ())):
            if hasattr(one, "named_parameters"):
                return one
        return self.model

    def moved_once(self) -> None:
        """One step was taken, where the program can take one."""
        if self.refused() is None:
            self.drive(1, 1, 2)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """As `untouched`."""
        with self.untouched():
            yield

    def next_rows(self) -> Any:  # noqa: ANN401  a batch of any kind
        """The next batch; None where train_step has its own."""
        return None if self.feeds_itself() else self.batch(4)

    def moments(self, count: int, batches: list[Any] | None) -> tuple[Moment, ...]:
        """So many steps over these batches, or over the next ones."""
        given = batches if batches is not None else [self.next_rows() for _ in range(count)]
        return moments(lambda: self.model, lambda batch: self.one(*([] if batch is None else [batch])), given)

    def wants(self, call: Callable[..., Any]) -> bool:
        """The function has to be given something."""
        return _required(call)

    def takes_list(self) -> bool:
        """train_step takes a list of micro-batches: told by its signature, or tried."""
        if self.get("train_step") is None or self.feeds_itself():
            return False
        if self._many is None:
            batch = self.batch(2)
            known = self._told_by_name(batch)
            self._many = known is True or self._tried([batch, batch])
        return self._many

    def _tried(self, micros: list[Any]) -> bool:
        steps = Steps(lambda: self.model, vectors=True)
        try:
            with self.untouched(), steps:
                self.step(micros)
        except Exception:  # noqa: BLE001  a guest's step: whatever it raises says that it takes no list
            return False
        return set(steps.stepped.values()) == {1}

    def train(self, steps: int, recorder: Steps) -> tuple[int, list[float]] | Unjudged:
        """Take so many training steps as the user wrote them: how many were taken, and their losses."""
        step = self.get("train_step") or self._own_step
        if not self._can_step():
            return _NO_STEP
        if not self.has_rows() and _required(step):
            return _NO_ROWS
        losses: list[float] = []
        with self.untouched(), recorder:
            for call in range(steps):
                given = (self.batch(4),) if _required(step) else ()
                loss = loss_of(guarded(partial(self.one, *given), f"train_step stopped at step {call + 1}"))
                losses += [] if loss is None else [loss]
        return steps, losses

    def has_rows(self) -> bool:
        """The program gives batches."""
        given = [self.get(name) is not None for name in ("next_batch", "dataloader", "batch")]
        made = self.get("examples") is not None and self.get("collate") is not None
        return any(given) or made or (self.get("rollout") is not None and bool(self.prompts()))

    def prompts(self) -> list[str]:
        """The prompts of the examples, or those that were given."""
        given = self.get("prompts")
        found = list(islice(iter(given), _POOL)) if given is not None else self.examples()
        return [text for one in found if (text := one if isinstance(one, str) else text_of(fields(one).get("prompt")))]

    def _rolled(self, rows: int) -> Any:  # noqa: ANN401  a batch of any kind
        """A sampled batch, or the prompts of one where the step samples by itself."""
        prompts = self.prompts()
        size = self.get("group_size")
        wanted = prompts[: max(rows // size, 2) if isinstance(size, int) and size > 0 else rows]
        first = next(iter(signature_of(self.get("train_step"))), None) if self.get("train_step") else None
        if first is not None and "prompt" in first.name:
            return wanted
        rollout = self.get("rollout")
        return guarded(lambda: rollout(wanted), "rollout stopped")

    def one(self, *given: Any) -> Any:  # noqa: ANN401  a batch; what train_step gives
        """One step on one batch, in the form that train_step takes: a list of micro-batches, or the batch itself."""
        step = self.get("train_step")
        if step is None or not given:
            return step() if step is not None else self._own_step(given[0])
        if self._spreads(step, given[0]) or self._names(step, given[0]):
            return step(**given[0]) if isinstance(given[0], dict) else step(*given[0])
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

    @staticmethod
    def _spreads(call: Callable[..., Any], batch: Any, *, before: int = 0) -> bool:  # noqa: ANN401  a batch
        """The function takes the parts of a batch one by one, as train_step(x, y) does, after so many others."""
        if not isinstance(batch, list | tuple) or len(batch) < 2 or isinstance(batch[0], dict | list | tuple):
            return False
        plain = [one for one in signature_of(call) if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
        return len([one for one in plain if one.default is one.empty]) == len(batch) + before

    @staticmethod
    def _names(call: Callable[..., Any], batch: Any) -> bool:  # noqa: ANN401  a batch
        """The function takes the parts of a batch by their names, as train_step(input_ids, labels) does."""
        if not isinstance(batch, dict):
            return False
        needed = [one.name for one in signature_of(call) if one.default is one.empty]
        return len(needed) > 1 and set(needed) <= set(batch) and len(needed) == len(batch)

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
        if self.get("rollout") is not None and self.prompts():
            return self._rolled(rows)
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
        if not self.has_rows():
            return _NO_ROWS
        batch = self.batch(_POOL)
        count = rows_of(batch)
        if count is None:
            return Unjudged("the batch cannot be cut into rows (packed, or parts of different lengths)")
        return take(batch, range(min(count, _POOL)))

    def _functions(self) -> list[Any]:
        return [one for name in _FUNCTIONS if (one := self.get(name)) is not None]

    @contextmanager
    def untouched(self, *, gradients: bool = True) -> Iterator[None]:
        """While open, the program may train; afterwards weights, modes, optimizer and memory are as before.

        So are gradients, unless they are to stay as the program left them.
        """
        functions = self._functions()
        models = [one for name in ("model", "ref_model") if hasattr(one := self.get(name), "parameters")]
        owners = [self._found, *functions, self.get("scheduler"), self.get("dataloader")]
        with untouched(models, self.keepers(), [one for one in owners if one is not None], gradients=gradients):
            at, stream = self._at, self._stream
            try:
                yield
            finally:
                self._at, self._stream = at, stream


def signature_of(call: Callable[..., Any]) -> list[inspect.Parameter]:
    """The function's parameters; none where it does not tell."""
    try:
        return list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):
        return []


def _model_first(parameters: list[inspect.Parameter]) -> bool:
    """By their names, they are a model and a batch, not the two parts of a batch."""
    names = [one.name.lower() for one in parameters]
    models = ("model", "net", "policy", "module", "m")
    return names[0] in models or names[0].endswith("model") or "batch" in names[-1] or names[-1] == "inputs"


def _required(call: Callable[..., Any]) -> bool:
    """The function wants to be given something."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(one.default is one.empty and one.kind is not one.VAR_KEYWORD for one in parameters)
