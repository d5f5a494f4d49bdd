# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Plain loops: right ones are quiet, wrong ones fail with the cause."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from programs import VOCABULARY, Loop, adam, batches_of, llama, mean_loss, other, outcomes, says, with_lora

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested


def clipped(model: Any) -> None:
    """Clip far below the gradient's norm."""
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-3)


def rising(over: int) -> Callable[[Any], Any]:
    """A warm-up whose first learning rate is 0."""
    return lambda optimizer: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / over))


def half_precision(model: Any, batch: dict[str, Any]) -> Any:
    """The loss under autocast."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return mean_loss(model, batch)


def summed(model: Any, batch: dict[str, Any]) -> Any:
    """The sum of the token losses: the step divides by the tokens of all micro-batches."""
    logits = model(input_ids=batch["input_ids"]).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch["labels"][:, 1:].flatten(), reduction="sum")


def frozen(model: Any, part: str) -> Any:
    """The model with one part frozen."""
    model.get_submodule(part).requires_grad_(requires_grad=False)
    return model


class Embedded(torch.nn.Module):  # type: ignore[misc, name-defined]  # torch is not installed where types are checked
    """Embeddings of 5000 tokens and 512 positions, of which a batch uses few."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.tokens = torch.nn.Embedding(5000, 8)
        self.places = torch.nn.Embedding(512, 8)
        self.head = torch.nn.Linear(8, VOCABULARY)

    def forward(self, input_ids: Any, labels: Any, attention_mask: Any) -> Any:
        """The loss under its name."""
        places = torch.arange(attention_mask.shape[1])
        logits = self.head(self.tokens(input_ids) + self.places(places))
        return Answer(torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()))


class Answer:
    """What a model gives."""

    def __init__(self, loss: Any) -> None:
        self.loss = loss


def by_step_alone() -> dict[str, Any]:
    """A loop of which only the step is known."""
    loop = Loop(llama())
    return {name: getattr(loop, name) for name in ("model", "optimizer", "train_step", "next_batch")}


def by_tokens() -> dict[str, Any]:
    """A loop that divides the sum over targets by those of all its micro-batches, which differ from row to row."""
    model = llama()
    optimizer = adam(model)
    equal = batches_of()

    def next_batch(count: int) -> dict[str, Any]:
        batch = equal(count)
        for row in range(count):
            batch["labels"][row, 10 - row % 4 :] = -100
        return batch

    def train_step(batches: list[dict[str, Any]]) -> float:
        optimizer.zero_grad()
        targets = sum(int((batch["labels"][:, 1:] != -100).sum()) for batch in batches)
        losses = [summed(model, batch) / targets for batch in batches]
        for loss in losses:
            loss.backward()
        optimizer.step()
        return float(sum(loss.detach() for loss in losses))

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "next_batch": next_batch}


RIGHT: dict[str, Callable[[], Any]] = {
    "plain": lambda: Loop(llama()),
    "a step alone": by_step_alone,
    "a sum over all targets": by_tokens,
    "dropout and tied embeddings": lambda: Loop(other("GPT2LMHeadModel")),
    "dropout in eager attention": lambda: Loop(other("GPT2LMHeadModel", attn_implementation="eager")),
    "tied embeddings": lambda: Loop(llama(tie_word_embeddings=True)),
    "a bias on keys": lambda: Loop(other("Qwen2ForCausalLM", num_key_value_heads=2)),
    "unused rows of embeddings": lambda: Loop(Embedded()),
    "clipping": lambda: Loop(llama(), before_step=clipped),
    "warm-up from 0": lambda: Loop(llama(), schedule=rising(10)),
    "long warm-up from 0": lambda: Loop(llama(), schedule=rising(5000)),
    "autocast": lambda: Loop(llama(), compute_loss=half_precision),
    "a frozen part": lambda: Loop(frozen(llama(), "model.embed_tokens")),
    "LoRA": lambda: Loop(with_lora(llama(), lora_dropout=0.3)),
    "LoRA and warm-up": lambda: Loop(with_lora(llama()), schedule=rising(10)),
    "LoRA in float32 on a base in bfloat16": lambda: Loop(with_lora(llama().to(torch.bfloat16))),
    "LoRA beside a trained head": lambda: Loop(with_lora(llama(), modules_to_save=["lm_head"])),
}


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_loop_breaks_no_law(make: Callable[[], Any], tmp_path: Path) -> None:
    """Each of these loops trains as it should: every law passes, without a warning."""
    assert outcomes(make(), tmp_path) == {}


