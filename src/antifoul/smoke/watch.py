"""Watch a model's calls: the tokens it saw, and the gradient that the loss sends to its logits.

That gradient says what every position is trained to predict, whatever the loops, labels and shifts around it are
called: of a cross entropy it is weight x (probabilities - one-hot of the target), so that the target is the one entry
that weighs as much as all others together.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from antifoul.smoke.batches import is_tensor
from antifoul.smoke.forms import ids_in, mask_in, named_parts, positions_in

HALF = frozenset({"torch.bfloat16", "torch.float16"})
PLACES = ("after", "root", "head")


class Call:
    """One call of a model: its arguments, what it gave, and the gradient that came back."""

    def __init__(self, name: str, model: Any, module: Any, given: tuple[tuple[Any, ...], dict[str, Any]]) -> None:  # noqa: ANN401
        import torch

        args, kwargs = given
        self.name = name
        self.model = model
        self.module = module  # the one that was called: the model, or a part of it
        self.args = args
        self.kwargs = kwargs
        self.training = bool(module.training)
        self.graph = bool(torch.is_grad_enabled())
        self.parts = dict(named_parts(*args, kwargs))
        found = ids_in(self.parts)
        self.ids: Any = self.parts.get(found) if found else None
        mask = mask_in(self.parts, self.ids) if self.ids is not None else None
        self.mask: Any = self.parts.get(mask) if mask else None
        positions = positions_in(self.parts, self.ids) if self.ids is not None else None
        self.positions: Any = self.parts.get(positions) if positions else None
        self.outputs: dict[str, Any] = {}  # "root", "head" -> logits
        self.gradients: dict[str, Any] = {}
        self.silent: set[str] = set()  # places whose gradient is not that of a cross entropy over tokens
        self.coarse = False  # a part of it computed in half precision: by its weights, or under autocast
        self.labels: Any = kwargs.get("labels")  # where the model gives log-probabilities of them, not logits

    @property
    def place(self) -> str | None:
        """Where the gradient came back that tells of targets: the last such place, if it does."""
        heard = [one for one in PLACES if one in self.gradients]
        return next((one for one in heard if one not in self.silent), next(iter(heard), None))

    @property
    def logits(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The logits that the loss used, as far as it told; None where the model gave none."""
        return self.outputs.get(self.place or "root", self.outputs.get("head"))

    @property
    def gradient(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The gradient at the logits; None where none came back."""
        return self.gradients.get(self.place or "root")

    @property
    def spoken(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The gradient at log-probabilities of the labels, where the model gives those and no logits."""
        return self.gradients.get("log_probs") if self.labels is not None else None

    def keep(self, place: str, logits: Any) -> None:  # noqa: ANN401  a torch tensor
        """Note these logits, and listen for their gradient."""
        self.outputs[place] = logits.detach()
        if logits.requires_grad:
            logits.register_hook(lambda gradient: self._hear(place, gradient))

    def _hear(self, place: str, gradient: Any) -> None:  # noqa: ANN401  a torch tensor
        before = self.gradients.get(place)
        self.gradients[place] = gradient.detach().clone() if before is None else before + gradient.detach()


@contextmanager
def watched(models: Mapping[str, Any]) -> Iterator[list[Call]]:
    """While open, the calls of these models are noted, in order.

    A program may call parts of a model instead of the whole: the outermost part that is given token ids is the call,
    and what later parts make of its output are its logits.
    """
    calls: list[Call] = []
    handles: list[Any] = []
    try:
        for name, model in models.items():
            handles += _Ear(name, model, calls).listen()
        yield calls
    finally:
        for handle in handles:
            handle.remove()


class _Ear:
    """Listens to one model."""

    def __init__(self, name: str, model: Any, calls: list[Call]) -> None:  # noqa: ANN401  a torch module
        self._name = name
        self._model = model
        self._calls = calls
        self._open: list[Any] = []  # modules that are being called, the outermost first
        self._last: Call | None = None
        self._head = head_of(model)

    def listen(self) -> Iterator[Any]:
        """The handles of all hooks."""
        for module in self._model.modules():
            yield module.register_forward_pre_hook(self._begin, with_kwargs=True)
            yield module.register_forward_hook(self._end, with_kwargs=True, always_call=True)

    def _begin(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ANN401  torch's own
        self._open.append(module)
        if len(self._open) == 1 and (module is self._model or _has_ids(args, kwargs)):
            self._last = Call(self._name, self._model, module, (args, kwargs))
            self._calls.append(self._last)

    def _end(self, module: Any, _args: Any, _kwargs: Any, output: Any) -> None:  # noqa: ANN401  torch's own
        if module in self._open:
            del self._open[self._open.index(module) :]
        call = self._last
        if call is None or output is None:
            return
        if self._open:
            call.coarse |= is_tensor(output) and str(output.dtype) in HALF
            if module is self._head and is_tensor(output) and output.dim() >= 2:
                call.keep("head", output)
            return
        if is_tensor(spoken := getattr(output, "log_probs", None)):
            call.keep("log_probs", spoken)
        found = logits_of(output)
        if found is None:
            return
        if module is call.module:
            call.keep("root", found)
        elif found.dim() >= 3 and call.ids is not None and found.shape[0] == call.ids.shape[0]:
            call.keep("after", found)
        elif module is self._head:
            call.keep("head", found)


def _has_ids(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return ids_in(dict(named_parts(*args, kwargs))) is not None


def logits_of(output: Any) -> Any:  # noqa: ANN401  what a model gives; a torch tensor or None
    """The scores of the vocabulary, or of a reward, in what a model gives."""
    if is_tensor(output):
        return output if output.dim() >= 1 and output.is_floating_point() else None
    if isinstance(output, Mapping) or hasattr(output, "keys"):
        for name in ("logits", "lm_logits", "scores", "score", "rewards", "reward", "values"):
            if name in output.keys() and is_tensor(output[name]):  # noqa: SIM118  a ModelOutput may lack __contains__
                return output[name]
    for name in ("logits", "lm_logits", "scores", "score", "rewards"):
        if is_tensor(getattr(output, name, None)):
            return getattr(output, name)
    if isinstance(output, list | tuple):
        floats = [one for one in output if is_tensor(one) and one.is_floating_point()]
        return next((one for one in floats if one.dim() == 3), next((one for one in floats if one.dim()), None))
    return None


def head_of(model: Any) -> Any:  # noqa: ANN401  a torch module; one of its modules or None
    """The module that makes logits of hidden states: by its own word, by name, or by the vocabulary's size."""
    ask = getattr(model, "get_output_embeddings", None)
    if callable(ask):
        try:
            if (found := ask()) is not None:
                return found
        except Exception:  # noqa: BLE001, S110  a guest's model
            pass
    import torch

    sizes = {one.num_embeddings for one in model.modules() if isinstance(one, torch.nn.Embedding)}
    linear = [
        (name, one)
        for name, one in model.named_modules()
        if isinstance(one, torch.nn.Linear) and (one.out_features in sizes or name.endswith(("score", "v_head")))
    ]
    return linear[-1][1] if linear else None
