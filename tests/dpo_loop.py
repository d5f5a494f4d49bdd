# ruff: noqa: ANN401, C901, PLR0915, S311  what torch gives has no types here; one long function, as users' are
"""A plain DPO loop over concatenated pairs, and the same with one ordinary fault."""

import copy
import random
from types import SimpleNamespace
from typing import Any

from sft_loop import Chars, tiny_gpt

PAIRS = [
    ("what is 2 + 2?", "4", "5 i think"),
    ("capital of france?", "paris", "london"),
    ("say hi", "hi there", "no"),
    ("color of the sky?", "blue", "green as grass"),
    ("opposite of up?", "down", "sideways"),
    ("3 * 3 =", "9, of course", "6"),
    ("who wrote hamlet?", "shakespeare", "me"),
    ("is fire cold?", "no", "yes it is"),
]
EXAMPLES = [dict(zip(("prompt", "chosen", "rejected"), one, strict=True)) for one in PAIRS]


def build(fault: str = "", *, seed: int = 0, **kind: Any) -> SimpleNamespace:
    """The loop: right without a fault."""
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    random.seed(seed)
    tokenizer = Chars()
    model = tiny_gpt(len(tokenizer), dropout=kind.get("dropout", 0.0))
    if fault == "dropout in the policy":
        for part in model.modules():
            if isinstance(part, torch.nn.Dropout):
                part.p = 0.2
    reference = copy.deepcopy(model).eval().requires_grad_(fault in {"reference is trained", "graph in the reference"})
    if fault == "reference is the policy":
        reference = model
    if fault == "another reference":
        reference = tiny_gpt(len(tokenizer)).eval().requires_grad_(requires_grad=False)
    if fault == "dropout in the reference":
        for part in reference.modules():
            if isinstance(part, torch.nn.Dropout):
                part.p = 0.2
        reference.train()
    beta, loss_type = kind.get("beta", 0.1), kind.get("loss_type", "sigmoid")
    both = fault in {"reference is trained", "reference in the optimizer"}
    held = [*model.parameters(), *(reference.parameters() if both else ())]
    optimizer = torch.optim.AdamW(held, lr=1e-3, weight_decay=0.01)

    def encode(prompt: str, answer: str) -> tuple[list[int], list[int]]:
        ids = [tokenizer.bos_token_id, *tokenizer.encode(prompt + " ")]
        tail = [*tokenizer.encode(answer), tokenizer.eos_token_id]
        if fault == "no eos":
            tail = tail[:-1]
        labels = [-100] * len(ids) + tail if fault != "prompt in the labels" else ids + tail
        return ids + tail, labels

    def collate(examples: list[dict[str, str]]) -> dict[str, Any]:
        names = ("chosen", "rejected") if fault != "columns swapped" else ("rejected", "chosen")
        rows = [encode(one["prompt"], one[name]) for name in names for one in examples]
        length = max(len(ids) for ids, _ in rows)
        return {
            "input_ids": torch.tensor([ids + [0] * (length - len(ids)) for ids, _ in rows]),
            "labels": torch.tensor([labels + [-100] * (length - len(labels)) for _, labels in rows]),
            "attention_mask": torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids, _ in rows]),
        }

    def logps(model: Any, ids: Any, mask: Any, labels: Any) -> Any:
        logits = model(ids, mask)
        if fault == "logps not shifted":
            logits = functional.pad(logits, (0, 0, 1, 0))[:, :-1] * 0 + logits
            targets, real = labels, labels != -100
        elif fault == "logps shifted twice":
            logits, targets = logits[:, :-2], labels[:, 2:]
            real = targets != -100
        else:
            logits, targets = logits[:, :-1], labels[:, 1:]
            real = targets != -100
        if fault == "prompt in the sum":
            targets, real = ids[:, 1:], mask[:, 1:].bool()
        if fault == "no log softmax":
            each = logits.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
        else:
            each = logits.log_softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
        total = (each * real).sum(-1)
        return total / real.sum(-1) if fault == "mean of the tokens" or loss_type == "ipo" else total

    def compute_loss(model: Any, batch: dict[str, Any]) -> tuple[Any, dict[str, float]]:
        given = batch["input_ids"], batch["attention_mask"], batch["labels"]
        policy = logps(model, *given)
        if fault in {"graph in the reference", "reference is trained"}:
            base = logps(reference, *given)
        else:
            with torch.no_grad():
                base = logps(reference, *given)
        half = len(policy) // 2
        ratios = policy - base
        if fault == "reference not used":
            ratios = policy
        up, down = ratios[:half], ratios[half:]
        margin = up - down if fault != "wrong sign" else down - up
        scale = {"beta left out": 1.0, "beta twice": beta * beta}.get(fault, beta)
        if loss_type == "ipo":
            loss = (margin - 1 / (2 * beta)).pow(2).mean()
        elif loss_type == "hinge":
            loss = torch.relu(1 - scale * margin).mean()
        else:
            smooth = kind.get("label_smoothing", 0.0)
            both_ways = [functional.logsigmoid(sign * scale * margin) for sign in (1, -1)]
            loss = -((1 - smooth) * both_ways[0] + smooth * both_ways[1]).mean()
        share = (up > down) if fault != "accuracy reversed" else (down > up)
        told = 1.0 if fault == "rewards without beta" else beta
        metrics = {
            "rewards/chosen": float(told * up.mean().detach()),
            "rewards/rejected": float(told * down.mean().detach()),
            "rewards/accuracies": float(share.float().mean()),
        }
        return loss, metrics

    def train_step(batch: dict[str, Any]) -> dict[str, float]:
        model.train()
        optimizer.zero_grad()
        loss, metrics = compute_loss(model, batch)
        (loss if fault != "gradient ascent" else -loss).backward()
        optimizer.step()
        return {"loss": float(loss.detach()), "lr": optimizer.param_groups[0]["lr"], **metrics}

    def next_batch(count: int) -> dict[str, Any]:
        return collate([EXAMPLES[random.randrange(len(EXAMPLES))] for _ in range(count)])

    return SimpleNamespace(
        model=model,
        ref_model=reference,
        optimizer=optimizer,
        tokenizer=tokenizer,
        examples=EXAMPLES,
        collate=collate,
        next_batch=next_batch,
        logps=logps,
        compute_loss=compute_loss,
        train_step=train_step,
        beta=beta,
        loss_type=loss_type,
    )