def test_frozen_weights_in_the_optimizer_stay_where_they_are(tmp_path: Path) -> None:
    """An optimizer with weight decay passes over parameters without a gradient, so that they may be in it."""
    model = frozen(llama(), "model.embed_tokens")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)

    assert outcomes(Loop(model, optimizer=optimizer), tmp_path) == {}


def test_an_optimizer_that_makes_its_own_rate_moves_what_it_holds(tmp_path: Path) -> None:
    """Adafactor's relative steps leave `lr` of its groups at None: that is no learning rate of 0."""
    from transformers.optimization import Adafactor

    model = llama()
    optimizer = Adafactor(model.parameters(), lr=None, relative_step=True, warmup_init=True)

    assert outcomes(Loop(model, optimizer=optimizer), tmp_path) == {}


def test_low_precision_weights_that_round_back_are_warned_about(tmp_path: Path) -> None:
    """1.0 in bfloat16 has steps of 1/128, so that an update of 1e-3 to a norm is lost: no error, a hint."""
    said = says("params-move", Loop(llama().to(torch.bfloat16)), tmp_path)

    assert said.outcome == "warns"
    assert "norm.weight" in said.text


def test_a_loss_that_is_not_divided_fails_with_its_ratio(tmp_path: Path) -> None:
    """Four losses that are added up have 4 times the gradient of their mean."""
    said = says("accumulation", Loop(llama(), scaled=lambda loss, _count: loss), tmp_path)

    assert said.outcome == "fails"
    assert "4.00 x" in said.text
    assert "not divided by the number of micro-batches (4)" in said.text


def test_a_loss_that_is_divided_twice_fails_with_its_ratio(tmp_path: Path) -> None:
    """Four losses, each divided by 16, have a quarter of the gradient of their mean."""
    said = says("accumulation", Loop(llama(), scaled=lambda loss, count: loss / count / count), tmp_path)

    assert said.outcome == "fails"
    assert "0.25 x" in said.text
    assert "(4) twice" in said.text


def test_gradients_that_are_reset_between_micro_batches_fail(tmp_path: Path) -> None:
    """With zero_grad() before each backward, only the last micro-batch is left at the step."""
    loop = Loop(llama())

    def backward(loss: Any) -> None:
        loop.optimizer.zero_grad()
        loss.backward()

    loop.backward = backward
    said = says("accumulation", loop, tmp_path)

    assert said.outcome == "fails"
    assert "only the last micro-batch counts" in said.text


def test_gradients_that_are_never_reset_fail(tmp_path: Path) -> None:
    """Without zero_grad() the second step has the sum of two equal gradients: twice the first."""
    said = says("grad-reset", Loop(llama(), reset=False), tmp_path)

    assert said.outcome == "fails"
    assert "2.00 x that at the first" in said.text


def test_a_frozen_parameter_that_a_leftover_gradient_moves_fails(tmp_path: Path) -> None:
    """Weight decay moves a frozen parameter that still has a gradient, even one of zeros, also after other laws ran."""
    model = llama()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    embedded = model.model.embed_tokens.weight
    embedded.grad = torch.zeros_like(embedded)
    embedded.requires_grad_(requires_grad=False)
    optimizer.zero_grad = partial(optimizer.zero_grad, set_to_none=False)
    loop = Loop(model, optimizer=optimizer)

    assert says("accumulation", loop, tmp_path).outcome == "passes"
    said = says("params-move", loop, tmp_path)
    assert said.outcome == "fails"
    assert "frozen, but move" in said.text
    assert "model.embed_tokens.weight" in said.text


def test_a_frozen_parameter_that_something_else_writes_to_fails(tmp_path: Path) -> None:
    """Decay by hand over all parameters moves the frozen ones too."""

    def decay(model: Any) -> None:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(0.99)

    said = says("params-move", Loop(frozen(llama(), "model.embed_tokens"), before_step=decay), tmp_path)

    assert said.outcome == "fails"
    assert "1 parameters are frozen, but move" in said.text


