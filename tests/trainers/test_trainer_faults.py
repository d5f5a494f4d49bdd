# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Trainers of transformers and TRL with one ordinary fault: the law that finds it, and what it says."""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from programs import factory, llama, other, padded, rows, said
from trl_programs import completions, diversity, grpo, preferences, reward_model, saved, tokenizer
from trl_programs import factory as trl_factory

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
trl = pytest.importorskip("trl")
datasets = pytest.importorskip("datasets")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested


class Labelled(transformers.Trainer):  # type: ignore[misc, name-defined]  # torch is not installed where types are checked
    """Changes the labels of each batch before the loss."""

    change: Callable[[Any], Any] = staticmethod(lambda labels: labels)

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The usual loss with other labels."""
        return super().compute_loss(model, {**inputs, "labels": type(self).change(inputs["labels"])}, *args, **kwargs)


class ShiftedTwice(Labelled):
    """Shifts the labels of a model that shifts them itself."""

    change = staticmethod(lambda labels: torch.nn.functional.pad(labels[:, 1:], (0, 1), value=-100))


class Negated(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """Maximises the loss."""

    def compute_loss(self, *args: Any, **kwargs: Any) -> Any:
        """The loss with the wrong sign."""
        return -super().compute_loss(*args, **kwargs)


class NeverShuffled(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """Draws rows with replacement."""

    def _get_train_sampler(self, *_: Any, **__: Any) -> Any:
        return torch.utils.data.RandomSampler(self.train_dataset, replacement=True)


class Forgetful(transformers.Trainer):  # type: ignore[misc, name-defined]  # see above
    """Saves everything but the head."""

    def _save(self, output_dir: Any = None, state_dict: Any = None) -> None:
        state = state_dict or self.model.state_dict()
        super()._save(output_dir, {name: one for name, one in state.items() if "lm_head" not in name})


class Swapped(trl.DPOTrainer):  # type: ignore[misc, name-defined]  # see above
    """Takes the rejected answer for the chosen one."""

    def _prepare_dataset(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        names = {"chosen": "rejected", "rejected": "chosen"}
        return super()._prepare_dataset(dataset.rename_columns(names), *args, **kwargs)


class SwappedRewards(trl.RewardTrainer):  # type: ignore[misc, name-defined]  # see above
    """Takes the rejected answer for the chosen one."""

    def _prepare_dataset(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        names = {"chosen": "rejected", "rejected": "chosen"}
        return super()._prepare_dataset(dataset.rename_columns(names), *args, **kwargs)


def ended_rows() -> list[dict[str, list[int]]]:
    """Rows of different lengths that end with token 2, the end of sequence and the padding."""
    return [
        {name: [*values[:-1], last] for (name, values), last in zip(row.items(), (2, 2, 1), strict=True)}
        for row in rows(ragged=True)
    ]


def masked_by_id(given: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    """Padded with the end of sequence, whose labels are then all ignored."""
    batch = padded(given)
    batch["input_ids"] = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, 2)
    batch["labels"] = batch["labels"].masked_fill(batch["input_ids"] == 2, -100)
    return batch


def pads_trained(given: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    """Padded, with padding among the labels."""
    batch = padded(given)
    batch["labels"] = batch["labels"].masked_fill(batch["attention_mask"] == 0, 0)
    return batch


def with_collator(collate: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """A function that makes a Trainer with another collator."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        trainer = factory(lambda: llama(eos_token_id=2), **arguments)(output_dir, **overrides)
        trainer.data_collator = collate
        return trainer

    return make_trainer


def stock_collator() -> Callable[..., Any]:
    """Transformers' own collator for language models, which makes labels of its own."""
    collate = transformers.DataCollatorForLanguageModeling(tokenizer(), mlm=False)
    return with_collator(lambda given: dict(collate([{"input_ids": one["input_ids"]} for one in given])))


def columns_lost(output_dir: str, **overrides: Any) -> Any:
    """A data set with a mask of what is trained, which the model's forward does not name."""
    trainer = factory(llama)(output_dir, **overrides)
    marked = [{**one, "loss_mask": [int(label >= 0) for label in one["labels"]]} for one in rows()]
    trainer.train_dataset = datasets.Dataset.from_list(marked)
    return trainer


def accuracy(prediction: Any) -> dict[str, float]:
    """An accuracy without the shift."""
    logits, labels = prediction
    return {"accuracy": float((logits.argmax(-1) == labels)[labels != -100].mean())}


def measured(output_dir: str, **overrides: Any) -> Any:
    """A Trainer that measures its accuracy without the shift."""
    trainer = factory(llama)(output_dir, **overrides)
    trainer.compute_metrics = accuracy
    return trainer


def functional_dropout() -> Any:
    """A GPT-2 whose MLP drops out in evaluation, too."""
    model = other("GPT2LMHeadModel", attn_pdrop=0.0, resid_pdrop=0.0, embd_pdrop=0.0)
    plain = model.transformer.h[0].mlp.forward
    model.transformer.h[0].mlp.forward = lambda hidden: torch.nn.functional.dropout(plain(hidden), 0.2)
    return model


