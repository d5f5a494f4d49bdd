# ruff: noqa: ANN401, E501, PLC0415, S106  what torch and its libraries give has no types here; loaded where they are used
"""Targets for smoke_bugs.py: stock trainers with a tiny model, in any release."""

import inspect
from pathlib import Path
from typing import Any

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
WORDS = ("<pad>", "<bos>", "<eos>", "<unk>", "what", "is", "plus", "?", ".", "a:", "q:", *NUMBERS)
TEMPLATE = (
    "{% for m in messages %}{{ 'q: ' + m['content'] + ' ' if m['role'] == 'user' else 'a: ' + m['content'] + ' <eos>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'a: ' }}{% endif %}"
)


def tokenizer(*, pad: str = "<pad>") -> Any:
    """A tokenizer of whole words with a chat template."""
    import tokenizers
    import transformers

    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>")
    )
    words.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token=pad,
        bos_token="<bos>",
        eos_token="<eos>",
        unk_token="<unk>",
    )
    made.chat_template = TEMPLATE
    return made


def model(folder: str) -> str:
    """The folder of a tiny Llama."""
    import torch
    import transformers

    config = transformers.LlamaConfig(
        vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    with torch.random.fork_rng():  # the weights are the same each time, and random numbers are where they were
        torch.manual_seed(0)
        transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def asked(number: int) -> str:
    """A sum of two numbers."""
    return f"what is {NUMBERS[number % 7]} plus {NUMBERS[number * 3 % 7]} ?"


def answer(number: int) -> str:
    """An answer of one to three words."""
    return " ".join([NUMBERS[number % 5], *["."] * (1 + number % 3)])


def accepted(kind: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Those values that this release's class takes."""
    names = inspect.signature(kind).parameters
    return {name: value for name, value in values.items() if name in names}


def arguments(kind: Any, output_dir: str, overrides: dict[str, Any], **more: Any) -> Any:
    """Training arguments of this release."""
    usual = {"output_dir": output_dir, "per_device_train_batch_size": 2, "gradient_accumulation_steps": 2}
    steps = {"max_steps": 10, "use_cpu": True, "report_to": [], "bf16": False, "disable_tqdm": True}
    return kind(**accepted(kind, {**usual, **steps, **more, **overrides}))


def trained(kind: Any, args: Any, folder: str, data: list[dict[str, Any]], words: Any = None, **more: Any) -> Any:
    """A trainer of this release over these rows."""
    import datasets
    import transformers

    words = words or tokenizer()
    made = transformers.AutoModelForCausalLM.from_pretrained(model(f"{folder}/model"))
    rows = datasets.Dataset.from_list(data)
    given = {"model": made, "args": args, "train_dataset": rows, "processing_class": words, "tokenizer": words, **more}
    names = inspect.signature(kind).parameters
    if "processing_class" in names:
        del given["tokenizer"]
    return kind(**{name: value for name, value in given.items() if name in names})


def unequal(output_dir: str, **overrides: Any) -> Any:
    """Transformers' Trainer over rows with different numbers of targets."""
    import torch
    import transformers

    def collate(rows: list[dict[str, Any]]) -> dict[str, Any]:
        size = max(len(row["input_ids"]) for row in rows)
        fill = {"input_ids": 0, "labels": -100, "attention_mask": 0}
        return {
            name: torch.tensor([list(row[name]) + [one] * (size - len(row[name])) for row in rows])
            for name, one in fill.items()
        }

    data = []
    for number in range(24):
        ids = [3 + (number * 7 + place * 5) % 28 for place in range(5 + number % 4 * 3)]
        data.append({"input_ids": ids, "labels": [-100] * 3 + ids[3:], "attention_mask": [1] * len(ids)})
    args = arguments(transformers.TrainingArguments, output_dir, overrides)
    return trained(transformers.Trainer, args, output_dir, data, data_collator=collate)


def smoothed(output_dir: str, **overrides: Any) -> Any:
    """The same with label smoothing."""
    return unequal(output_dir, **{"label_smoothing_factor": 0.1, **overrides})


def pad_is_eos(output_dir: str, **overrides: Any) -> Any:
    """TRL's SFT over texts that end with EOS, which is the padding token."""
    import trl

    data = [{"text": f"q: {asked(number)} a: {answer(number)} <eos>"} for number in range(24)]
    more = {"max_seq_length": 32, "max_length": 32, "dataset_text_field": "text"}
    args = arguments(trl.SFTConfig, output_dir, overrides, **more)
    return trained(trl.SFTTrainer, args, output_dir, data, tokenizer(pad="<eos>"))


def talk(role: str, text: str) -> list[dict[str, str]]:
    """One message."""
    return [{"role": role, "content": text}]


def chat(output_dir: str, **overrides: Any) -> Any:
    """TRL's SFT over conversational prompts and completions."""
    import trl

    data = [
        {"prompt": talk("user", asked(number)), "completion": talk("assistant", answer(number))} for number in range(24)
    ]
    args = arguments(trl.SFTConfig, output_dir, overrides, max_length=32)
    return trained(trl.SFTTrainer, args, output_dir, data)


def preferences(*, talked: bool) -> list[dict[str, Any]]:
    """Pairs of answers."""
    plain = [
        {"prompt": f"{asked(number)} ", "chosen": answer(number), "rejected": f"{NUMBERS[(number + 1) % 5]} ?"}
        for number in range(24)
    ]
    if not talked:
        return plain
    roles = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
    return [{name: talk(roles[name], text) for name, text in one.items()} for one in plain]


def dpo(output_dir: str, *, talked: bool = False, **overrides: Any) -> Any:
    """TRL's DPO against a copy of the model."""
    import transformers
    import trl

    args = arguments(trl.DPOConfig, output_dir, overrides, max_length=32, max_prompt_length=24)
    reference = transformers.AutoModelForCausalLM.from_pretrained(model(f"{output_dir}/reference"))
    return trained(trl.DPOTrainer, args, output_dir, preferences(talked=talked), ref_model=reference)


def dpo_chat(output_dir: str, **overrides: Any) -> Any:
    """The same over conversations."""
    return dpo(output_dir, talked=True, **overrides)


def reward(output_dir: str, **overrides: Any) -> Any:
    """TRL's reward trainer, which loads the model from a folder by itself."""
    import datasets
    import trl

    args = arguments(trl.RewardConfig, output_dir, overrides, max_length=32)
    rows = datasets.Dataset.from_list(preferences(talked=False))
    folder = model(str(Path(output_dir) / "model"))
    return trl.RewardTrainer(model=folder, args=args, train_dataset=rows, processing_class=tokenizer())
