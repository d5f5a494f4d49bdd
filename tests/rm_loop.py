# ruff: noqa: ANN401, C901  what torch gives has no types here; one long function, as users' are
"""A plain reward model loop with chosen and rejected rows apart, and the same with one ordinary fault."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dpo_loop import EXAMPLES
from sft_loop import Chars, tiny_gpt


def build(fault: str = "", *, seed: int = 0, **kind: Any) -> SimpleNamespace:
    """The loop: right without a fault."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.manual_seed(seed)
    tokenizer = Chars()

    class RewardModel(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            body = tiny_gpt(len(tokenizer), dropout=kind.get("dropout", 0.0))
            self.body = body
            self.body.head = nn.Identity()
            self.v_head = nn.Linear(24, 1)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.body(input_ids, attention_mask)
            values = self.v_head(hidden.detach() if fault == "detached body" else hidden)[..., 0]  # (B, T)
            if fault == "score at the last column":
                return values[:, -1]
            last = attention_mask.sum(1) - (2 if fault == "score one before" else 1)
            if fault == "mean of all positions":
                return values.mean(1)
            return values[torch.arange(len(values)), last]

    model = RewardModel()
    model.v_head.requires_grad_(requires_grad=fault != "head frozen")
    held = model.body.parameters() if fault == "head not in the optimizer" else model.parameters()
    optimizer = torch.optim.AdamW(held, lr=1e-3)

    def padded(texts: list[str]) -> tuple[Any, Any]:
        rows = [[tokenizer.bos_token_id, *tokenizer.encode(one), tokenizer.eos_token_id] for one in texts]
        length = max(map(len, rows))
        ids = torch.tensor([one + [0] * (length - len(one)) for one in rows])
        return ids, (ids != 0).long()

    def collate(examples: list[dict[str, str]]) -> dict[str, Any]:
        names = ("chosen", "rejected") if fault != "columns swapped" else ("rejected", "chosen")
        good = padded([f"{one['prompt']} {one[names[0]]}" for one in examples])
        bad = padded([f"{one['prompt']} {one[names[1]]}" for one in examples])
        return {"chosen_ids": good[0], "chosen_mask": good[1], "rejected_ids": bad[0], "rejected_mask": bad[1]}

    def compute_loss(net: Any, batch: dict[str, Any]) -> tuple[Any, dict[str, float]]:
        up = net(batch["chosen_ids"], batch["chosen_mask"])
        down = net(batch["rejected_ids"], batch["rejected_mask"])
        margin = down - up if fault == "sign" else up - down
        right = down > up if fault == "accuracy reversed" else up > down
        return -functional.logsigmoid(margin).mean(), {"accuracy": float(right.float().mean())}

    def train_step(batch: dict[str, Any]) -> dict[str, float]:
        model.train()
        optimizer.zero_grad()
        loss, metrics = compute_loss(model, batch)
        loss.backward()
        optimizer.step()
        return {"loss": float(loss.detach()), **metrics}

    def save(folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        state = model.state_dict()
        if fault == "head not saved":
            state = {name: one for name, one in state.items() if "v_head" not in name}
        torch.save(
            {"model": state, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()},
            Path(folder) / "state.pt",
        )

    def load(folder: str) -> None:
        state = torch.load(Path(folder) / "state.pt", weights_only=True)
        model.load_state_dict(state["model"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])

    return SimpleNamespace(
        model=model, optimizer=optimizer, tokenizer=tokenizer, examples=EXAMPLES, collate=collate,
        compute_loss=compute_loss, train_step=train_step, save=save, load=load,
        next_batch=lambda count: collate(EXAMPLES[:count]),
    )  # fmt: skip
