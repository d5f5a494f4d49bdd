# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""TRL's trainers with a tiny model and rows of a few words: right ones are quiet, wrong ones fail with the cause."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from programs import llama, outcomes, says

torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")
datasets = pytest.importorskip("datasets")
peft = pytest.importorskip("peft")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
WORDS = ("<pad>", "<bos>", "<eos>", "<unk>", "what", "is", "plus", "?", ".", "a", "b", *NUMBERS)


def tokenizer() -> Any:
    """A tokenizer of whole words."""
    import transformers

    tokenizers = pytest.importorskip("tokenizers")
    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>")  # noqa: S106  a word
    )
    words.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token=WORDS[0], bos_token=WORDS[1], eos_token=WORDS[2], unk_token=WORDS[3]
    )


def question(number: int) -> str:
    """A sum of two numbers."""
    return f"what is {NUMBERS[number % 7]} plus {NUMBERS[number * 3 % 7]} ? "


def texts(count: int = 24) -> Any:
    """Questions with their answers, of three lengths."""
    return datasets.Dataset.from_list(
        [{"text": question(one) + NUMBERS[one % 5] + " . " + "a b " * (one % 3)} for one in range(count)]
    )


def completions(count: int = 24) -> Any:
    """Questions, and their answers apart."""
    return datasets.Dataset.from_list(
        [{"prompt": question(one), "completion": f"{NUMBERS[one % 5]} ."} for one in range(count)]
    )


def preferences(count: int = 24) -> Any:
    """Questions, and a better and a worse answer."""
    return datasets.Dataset.from_list(
        [
            {"prompt": question(one), "chosen": f"{NUMBERS[one % 5]} .", "rejected": f"{NUMBERS[(one + 1) % 5]} ?"}
            for one in range(count)
        ]
    )


def saved(folder: str) -> Any:
    """A Llama that was saved and loaded, so that TRL can load it once more as the reference."""
    import transformers

    llama().save_pretrained(folder)
    return transformers.AutoModelForCausalLM.from_pretrained(folder)


def factory(kind: Any = None, data: Callable[[], Any] = texts, **arguments: Any) -> Callable[..., Any]:
    """A function that makes a trainer of TRL: SFT with rows of text, unless told otherwise."""
    kind = kind or trl.SFTTrainer
    adapters = arguments.pop("peft_config", None)
    config = trl.DPOConfig if issubclass(kind, trl.DPOTrainer) else trl.SFTConfig

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        usual = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "max_steps": 20, "bf16": False}
        return kind(
            model=saved(f"{output_dir}/model"),
            args=config(output_dir=output_dir, **{**usual, "max_length": 32, **arguments, **overrides}),
            train_dataset=data(),
            processing_class=tokenizer(),
            peft_config=adapters,
        )

    return make_trainer


def lora() -> Any:
    """Adapters on two projections."""
    return peft.LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM", lora_dropout=0.1)


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
    "SFT with a warm-up from 0": lambda: factory(warmup_steps=100, lr_scheduler_type="cosine"),
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
    assert outcomes(make_trainer, tmp_path) in (
        {},
        {"params-move": "warns"},
    )  # warned about where all rewards of these rows are equal