def test_a_parameter_left_out_of_the_optimizer_fails_by_its_name(tmp_path: Path) -> None:
    """The optimizer of the backbone alone leaves the head as it was."""
    model = llama()
    said = says("params-move", Loop(model, optimizer=adam(model.model)), tmp_path)

    assert said.outcome == "fails"
    assert "not in the optimizer" in said.text
    assert "lm_head.weight" in said.text


def test_adapters_that_come_after_the_optimizer_fail(tmp_path: Path) -> None:
    """The optimizer of the base holds none of the adapters."""
    base = llama()
    optimizer = torch.optim.AdamW(base.parameters(), lr=1e-3)
    said = says("params-move", Loop(with_lora(base), optimizer=optimizer), tmp_path)

    assert said.outcome == "fails"
    assert "lora_B" in said.text


def test_a_model_without_trainable_parameters_fails(tmp_path: Path) -> None:
    """An adapter that was loaded for inference is frozen, and so is its base."""
    model = with_lora(llama()).requires_grad_(requires_grad=False)
    said = says("params-move", Loop(model, optimizer=torch.optim.AdamW(model.parameters())), tmp_path)

    assert said.outcome == "fails"
    assert "no parameter of the model is trainable" in said.text


def test_a_detached_backbone_fails(tmp_path: Path) -> None:
    """A loss behind detach() trains the head and nothing else."""

    def detached(model: Any, batch: dict[str, Any]) -> Any:
        logits = model.lm_head(model.model(batch["input_ids"]).last_hidden_state.detach())
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten())

    said = says("params-move", Loop(llama(), compute_loss=detached), tmp_path)

    assert said.outcome == "fails"
    assert "20 parameters get no gradient" in said.text


def test_a_learning_rate_of_zero_fails(tmp_path: Path) -> None:
    """A schedule that never leaves 0 trains nothing."""

    def never(optimizer: Any) -> Any:
        return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _step: 0.0)

    said = says("params-move", Loop(llama(), schedule=never), tmp_path)

    assert said.outcome == "fails"
    assert "learning rate of 0" in said.text


def test_a_loss_of_nan_is_told_by_one_law(tmp_path: Path) -> None:
    """NaN fails `finite` alone: the other laws do not guess at causes of their own."""
    loop = Loop(llama(), compute_loss=lambda model, batch: mean_loss(model, batch) * float("nan"))

    assert outcomes(loop, tmp_path) == {"finite": "fails"}


def test_a_gradient_that_is_not_finite_fails_before_the_loss_is(tmp_path: Path) -> None:
    """The root of 0 has an infinite slope, which times 0 is NaN: the first loss is finite and its gradient is not."""

    def rooted(model: Any, batch: dict[str, Any]) -> Any:
        return mean_loss(model, batch) + torch.sqrt((model.lm_head.weight * 0).abs()).sum()

    assert says("finite", Loop(llama(), compute_loss=rooted), tmp_path).outcome == "fails"


def test_randomness_of_its_own_skips_the_comparison(tmp_path: Path) -> None:
    """Gradients under noise that nobody can switch off cannot be compared."""

    def noisy(model: Any, batch: dict[str, Any]) -> Any:
        return mean_loss(model, batch) * (1 + torch.rand(()))

    said = says("accumulation", Loop(llama(), compute_loss=noisy), tmp_path)

    assert said.outcome == "skipped"
    assert "something else is random" in said.text


def test_rows_that_are_compared_with_each_other_skip_the_comparison(tmp_path: Path) -> None:
    """In-batch negatives: the loss of 8 rows is no mean of the losses of 2."""

    def contrastive(model: Any, batch: dict[str, Any]) -> Any:
        found = model.model(batch["input_ids"]).last_hidden_state.mean(1)
        other_half = model.model(batch["input_ids"].flip(1)).last_hidden_state.mean(1)
        return torch.nn.functional.cross_entropy(found @ other_half.T, torch.arange(len(found)))

    said = says("accumulation", Loop(llama(), compute_loss=contrastive), tmp_path)

    assert said.outcome == "skipped"
    assert "compared with each other" in said.text


