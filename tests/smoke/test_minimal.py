"""Configs cut to a run on the spot, without torch."""

from pathlib import Path

import pytest

from antifoul.smoke.building import BuildError
from antifoul.smoke.minimal import StandIns, minimal
from antifoul.smoke.minimal_file import minimal_file, read_plain, whole

HERE = StandIns("MODEL", "DATA", "OUT")

RECIPE = """\
model_name_or_path: meta-llama/Meta-Llama-3-8B-Instruct
stage: sft
finetuning_type: lora
lora_rank: 8
deepspeed: examples/deepspeed/ds_z3.json
dataset: identity,alpaca_en_demo
cutoff_len: 2048
max_samples: 1000
output_dir: saves/llama3
per_device_train_batch_size: 8
gradient_accumulation_steps: 8
learning_rate: 1e-4
num_train_epochs: 3.0
bf16: true
optim: paged_adamw_8bit
report_to: wandb
save_steps: 500
"""


def test_a_recipe_is_cut_by_its_own_keys(tmp_path: Path) -> None:
    """Model, data, output, sizes, precision, optimizer and tracker; what makes the training what it is stays."""
    (tmp_path / "sft.yaml").write_text(RECIPE)

    cut = minimal(read_plain(str(tmp_path / "sft.yaml")), HERE)

    assert cut.config == {
        "model_name_or_path": "MODEL",
        "stage": "sft",
        "finetuning_type": "lora",
        "lora_rank": 8,
        "deepspeed": None,
        "dataset": "DATA",
        "cutoff_len": 256,
        "max_samples": 24,
        "output_dir": "OUT",
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 2,
        "learning_rate": "1e-4",
        "num_train_epochs": 1,
        "bf16": False,
        "optim": "adamw_torch",
        "report_to": "none",
        "save_steps": 500,
    }
    assert "gradient_accumulation_steps: 8 -> 2" in cut.changes


def test_a_small_config_stays_as_it_is() -> None:
    """What is small enough is not raised, and what is not there is not added."""
    config = {"batch_size": 1, "max_steps": 2, "optim": {"lr": 1e-3}, "tags": ["a"], "seed": 3}

    assert minimal(config, HERE) == (config, ())


def test_a_plain_key_is_told_by_what_it_is_in() -> None:
    """`path` of the data, `name` of the model; `name` of a run is neither."""
    config = {"model": {"name": "org/7b"}, "data": {"path": "org/set", "split": "train"}, "run": {"name": "first"}}

    assert minimal(config, HERE).config == {
        "model": {"name": "MODEL"},
        "data": {"path": "DATA", "split": "train"},
        "run": {"name": "first"},
    }


def test_data_that_is_there_stays() -> None:
    """A file of the repository and a name that the program knows are kept; what only a hub has is not."""
    here = HERE._replace(has=lambda text: "/" not in text or text == "data/mine.jsonl")
    config = {"dataset": "identity,alpaca_en_demo", "train_file": "data/mine.jsonl", "dataset_name": "org/on-a-hub"}

    assert minimal(config, here).config == {**config, "dataset_name": "DATA"}


def test_nested_keys_and_lists_are_reached() -> None:
    """A model inside of a mapping, files in a list, a mapping that is called model."""
    config = {
        "model": {"model_name": "big", "lora": [{"fp16": True}]},
        "data": {"train_files": ["a", "b"]},
    }

    assert minimal(config, HERE).config == {
        "model": {"model_name": "MODEL", "lora": [{"fp16": False}]},
        "data": {"train_files": ["DATA"]},
    }


@pytest.mark.parametrize("name", ["run.yaml", "run.json", "run.toml"])
def test_each_format_is_read_and_written(name: str, tmp_path: Path) -> None:
    """The cut file is of the same format and reads back as told; overrides come last; the user's stays."""
    texts = {
        "run.yaml": "a:\n  bf16: true\n  lr: 1e-5\n",
        "run.json": '{"a": {"bf16": true, "lr": 1e-5}}',
        "run.toml": "[a]\nbf16 = true\nlr = 1e-5\n",
    }
    (tmp_path / name).write_text(texts[name])
    cut = minimal_file(str(tmp_path / name), HERE, tmp_path / "out", {"a.steps": 2})

    assert cut.path == str(tmp_path / "out" / name)
    assert whole(cut.path) == {"a": {"bf16": False, "lr": 1e-5, "steps": 2}}
    assert (tmp_path / name).read_text() == texts[name]
    assert cut.changes == ("a.bf16: True -> False", "a.steps: set to 2")


def test_what_a_base_sets_is_cut_too(tmp_path: Path) -> None:
    """The base stays the base, by its whole path; its large values are set over in the child, its others are not."""
    (tmp_path / "base.yaml").write_text("train:\n  max_steps: 1000\n  lr: 0.1\nbf16: true\n")
    (tmp_path / "child.yaml").write_text("base: base.yaml\ntrain:\n  lr: 0.2\n")
    cut = minimal_file(str(tmp_path / "child.yaml"), HERE, tmp_path / "out", {})

    assert cut.config == {
        "base": str(tmp_path / "base.yaml"),
        "train": {"lr": 0.2, "max_steps": 3},
        "bf16": False,
    }
    assert whole(cut.path) == {"train": {"lr": 0.2, "max_steps": 3}, "bf16": False}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yaml", "lr: [1\n", "cannot be read"),
        ("a.yaml", "model: !include x.yaml\n", "cannot be read"),
        ("a.yaml", "- 1\n", "is no mapping"),
        ("a.py", "lr = 1\n", "only YAML, JSON and TOML"),
    ],
)
def test_what_cannot_be_cut_says_why(name: str, text: str, words: str, tmp_path: Path) -> None:
    """One line with the file."""
    (tmp_path / name).write_text(text)

    with pytest.raises(BuildError, match=words):
        minimal_file(str(tmp_path / name), HERE, tmp_path / "out", {})


@pytest.mark.parametrize(
    ("low", "full"),
    [
        ("bf16", "fp32"),
        ("bfloat16", "float32"),
        ("torch.float16", "torch.float32"),
        ("bf16-mixed", "32-true"),
        (16, 32),
        ("16", "32"),
        ("fp32", "fp32"),
        ("float32", "float32"),
        (None, None),
    ],
)
def test_precision_is_spelled_as_the_config_spells_it(low: object, full: object) -> None:
    """A program that takes `bf16` and `fp32` refuses `float32`."""
    assert minimal({"dtype": low}, HERE).config == {"dtype": full}
