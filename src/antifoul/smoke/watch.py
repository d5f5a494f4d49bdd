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


class Call:
    """One call of a model: its arguments, what it gave, and the gradient that came back."""

    def __init__(self, name: str, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ANN401
        import torch

        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.training = bool(model.training)
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
        self.labels: Any = kwargs.get("labels")  # where the model gives log-probabilities of them, not logits

    @property
    def logits(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The logits that the loss used, as far as it told; None where the model gave none."""
        used = next((place for place in ("root", "head") if place in self.gradients), None)
        return self.outputs.get(used or "root", self.outputs.get("head"))

    @property
    def spoken(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The gradient at log-probabilities of the labels, where the model gives those and no logits."""
        return self.gradients.get("log_probs") if self.labels is not None else None

    @property
    def gradient(self) -> Any:  # noqa: ANN401  a torch tensor or None
        """The gradient at the logits; None where none came back."""
        return self.gradients.get("root", self.gradients.get("head"))

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
    """While open, the calls of these models are noted, in order."""
    calls: list[Call] = []
    handles: list[Any] = []
    open_calls: dict[str, Call] = {}
    try:
        for name, model in models.items():
            handles += _listen(name, model, calls, open_calls)
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _listen(name: str, model: Any, calls: list[Call], started: dict[str, Call]) -> Iterator[Any]:  # noqa: ANN401
    def begin(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ANN401  as torch's own
        started[name] = Call(name, module, args, kwargs)
        calls.append(started[name])

    def end(_module: Any, _args: Any, _kwargs: Any, output: Any) -> None:  # noqa: ANN401  as torch's own
        if is_tensor(spoken := getattr(output, "log_probs", None)) and name in started:
            started[name].keep("log_probs", spoken)
        found = logits_of(output)
        if found is not None and name in started:
            started[name].keep("root", found)

    def heads(_module: Any, _args: Any, output: Any) -> None:  # noqa: ANN401  as torch's own
        if is_tensor(output) and name in started and output.dim() >= 2:
            started[name].keep("head", output)

    yield model.register_forward_pre_hook(begin, with_kwargs=True)
    yield model.register_forward_hook(end, with_kwargs=True)
    head = head_of(model)
    if head is not None and head is not model:
        yield head.register_forward_hook(heads)


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
