"""Scripts left as they are: right ones hold, wrong ones fail by their law, and what they ask for is replaced."""

from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.run import Unjudged
from antifoul.gate.smoke import judged, laws
from antifoul.gate.smoke_scripts import Script, task_of
from antifoul.smoke.building import BuildError
from antifoul.smoke.script.task import Task

pytest.importorskip("transformers")

LOOP = """
import argparse
import torch
from datasets import load_dataset
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM, AutoTokenizer, get_scheduler

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="org/model-7b")
parser.add_argument("--data")
args = parser.parse_args()

tokenizer = AutoTokenizer.from_pretrained(args.model)
model = AutoModelForCausalLM.from_pretrained(
    args.model, torch_dtype=torch.bfloat16, device_map="auto", attn_implementation="flash_attention_2"
)
model = torch.compile(model).cuda().train()


def collate(rows):
    template = tokenizer.apply_chat_template
    prompts = [template(row["messages"][:1], tokenize=False, add_generation_prompt=True) for row in rows]
    texts = [template(row["messages"], tokenize=False) for row in rows]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    for row, prompt in enumerate(prompts):
        labels[row, : len(tokenizer(prompt)["input_ids"])] = -100
    batch["labels"] = labels
    return batch


data = load_dataset(args.data, split="train")
loader = DataLoader(data, batch_size=2, shuffle=True, collate_fn=collate, num_workers=2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = get_scheduler("linear", optimizer, num_warmup_steps=0, num_training_steps=100)
step = 0
for epoch in range(3):
    for number, batch in enumerate(loader, start=1):
        batch = {name: one.to("cuda") for name, one in batch.items()}
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = model(**batch).loss
        (loss / 4).backward()
        if number % 4 == 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            print(step, loss.item())
            step += 1
model.save_pretrained("out")
"""
COMMAND = "accelerate launch --num_processes 8 train.py --model {tiny_model} --data {tiny_sft}"


def said(tmp_path: Path, text: str, command: str = COMMAND, **more: Any) -> tuple[dict[str, str], Script]:  # noqa: ANN401  of a Task
    """What each law says of such a script, where it says more than that it holds."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "train.py").write_text(text)
    task = Task(command, str(root), "", str(tmp_path / "out"), (), 0, 60.0, **more)
    script = Script(task_of(laws(), task))
    found = {}
    for law in laws():
        try:
            recorded = script.record(law)
        except BuildError as problem:
            found[law] = f"error: {problem}"
            continue
        if isinstance(recorded, Unjudged):
            continue
        verdict = judged(law, recorded)
        if verdict.errors or verdict.warnings:
            found[law] = (verdict.errors or verdict.warnings)[0].message
    return found, script


def test_a_right_script_holds_and_its_replacements_are_listed(tmp_path: Path) -> None:
    """Nothing is found; what it asked of the machine is listed with its line, and nothing was written beside it."""
    found, script = said(tmp_path, LOOP)

    assert found == {}
    asked = "\n".join(script.replaced)
    for words in ("accelerate launch", "torch_dtype bfloat16", "device_map", "flash_attention_2", "torch.compile"):
        assert words in asked
    for words in (".cuda()", "cuda -> cpu", "autocast", "2 workers"):
        assert words in asked
    assert [one.name for one in (tmp_path / "repository").iterdir()] == ["train.py"]


@pytest.mark.parametrize(
    ("right", "wrong", "law", "words"),
    [
        ("(loss / 4)", "loss", "accumulation", "4.00 x"),
        ("            optimizer.zero_grad()\n", "", "grad-reset", "2.00 x"),
        ('batch["labels"] = labels', 'batch["labels"] = labels.roll(-1, 1)', "next-token-oracle", ""),
        ("model.parameters(), lr", "list(model.parameters())[:3], lr", "params-move", "not in the optimizer"),
        ("            scheduler.step()\n", "", "schedule", "never called"),
        ("return batch", "return {**batch, 'labels': batch['labels'] * 0 - 100}", "finite", "nan"),
    ],
    ids=lambda value: value if value in laws() else "",
)
def test_a_wrong_script_fails_by_its_law(tmp_path: Path, right: str, wrong: str, law: str, words: str) -> None:
    """One line of the right script is changed; the law that it breaks says so."""
    assert right in LOOP
    found, _ = said(tmp_path, LOOP.replace(right, wrong))

    assert words in found.get(law, ""), found
    assert law in found


def test_a_trainer_in_a_script_is_judged_as_a_trainer_is(tmp_path: Path) -> None:
    """The script calls train() of a TRL trainer: laws that need fresh batches are judged, too."""
    pytest.importorskip("trl")
    text = (
        "from datasets import load_dataset\nfrom trl import SFTConfig, SFTTrainer\n"
        "args = SFTConfig(output_dir='out', bf16=True, report_to='wandb', gradient_accumulation_steps=4)\n"
        "data = load_dataset('{data}')\n"
        "SFTTrainer(model='org/model-7b', args=args, train_dataset=data['train']).train()\n"
    )
    found, script = said(tmp_path, text.replace("'{data}'", "__import__('sys').argv[1]"), "train.py {tiny_sft}")

    assert found == {}
    assert not isinstance(script.record("accumulation"), Unjudged)
    assert isinstance(script.record("labels"), Unjudged)  # the tokenizer of org/model-7b is not here
    assert any("org/model-7b -> a tiny Llama" in one for one in script.replaced)


def test_a_config_is_cut_for_its_script(tmp_path: Path) -> None:
    """`{config}` is the user's YAML with tiny values in its own keys, and an override on top."""
    root = tmp_path / "repository"
    text = (
        "import sys, yaml, torch\n"
        "config = yaml.safe_load(open(sys.argv[1]))\n"
        "assert config['batch_size'] == 2 and config['lr'] == 0.5 and config['model_name_or_path'] != 'org/7b'\n"
        "model = torch.nn.Linear(2, 1)\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=config['lr'])\n"
        "for step in range(60):\n"
        "    optimizer.zero_grad()\n    model(torch.randn(4, 2)).mean().backward()\n    optimizer.step()\n"
    )
    (tmp_path / "sft.yaml").write_text("model_name_or_path: org/7b\nbatch_size: 64\nlr: 0.1\n")
    found, script = said(tmp_path, text, "train.py {config}", config=str(tmp_path / "sft.yaml"), overrides={"lr": 0.5})

    assert not script.answer.stopped
    assert not any(one.startswith("error") for one in found.values())
    assert any("batch_size: 64 -> 2" in one for one in script.replaced)
    assert [one.name for one in root.iterdir()] == ["train.py"]