def test_a_step_over_one_batch_is_judged_by_the_other_laws(tmp_path: Path) -> None:
    """A train_step that takes no list of micro-batches skips accumulation, and says what to give."""
    model = llama()
    optimizer = adam(model)

    def train_step(batch: dict[str, Any]) -> Any:
        optimizer.zero_grad()
        loss = mean_loss(model, batch)
        loss.backward()
        optimizer.step()
        return loss.detach()

    loop = {"model": model, "optimizer": optimizer, "train_step": train_step, "next_batch": batches_of()}

    assert outcomes(loop, tmp_path) == {}
    assert "train_step = lambda batches" in says("accumulation", loop, tmp_path).text


def test_a_step_that_stops_is_an_error_with_its_place(tmp_path: Path) -> None:
    """The user's own exception is told in one line."""

    def train_step(_batches: Any) -> None:
        raise ValueError("no such shape")

    said = says("finite", Loop(llama()).__dict__ | {"train_step": train_step}, tmp_path)

    assert said.outcome == "error"
    assert "train_step stopped at step 1: ValueError: no such shape (test_plain_loops.py:" in said.text


def test_what_was_tried_is_left_as_it_was(tmp_path: Path) -> None:
    """Weights, the optimizer's state, the mode and the random numbers after a try are those before it."""
    loop = Loop(llama())
    before = {name: one.clone() for name, one in loop.model.state_dict().items()}
    numbers = torch.get_rng_state()

    outcomes(loop, tmp_path)

    assert all(torch.equal(one, before[name]) for name, one in loop.model.state_dict().items())
    assert loop.optimizer.state_dict()["state"] == {}
    assert all(one.grad is None for one in loop.model.parameters())
    assert torch.equal(torch.get_rng_state(), numbers)


def test_a_step_over_one_batch_that_never_resets_fails(tmp_path: Path) -> None:
    """Without a list of micro-batches to compare, the second step on the same batch still tells."""
    model = llama()
    optimizer = adam(model)

    def train_step(batch: dict[str, Any]) -> Any:
        loss = mean_loss(model, batch)
        loss.backward()
        optimizer.step()
        return loss.detach()

    loop = {"model": model, "optimizer": optimizer, "train_step": train_step, "next_batch": batches_of()}
    said = says("grad-reset", loop, tmp_path)

    assert said.outcome == "fails"
    assert "never reset" in said.text


def test_an_optimizer_of_copies_trains_what_it_copies(tmp_path: Path) -> None:
    """With bfloat16 weights and float32 copies in the optimizer, the weights move although no optimizer holds them."""
    model = llama().to(torch.bfloat16)
    copies = [one.detach().float().requires_grad_() for one in model.parameters()]
    optimizer = torch.optim.AdamW(copies, lr=1e-2)

    def train_step(batch: dict[str, Any]) -> Any:
        model.zero_grad()
        loss = mean_loss(model, batch)
        loss.backward()
        for copy, one in zip(copies, model.parameters(), strict=True):
            copy.grad = one.grad.float()
        optimizer.step()
        with torch.no_grad():
            for copy, one in zip(copies, model.parameters(), strict=True):
                one.copy_(copy)
        return loss.detach()

    loop = {"model": model, "optimizer": optimizer, "train_step": train_step, "next_batch": batches_of()}

    assert says("params-move", loop, tmp_path).outcome == "passes"


def test_an_average_inside_the_model_may_move(tmp_path: Path) -> None:
    """A frozen average of the weights is written to by right."""
    model = torch.nn.Module()
    model.body = llama()
    model.swa_model = torch.optim.swa_utils.AveragedModel(model.body).requires_grad_(requires_grad=False)
    loop = Loop(
        model,
        compute_loss=lambda model, batch: mean_loss(model.body, batch),
        before_step=lambda model: model.swa_model.update_parameters(model.body),
    )

    assert outcomes(loop, tmp_path) == {}


def test_a_step_that_takes_its_micro_batches_one_by_one_is_judged(tmp_path: Path) -> None:
    """`train_step(*batches)` is given each micro-batch as an argument of its own."""
    loop = Loop(llama())

    def parts(step: Callable[..., Any]) -> dict[str, Any]:
        return {"model": loop.model, "optimizer": loop.optimizer, "train_step": step, "next_batch": loop.next_batch}

    assert outcomes(parts(lambda *batches: loop.train_step(batches)), tmp_path) == {}
    loop.scaled = lambda loss, _count: loss
    assert "4.00 x" in says("accumulation", parts(lambda *batches: loop.train_step(batches)), tmp_path).text
