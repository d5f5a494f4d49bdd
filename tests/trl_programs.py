# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Trainers of TRL with a tiny model and rows of a few words."""

from collections.abc import Callable
from typing import Any

import pytest

from programs import llama

torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")
datasets = pytest.importorskip("datasets")
peft = pytest.importorskip("peft")

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


def diversity(completions: list[str], **_: Any) -> list[float]:
    """More different words are better."""
    return [float(len(set(one.split()))) for one in completions]


def grpo(reward: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """A function that makes a GRPO trainer with this reward."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        usual = {"per_device_train_batch_size": 4, "num_generations": 4, "max_completion_length": 8, "bf16": False}
        return trl.GRPOTrainer(
            model=saved(f"{output_dir}/model"),
            reward_funcs=reward,
            args=trl.GRPOConfig(output_dir=output_dir, **{**usual, "max_steps": 20, **arguments, **overrides}),
            train_dataset=completions().select_columns(["prompt"]),
            processing_class=tokenizer(),
        )

    return make_trainer


def reward_model(kind: Any = None, **arguments: Any) -> Callable[..., Any]:
    """A function that makes a trainer of a reward model, of this kind or of TRL's own."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        llama().save_pretrained(f"{output_dir}/model")
        usual = {"per_device_train_batch_size": 4, "bf16": False, "max_length": 32, "max_steps": 20}
        return (kind or trl.RewardTrainer)(
            model=f"{output_dir}/model",
            args=trl.RewardConfig(output_dir=output_dir, **{**usual, **arguments, **overrides}),
            train_dataset=preferences(),
            processing_class=tokenizer(),
        )

    return make_trainer
