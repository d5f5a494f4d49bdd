# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""TRL's trainers with a tiny model and rows of a few words: right ones are quiet, wrong ones fail with the cause."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antifoul.smoke.known import KINDS, is_in
from programs import outcomes, says
from trl_programs import completions, factory, lora, preferences, saved, texts, tokenizer

torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested


class MeanLoss(trl.SFTTrainer):  # type: ignore[misc, name-defined]  # libraries are not installed where types are checked
    """A mean over a micro-batch's tokens, whatever the step's number of tokens is."""

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **_others: Any) -> Any:  # noqa: FBT001, FBT002  as the Trainer has it
        """The loss, with the outputs if they are asked for."""
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        flat = outputs.logits[:, :-1].flatten(0, 1), inputs["labels"][:, 1:].flatten()
        loss = torch.nn.functional.cross_entropy(*flat)
        return (loss, outputs) if return_outputs else loss


RIGHT: dict[str, Callable[[], Callable[..., Any]]] = {
    "SFT": factory,
    "SFT on completions": lambda: factory(data=completions),
    "SFT with autocast": lambda: factory(bf16=True),
    "SFT with packing": lambda: factory(packing=True),
    "SFT on a stream": lambda: factory(data=lambda: texts().to_iterable_dataset()),
    "SFT with LoRA and dropout": lambda: factory(peft_config=lora()),
    "SFT with a warm-up from 0": lambda: factory(warmup_steps=10, lr_scheduler_type="cosine"),
    "DPO": lambda: factory(trl.DPOTrainer, preferences),
    "DPO with LoRA": lambda: factory(trl.DPOTrainer, preferences, peft_config=lora()),
}


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_trainer_breaks_no_law(make: Callable[[], Callable[..., Any]], tmp_path: Path) -> None:
    """Each of these trainers trains as it should: every law passes, without a warning."""
    assert outcomes(make(), tmp_path) == {}


def test_a_loss_that_ignores_the_steps_tokens_fails_with_its_ratio(tmp_path: Path) -> None:
    """Four means, which SFTTrainer leaves undivided, add up to 4 times the gradient of one batch."""
    said = says("accumulation", factory(MeanLoss), tmp_path)

    assert said.outcome == "fails"
    assert "4.00 x" in said.text
    assert "ignores num_items_in_batch" in said.text


def test_adapters_that_were_frozen_fail(tmp_path: Path) -> None:
    """A helper that freezes every parameter after the adapters are in leaves nothing to train."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        trainer = factory(peft_config=lora())(output_dir, **overrides)
        trainer.model.requires_grad_(requires_grad=False)
        return trainer

    said = says("params-move", make_trainer, tmp_path)

    assert said.outcome == "fails"
    assert "no parameter of the model is trainable" in said.text


def test_a_trainer_that_samples_its_rows_skips_the_comparison(tmp_path: Path) -> None:
    """GRPO writes its own completions, so that no two steps see the same rows; the other laws hold."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        args = trl.GRPOConfig(
            output_dir=output_dir,
            **{"per_device_train_batch_size": 4, "num_generations": 4, "max_completion_length": 8, "bf16": False}
            | overrides,
        )
        return trl.GRPOTrainer(
            model=saved(f"{output_dir}/model"),
            reward_funcs=lambda completions, **_others: [float(len(one)) for one in completions],
            args=args,
            train_dataset=completions().select_columns(["prompt"]),
            processing_class=tokenizer(),
        )

    assert says("accumulation", make_trainer, tmp_path).outcome == "skipped"
    assert outcomes(make_trainer, tmp_path) == {}


def test_the_installed_release_has_the_classes_that_the_table_says() -> None:
    """A class name means something in a range of versions: it is there in that range, and not outside of it."""
    sources = Path(trl.__file__).parent.rglob("*.py")
    held = {name for one in sources for name in re.findall(r"^class (\w+Trainer)\b", one.read_text(), re.MULTILINE)}

    assert {kind.name for kind in KINDS if is_in(kind.versions, trl.__version__)} == {
        kind.name for kind in KINDS if kind.name in held
    }
