# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""transformers' Trainer: right ones are quiet, wrong ones fail with the cause."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from programs import VOCABULARY, adam, factory, llama, other, outcomes, rows, says, with_lora

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested


class Stream(torch.utils.data.IterableDataset):  # type: ignore[misc, name-defined]  # torch is not installed where types are checked
    """Rows without an index or a length."""

    def __iter__(self) -> Iterator[Any]:
        return iter(rows())


class MeanLoss(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """A mean over a micro-batch's tokens, whatever the step's number of tokens is."""

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **_others: Any) -> Any:  # noqa: FBT001, FBT002  as the Trainer has it
        """The loss, with the outputs if they are asked for."""
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = torch.nn.functional.cross_entropy(outputs.logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return (loss, outputs) if return_outputs else loss


class SummedLoss(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """The sum over tokens, divided by the step's number of tokens."""

    def compute_loss(
        self,
        model: Any,
        inputs: Any,
        return_outputs: bool = False,  # noqa: FBT001, FBT002  as the Trainer has it
        num_items_in_batch: Any = None,
    ) -> Any:
        """The loss, with the outputs if they are asked for."""
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        flat = outputs.logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
        count = (labels[:, 1:] != -100).sum() if num_items_in_batch is None else num_items_in_batch
        loss = torch.nn.functional.cross_entropy(*flat, reduction="sum") / count
        return (loss, outputs) if return_outputs else loss


class ToldMeanLoss(MeanLoss):
    """The same mean, and the Trainer told to divide it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model_accepts_loss_kwargs = False


class Decayed(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """Shrinks the embeddings by hand after each micro-batch."""

    def training_step(self, model: Any, *args: Any, **kwargs: Any) -> Any:
        """The loss of a micro-batch."""
        loss = super().training_step(model, *args, **kwargs)
        with torch.no_grad():
            model.model.embed_tokens.weight.mul_(0.99)
        return loss


class NotANumber(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """A loss of NaN."""

    def compute_loss(self, *args: Any, **kwargs: Any) -> Any:
        """The loss times NaN."""
        return super().compute_loss(*args, **kwargs) * float("nan")


class OwnModel(torch.nn.Module):  # type: ignore[misc, name-defined]  # see above
    """A model whose forward takes no loss arguments: the Trainer divides its mean."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.tokens = torch.nn.Embedding(VOCABULARY, 8)
        self.head = torch.nn.Linear(8, VOCABULARY)

    def forward(self, input_ids: Any, labels: Any = None, attention_mask: Any = None) -> dict[str, Any]:  # noqa: ARG002  the collator gives it
        """The loss and the logits."""
        logits = self.head(self.tokens(input_ids))
        flat = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
        return {"loss": torch.nn.functional.cross_entropy(*flat), "logits": logits}


class OpenModel(OwnModel):
    """The same model with an open signature: the Trainer takes it to divide by the step's tokens."""

    def forward(self, input_ids: Any, labels: Any = None, attention_mask: Any = None, **_others: Any) -> dict[str, Any]:
        """The loss and the logits."""
        return super().forward(input_ids, labels, attention_mask)


def frozen() -> Any:
    """A Llama with frozen embeddings."""
    model = llama()
    model.model.embed_tokens.requires_grad_(requires_grad=False)
    return model


RIGHT: dict[str, Callable[[], Callable[..., Any]]] = {
    "plain": lambda: factory(llama),
    "rows of different lengths": lambda: factory(llama, data=rows(ragged=True)),
    "a stream": lambda: factory(llama, data=Stream()),
    "fewer rows than a step takes": lambda: factory(llama, data=rows(3)),
    "dropout and tied embeddings": lambda: factory(lambda: other("GPT2LMHeadModel")),
    "frozen embeddings and decay": lambda: factory(frozen, weight_decay=0.1),
    "LoRA": lambda: factory(lambda: with_lora(llama(), lora_dropout=0.1)),
    "LoRA and checkpointing": lambda: factory(lambda: with_lora(llama()), gradient_checkpointing=True),
    "warm-up from 0": lambda: factory(llama, warmup_steps=1000, max_steps=5000, lr_scheduler_type="cosine"),
    "clipping": lambda: factory(llama, max_grad_norm=1e-4),
    "autocast": lambda: factory(llama, bf16=True),
    "label smoothing": lambda: factory(llama, label_smoothing_factor=0.1),
    "evaluation and the best checkpoint": lambda: factory(
        llama, eval_strategy="steps", eval_steps=1, save_strategy="steps", save_steps=1, load_best_model_at_end=True
    ),
    "noise on embeddings": lambda: factory(llama, neftune_noise_alpha=5),
    "a loss over the step's tokens": lambda: factory(llama, SummedLoss),
    "a mean that the Trainer divides": lambda: factory(llama, ToldMeanLoss),
    "a model of one's own": lambda: factory(OwnModel),
    "an optimizer of one's own": lambda: factory(llama, optimizer=adam),
}


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_trainer_breaks_no_law(make: Callable[[], Callable[..., Any]], tmp_path: Path) -> None:
    """Each of these Trainers trains as it should: every law passes, without a warning."""
    assert outcomes(make(), tmp_path) == {}


@pytest.mark.parametrize("kind", [MeanLoss, SummedLoss])
def test_an_instance_is_judged_as_a_factory_is(kind: Any, tmp_path: Path) -> None:
    """A Trainer that was made already is borrowed: its batch size is changed for the comparison, and put back."""
    trainer = factory(llama, kind)(str(tmp_path))

    expected = {"accumulation": "fails"} if kind is MeanLoss else {}
    assert outcomes(trainer, tmp_path) == expected
    assert (trainer.args.per_device_train_batch_size, trainer.args.gradient_accumulation_steps) == (2, 2)


def test_a_loss_that_ignores_the_steps_tokens_fails_with_its_ratio(tmp_path: Path) -> None:
    """The Trainer leaves the division to a loss that takes num_items_in_batch: four means add up to 4 times one."""
    said = says("accumulation", factory(llama, MeanLoss), tmp_path)

    assert said.outcome == "fails"
    assert "4.00 x" in said.text
    assert "ignores num_items_in_batch" in said.text


def test_a_model_that_ignores_the_steps_tokens_fails_until_the_trainer_is_told(tmp_path: Path) -> None:
    """`accepts_loss_kwargs = False` has the Trainer divide the mean of a model whose forward takes any keyword."""

    def told() -> Any:
        model = OpenModel()
        model.accepts_loss_kwargs = False
        return model

    said = says("accumulation", factory(OpenModel), tmp_path)

    assert said.outcome == "fails"
    assert "4.00 x" in said.text
    assert "set model.accepts_loss_kwargs = False" in said.text
    assert says("accumulation", factory(told), tmp_path).outcome == "passes"


def test_a_mean_over_equal_batches_really_makes_the_update_larger(tmp_path: Path) -> None:
    """The oracle of the test above: with SGD and no clipping, the weights move 4 times as far in one step."""

    def moved(size: int, micro_batches: int) -> float:
        trainer = factory(llama, MeanLoss, data=rows(8), max_grad_norm=1e9, optim="sgd", max_steps=1)(
            str(tmp_path),
            per_device_train_batch_size=size,
            gradient_accumulation_steps=micro_batches,
            use_cpu=True,
            report_to=[],
            disable_tqdm=True,
            save_strategy="no",
        )
        before = trainer.model.lm_head.weight.detach().clone()
        trainer.train()
        return float((trainer.model.lm_head.weight - before).norm())

    assert moved(2, 4) / moved(8, 1) == pytest.approx(4, rel=1e-3)


def test_a_loss_of_nan_is_told_by_one_law(tmp_path: Path) -> None:
    """The Trainer's log leaves NaN out; the law hears the training steps themselves."""
    assert outcomes(factory(llama, NotANumber), tmp_path) == {"finite": "fails"}


def test_an_optimizer_of_a_part_fails_by_the_names_it_lacks(tmp_path: Path) -> None:
    """An optimizer of the backbone does not move the head."""
    said = says("params-move", factory(llama, optimizer=lambda model: adam(model.model)), tmp_path)

    assert said.outcome == "fails"
    assert "lm_head.weight" in said.text


def test_a_frozen_parameter_that_moves_fails(tmp_path: Path) -> None:
    """Frozen embeddings that a training step shrinks are no longer those of the base model."""
    said = says("params-move", factory(frozen, Decayed), tmp_path)

    assert said.outcome == "fails"
    assert "frozen, but move" in said.text


def test_a_changed_model_is_not_called_a_wrong_scale(tmp_path: Path) -> None:
    """Gradients of the same size that point elsewhere have another cause than a divisor."""
    said = says("accumulation", factory(frozen, Decayed), tmp_path)

    assert said.outcome == "fails"
    assert "points elsewhere" in said.text
    assert "scaled by the same wrong number" not in said.text


def test_a_trainer_without_rows_is_skipped_with_the_reason(tmp_path: Path) -> None:
    """Without a train_dataset nothing can be tried, which is no fault."""
    trainer = factory(llama)(str(tmp_path))
    trainer.train_dataset = None

    said = [says(law, trainer, tmp_path) for law in ("accumulation", "finite", "params-move")]

    assert {one.outcome for one in said} == {"skipped"}
    assert "train_dataset" in said[0].text
