# ruff: noqa: ANN401, C901, PLR0915  what torch gives has no types here; one long function, as users' are
"""A plain GRPO loop, and the same with one ordinary fault."""

import copy
import random
from types import SimpleNamespace
from typing import Any

from sft_loop import Chars, tiny_gpt

PROMPTS = ["2 + 2 =", "3 + 1 =", "say a", "say b", "1 + 1 =", "count"]
SIZE = 4
LONGEST = 8


def build(fault: str = "", *, seed: int = 0, **kind: Any) -> SimpleNamespace:
    """The loop: right without a fault."""
    import torch

    torch.manual_seed(seed)
    random.seed(seed)
    tokenizer = Chars()
    model = tiny_gpt(len(tokenizer), dropout=0.2 if fault == "dropout" else 0.0)
    reference = copy.deepcopy(model).eval().requires_grad_(requires_grad=False)
    if fault == "another reference":
        reference = tiny_gpt(len(tokenizer)).eval().requires_grad_(requires_grad=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    eos, beta, epsilon = tokenizer.eos_token_id, 0.04, 0.2
    temperature = kind.get("temperature", 1.0)

    def reward_fn(prompts: list[str], completions: list[str]) -> list[float]:
        if kind.get("tied"):
            return [1.0] * len(completions)
        found = [
            float(one.count("a")) - 0.1 * len(one) + len(prompt) * 0.0
            for prompt, one in zip(prompts, completions, strict=True)
        ]
        if fault == "reward sign":
            found = [-one for one in found]
        if fault == "reward order":
            found = sorted(found)
        if fault == "zero is none":
            found = [one or -1.0 for one in found]
        return found

    def advantages(rewards: Any) -> Any:
        if fault == "batch mean":
            return (rewards - rewards.mean()) / (rewards.std() + 1e-4)
        if fault == "wrong reshape":
            groups = rewards.view(SIZE, -1)
            return ((groups - groups.mean(0, keepdim=True)) / (groups.std(0, keepdim=True) + 1e-4)).flatten()
        groups = rewards.view(-1, SIZE)
        if fault == "not centred":
            return (groups / (groups.std(1, keepdim=True) + 1e-4)).flatten()
        if fault == "zero variance":
            return ((groups - groups.mean(1, keepdim=True)) / groups.std(1, keepdim=True)).flatten()
        found = ((groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)).flatten()
        return -found if fault == "advantage sign" else found

    def completion_mask(ids: Any) -> Any:
        is_end = ids == eos
        if fault == "mask is not eos":
            return (~is_end).int()
        if fault == "mask all":
            return torch.ones_like(ids)
        before = is_end.int().cumsum(-1) - is_end.int()
        if fault == "mask without eos":
            return (is_end.int().cumsum(-1) == 0).int()
        return (before == 0).int()

    def token_logps(net: Any, ids: Any, mask: Any, heat: float) -> Any:
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = net(ids, mask, positions)[:, :-1] / heat
        return logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]

    def rollout(prompts: list[str]) -> dict[str, Any]:
        many = [one for one in prompts for _ in range(SIZE)]
        rows = [[tokenizer.bos_token_id, *tokenizer.encode(one)] for one in many]
        width = max(map(len, rows))
        ids = torch.tensor([[0] * (width - len(one)) + one for one in rows])
        mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in rows])
        done = torch.zeros(len(rows), dtype=torch.bool)
        with torch.no_grad():
            for _ in range(LONGEST):
                logits = model(ids, mask, (mask.cumsum(-1) - 1).clamp(min=0))[:, -1] / temperature
                logits[:, eos] += 1.5
                token = torch.multinomial(logits.softmax(-1), 1)[:, 0].masked_fill(done, 0)
                ids = torch.cat([ids, token[:, None]], 1)
                mask = torch.cat([mask, (~done).long()[:, None]], 1)
                done |= token == eos
            old = token_logps(model, ids, mask, 1.5 if fault == "temperature" else temperature)
        completions = ids[:, width:]
        texts = [tokenizer.decode(row[: (row == eos).int().argmax() if eos in row else None]) for row in completions]
        rewards = torch.tensor(reward_fn(many, texts))
        if fault == "rewards shifted":
            rewards = rewards.roll(1)
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "completion_mask": completion_mask(completions),
            "old_logps": old[:, width - 1 :],
            "advantages": advantages(rewards),
            "rewards": rewards,
            "prompts": many,
            "completions": texts,
        }

    def policy_loss(logps: Any, old_logps: Any, advantages: Any, mask: Any) -> Any:
        old = logps.detach() if fault == "old not used" else old_logps
        ratio = (logps - old).exp()
        gain = advantages[:, None]
        clipped = ratio.clamp(1 - epsilon, 1 + epsilon)
        if fault == "max for min":
            each = torch.max(ratio * gain, clipped * gain)
        elif fault == "no clip":
            each = ratio * gain
        elif fault == "clip alone":
            each = clipped * gain
        else:
            each = torch.min(ratio * gain, clipped * gain)
        if fault == "loss sign":
            each = -each
        if fault == "mask not in the loss":
            return -each.mean()
        if fault == "mean over padding":
            return -(each * mask).mean()
        return -(each * mask).sum() / mask.sum().clamp(min=1)

    def compute_loss(net: Any, batch: dict[str, Any]) -> tuple[Any, dict[str, float]]:
        mask = batch["completion_mask"]
        if fault == "tokens after eos":
            mask = torch.ones_like(mask)
        start = batch["input_ids"].shape[1] - mask.shape[1] - 1
        given = batch["input_ids"], batch["attention_mask"]
        new = token_logps(net, *given, temperature)[:, start:]
        with torch.no_grad():
            base = token_logps(reference, *given, temperature)[:, start:]
        gap = base - new
        kl = gap.exp() - gap - 1
        loss = policy_loss(new, batch["old_logps"], batch["advantages"], mask)
        term = (kl * mask).sum() / mask.sum()
        loss = loss - beta * term if fault == "kl subtracted" else loss + beta * term
        return loss, {"kl": float(term.detach())}

    def train_step(batch: dict[str, Any]) -> dict[str, float]:
        model.train()
        optimizer.zero_grad()
        loss, metrics = compute_loss(model, batch)
        loss.backward()
        optimizer.step()
        return {"loss": float(loss.detach()), **metrics}

    return SimpleNamespace(
        model=model, ref_model=reference, optimizer=optimizer, tokenizer=tokenizer, rollout=rollout,
        examples=[{"prompt": one} for one in PROMPTS], reward_fn=reward_fn, advantages=advantages,
        completion_mask=completion_mask, policy_loss=policy_loss, compute_loss=compute_loss, train_step=train_step,
        group_size=SIZE, beta=beta, good_bad=None if kind.get("tied") else ("aaa", "bbbbbb"),
    )  # fmt: skip