def another_reference(output_dir: str, **overrides: Any) -> Any:
    """DPO against a reference that was never the policy."""
    trainer = trl_factory(trl.DPOTrainer, preferences)(output_dir, **overrides)
    with torch.no_grad():
        for one in trainer.ref_model.parameters():
            one.add_(torch.randn_like(one) * 0.05)
    return trainer


def policy_as_reference(output_dir: str, **overrides: Any) -> Any:
    """DPO against the policy itself."""
    trainer = trl_factory(trl.DPOTrainer, preferences)(output_dir, **overrides)
    trainer.ref_model = trainer.model
    return trainer


def pretokenized() -> Any:
    """Rows with a completion mask, as prepared by hand."""
    words = tokenizer()
    made = []
    for one in completions():
        prompt, answer = words(one["prompt"])["input_ids"], [*words(one["completion"])["input_ids"], 2]
        mask = [0] * len(prompt) + [1] * len(answer)
        made.append({"input_ids": prompt + answer, "completion_mask": mask})
    return datasets.Dataset.from_list(made)


def shuffled_reward(completions: list[str], **_: Any) -> list[float]:
    """Rewards in the order of their size."""
    return sorted(float(len(one)) for one in completions)


FAULTS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "labels shifted twice": (factory(llama, ShiftedTwice), "next-token-oracle", "shifted twice"),
    "the end masked with padding": (with_collator(masked_by_id, data=ended_rows()), "labels", "EOS"),
    "padding trained": (with_collator(pads_trained, data=rows(ragged=True)), "labels", "padding is trained"),
    "the stock collator's own labels": (stock_collator(), "labels", "leave out"),
    "a loss that is maximised": (factory(llama, Negated), "overfit", "less likely"),
    "rows with replacement": (factory(llama, NeverShuffled), "data-coverage", "more than once"),
    "a head that is not saved": (factory(llama, Forgetful), "save-load", "lm_head.weight"),
    "weights without states": (factory(llama, save_only_model=True), "resume", "learning rate"),
    "a mask that is removed": (columns_lost, "removed-columns", "loss_mask"),
    "an accuracy without the shift": (measured, "perfect-score", "not shifted"),
    "dropout in evaluation": (factory(functional_dropout), "eval-determinism", "training=self.training"),
    "a warm-up without end": (
        factory(llama, warmup_steps=400, max_steps=300),
        "schedule",
        "the warm-up does not end",
    ),
    "a mask that SFT does not use": (trl_factory(data=pretokenized), "labels", "mask"),
    "DPO with swapped columns": (trl_factory(Swapped, preferences), "chosen", "pushed down"),
    "DPO with another reference": (another_reference, "dpo-ln2", "other weights"),
    "DPO against itself": (policy_as_reference, "ref-frozen", "the policy itself"),
    "reward model with swapped columns": (reward_model(SwappedRewards), "rm-pairs", "pushed down"),
    "GRPO with rewards in another order": (grpo(shuffled_reward), "reward-fn", "do not go with"),
}


@pytest.mark.parametrize(("make", "law", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_found_by_its_law(make: Callable[..., Any], law: str, words: str, tmp_path: Path) -> None:
    """The law fails and its message names the cause."""
    one = said(make, tmp_path, (law,))[law]

    assert one.outcome == "fails", one
    assert words in one.text


RIGHT: dict[str, Callable[..., Any]] = {
    "GRPO": grpo(diversity),
    "GRPO with a KL": grpo(diversity, beta=0.04),
    "GRPO at a temperature": grpo(diversity, temperature=0.7, num_iterations=2),
    "a reward model": reward_model(),
    "IPO": trl_factory(trl.DPOTrainer, preferences, loss_type="ipo"),
    "precomputed log-probabilities": trl_factory(trl.DPOTrainer, preferences, precompute_ref_log_probs=True),
    "left padding": with_collator(lambda given: left(padded(given)), data=rows(ragged=True)),
}


def left(batch: dict[str, Any]) -> dict[str, Any]:
    """The same rows padded at the left."""
    count = (batch["attention_mask"] == 0).sum(1)
    moved = copy.copy(batch)
    for name, values in batch.items():
        moved[name] = torch.stack([row.roll(int(shift)) for row, shift in zip(values, count, strict=True)])
    return moved


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_trainer_breaks_no_law(make: Callable[..., Any], tmp_path: Path) -> None:
    """Every law passes or is skipped, without a warning."""
    found = {law: one for law, one in said(make, tmp_path).items() if one.outcome not in {"passes", "skipped"}}

    assert found == {}


def test_a_model_is_saved_for_the_reference(tmp_path: Path) -> None:
    """What the tests above load from a folder is the model that was saved there."""
    assert type(saved(str(tmp_path / "model"))).__name__ == "LlamaForCausalLM"
