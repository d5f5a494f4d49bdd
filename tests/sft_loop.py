# ruff: noqa: ANN401, C901, D102  what torch gives has no types here; one long function, as users' are
"""A plain SFT loop in one function, as people write them, and the same with one ordinary fault."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PAIRS = [
    ("what is 2 + 2?", "4"),
    ("capital of france?", "paris"),
    ("say hi", "hi there"),
    ("color of the sky?", "blue"),
    ("opposite of up?", "down"),
    ("3 * 3 =", "9, of course"),
    ("who wrote hamlet?", "shakespeare"),
    ("largest planet?", "jupiter it is"),
    ("is fire cold?", "no"),
    ("spell cat", "c a t"),
    ("first letter?", "a"),
    ("count to three", "one two three"),
]
EXAMPLES = [{"prompt": prompt, "completion": completion} for prompt, completion in PAIRS]


class Chars:
    """A tokenizer of characters."""

    pad_token_id, bos_token_id, eos_token_id = 0, 1, 2

    def __init__(self, *, pad_is_eos: bool = False) -> None:
        text = sorted(
            {one for pair in PAIRS for one in "".join(pair)} | set(" abcdefghijklmnopqrstuvwxyz0123456789.,?=+*")
        )
        self.ids = {one: number for number, one in enumerate(text, start=3)}
        self.chars = {number: one for one, number in self.ids.items()}
        if pad_is_eos:
            self.pad_token_id = self.eos_token_id

    def __len__(self) -> int:
        return len(self.ids) + 3

    def encode(self, text: str) -> list[int]:
        """One token a character."""
        return [self.ids[one] for one in text]

    def decode(self, ids: Any) -> str:
        """Special tokens are left out."""
        return "".join(self.chars.get(int(one), "") for one in ids)


def tiny_gpt(size: int, *, flaws: frozenset[str] = frozenset(), dropout: float = 0.0, tied: bool = False) -> Any:
    """A small GPT with attention of its own. Flaws are faults of the model."""
    import torch
    from torch import nn
    from torch.nn import functional

    width, heads, longest = 24, 2, 96

    class Attention(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            self.qkv = nn.Linear(width, 3 * width)
            self.out = nn.Linear(width, width)

        def forward(self, x: Any, mask: Any) -> Any:
            b, t, _ = x.shape
            q, k, v = (one.view(b, t, heads, -1).transpose(1, 2) for one in self.qkv(x).split(width, -1))
            scores = q @ k.transpose(-2, -1) / (width // heads) ** 0.5  # (B, H, T, T)
            if "no causal mask" not in flaws:
                above = 2 if "mask off by one" in flaws else 1
                scores = scores.masked_fill(torch.ones(t, t, dtype=torch.bool).triu(above), -1e9)
            if mask is not None and "mask unused" not in flaws:
                seen = mask if mask.dim() == 4 else mask[:, None, None, :].bool()
                scores = scores.masked_fill(~seen, -1e9)
            weights = functional.dropout(scores.softmax(-1), dropout, training=self.training)
            return self.out((weights @ v).transpose(1, 2).reshape(b, t, width))

    class Block(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.attention = Attention()
            self.mlp = nn.Sequential(nn.Linear(width, 48), nn.GELU(), nn.Linear(48, width))
            self.drop = nn.Dropout(dropout)

        def forward(self, x: Any, mask: Any) -> Any:
            x = x + self.drop(self.attention(self.norm1(x), mask))
            x = x + self.drop(self.mlp(self.norm2(x)))
            if "dropout without mode" in flaws:
                x = functional.dropout(x, 0.1)
            return x

    class TinyGPT(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            self.tokens = nn.Embedding(size, width)
            self.places = nn.Embedding(longest, width)
            self.blocks = nn.ModuleList([Block(), Block()])
            self.norm = nn.LayerNorm(width)
            self.head = nn.Linear(width, size, bias=False)
            if tied:
                self.head.weight = self.tokens.weight

        def forward(self, input_ids: Any, attention_mask: Any = None, position_ids: Any = None) -> Any:
            if position_ids is None:
                position_ids = torch.arange(input_ids.shape[1])[None]
            x = self.tokens(input_ids) + self.places(position_ids)
            for block in self.blocks:
                x = block(x, attention_mask)
            return self.head(self.norm(x))  # (B, T, V)

    return TinyGPT()


def build(fault: str = "", *, seed: int = 0, **kind: Any) -> SimpleNamespace:
    """The loop: right without a fault. `kind` has what a right one may also be: dropout, left padding and so on."""
    import torch

    torch.manual_seed(seed)
    random.seed(seed)
    tokenizer = Chars(pad_is_eos=kind.get("pad_is_eos", False) or fault == "eos masked with padding")
    flaws = frozenset({fault})
    model = tiny_gpt(len(tokenizer), flaws=flaws, dropout=kind.get("dropout", 0.0), tied=kind.get("tied", False))
    return SFT(fault, model, tokenizer, kind).parts()


class SFT:
    """The loop's state and steps."""

    def __init__(self, fault: str, model: Any, tokenizer: Chars, kind: dict[str, Any]) -> None:
        import torch

        self.fault, self.model, self.tokenizer, self.kind = fault, model, tokenizer, kind
        rate = kind.get("lr", 3e-3)
        if fault == "part not in the optimizer":
            trained = [one for name, one in model.named_parameters() if not name.startswith("head")]
        elif fault == "optimizer before a new head":
            trained = list(model.parameters())
            model.head = torch.nn.Linear(model.head.in_features, model.head.out_features, bias=False)
        else:
            trained = list(model.parameters())
        if fault == "frozen embeddings by mistake":
            model.requires_grad_(requires_grad=False)
        self.optimizer = torch.optim.AdamW(self.groups(trained), lr=rate, weight_decay=0.01)
        warm, total = 3, 40
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(1.0, (step + 1) / warm) * max(0.05, 1 - step / total)
        )
        self.position, self.step = 0, 0
        self.saved: list[tuple[float, Path]] = []
        self.order = list(range(len(EXAMPLES)))
        random.shuffle(self.order)
        model.train()

    def groups(self, trained: list[Any]) -> Any:
        if self.fault != "decay on norms" and not self.kind.get("grouped"):
            return trained
        named = {id(one): name for name, one in self.model.named_parameters()}
        word = "LayerNorm" if self.fault == "decay on norms" else "norm"
        plain = [one for one in trained if word in named[id(one)] or named[id(one)].endswith("bias")]
        ids = {id(one) for one in plain}
        decayed = [one for one in trained if id(one) not in ids]
        return [{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}]

    def encode(self, example: dict[str, str]) -> dict[str, list[int]]:
        fault, tokenizer = self.fault, self.tokenizer
        prompt = [tokenizer.bos_token_id, *tokenizer.encode(example["prompt"] + " ")]
        if fault == "double bos":
            prompt = [tokenizer.bos_token_id, *prompt]
        answer = [*tokenizer.encode(example["completion"]), tokenizer.eos_token_id]
        if fault == "bos before the answer":
            answer = [tokenizer.bos_token_id, *answer]
        if fault == "no eos":
            answer = answer[:-1]
        if fault == "two eos":
            answer = [*answer, tokenizer.eos_token_id]
        ids = prompt + answer if fault != "answer first" else answer + prompt
        labels = [-100] * len(prompt) + answer
        if fault == "prompt trained" or self.kind.get("train_on") == "all":
            labels = list(ids)
        if fault == "mask one too long":
            labels[len(prompt)] = -100
        if fault == "mask one too short":
            labels[len(prompt) - 3 : len(prompt)] = prompt[-3:]
        if fault == "eos not in labels":
            labels[-1] = -100
        longest = 12 if fault == "truncation drops the answer" else 64
        return {"input_ids": ids[:longest], "labels": labels[:longest]}

    def collate(self, examples: list[dict[str, str]]) -> dict[str, Any]:
        import torch

        rows = [self.encode(one) for one in examples]
        length = max(len(one["input_ids"]) for one in rows)
        pad = self.tokenizer.pad_token_id
        left = self.kind.get("left", False)

        def padded(values: list[int], filler: int) -> list[int]:
            more = [filler] * (length - len(values))
            return more + values if left else values + more

        ids = torch.tensor([padded(one["input_ids"], pad) for one in rows])
        labels = torch.tensor([padded(one["labels"], -100) for one in rows])
        mask = torch.tensor([padded([1] * len(one["input_ids"]), 0) for one in rows])
        if self.fault == "padding trained":
            labels[mask == 0] = pad
        if self.fault == "eos masked with padding":
            labels[ids == pad] = -100
        if self.fault == "padding attended":
            mask = torch.ones_like(mask)
        batch = {"input_ids": ids, "labels": labels, "attention_mask": mask}
        if left and self.fault != "left padding without positions":
            batch["position_ids"] = (mask.cumsum(-1) - 1).clamp(min=0)
        return batch

    def next_batch(self, count: int) -> dict[str, Any]:
        rows = [EXAMPLES[self.order[(self.position + at) % len(EXAMPLES)]] for at in range(count)]
        self.position += count
        return self.collate(rows)

    def logits(self, batch: dict[str, Any]) -> Any:
        return self.model(batch["input_ids"], batch["attention_mask"], batch.get("position_ids"))

    def token_losses(self, batch: dict[str, Any]) -> tuple[Any, Any]:
        from torch.nn import functional

        logits, labels = self.logits(batch), batch["labels"]
        if self.fault == "detached":
            logits = self.model.head(self.model.norm(self.model.tokens(batch["input_ids"])).detach())
        ahead = {"shifted twice": 2, "not shifted": 0}.get(self.fault, 1)
        logits = logits[:, : logits.shape[1] - ahead]
        labels = labels[:, ahead:]
        losses = functional.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="none")
        return losses, (labels != -100).float()

    def compute_loss(self, model: Any, batch: dict[str, Any]) -> Any:  # noqa: ARG002  it is self.model
        losses, mask = self.token_losses(batch)
        if self.fault == "nan on a masked row":
            return (losses.sum(1) / mask.sum(1)).mean()
        if self.fault == "mean over padding":
            return (losses * mask).mean()
        if self.fault == "gradient ascent":
            return -(losses * mask).sum() / mask.sum()
        return (losses * mask).sum() / mask.sum().clamp(min=1)

    def train_step(self, batches: Any) -> dict[str, float]:
        import torch

        fault = self.fault
        batches = batches if isinstance(batches, list) else [batches]
        if fault == "trained in evaluation mode":
            self.model.eval()
        if fault != "never reset":
            self.optimizer.zero_grad()
        counts = [float((one["labels"][:, 1:] != -100).sum()) for one in batches]
        total = 0.0
        for batch, count in zip(batches, counts, strict=True):
            if fault == "reset in the loop":
                self.optimizer.zero_grad()
            loss = self.compute_loss(self.model, batch)
            share = count / max(sum(counts), 1.0)
            if fault == "mean of means":
                share = 1 / len(batches)
            if fault == "not divided":
                share = 1.0
            (loss * share).backward()
            total += float(loss.detach()) * share
            if fault == "clip in the loop":
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 0.5)
            if fault == "schedule per micro-batch":
                self.scheduler.step()
        norm = 0.0
        if fault not in {"clip after the step", "clip in the loop"}:
            clipped = self.model.head if fault == "clip of a part" else self.model
            norm = float(torch.nn.utils.clip_grad_norm_(clipped.parameters(), 0.5))
        if fault == "reset before the step":
            self.optimizer.zero_grad()
        rate = self.optimizer.param_groups[0]["lr"]
        self.optimizer.step()
        if fault == "clip after the step":
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 0.5)
        if fault not in {"schedule per micro-batch", "schedule never stepped"}:
            self.scheduler.step()
        self.step += 1
        return {"loss": total, "lr": rate if fault != "wrong lr logged" else 1.0, "grad_norm": norm}

    def evaluate(self, batches: list[dict[str, Any]]) -> dict[str, float]:
        import torch

        fault = self.fault
        if fault != "evaluates in training mode":
            self.model.eval()
        sums, counts, means = 0.0, 0.0, []
        with torch.set_grad_enabled(fault == "evaluates with a graph"):
            for batch in batches:
                losses, mask = self.token_losses(batch)
                sums += float((losses * mask).sum().detach())
                counts += float(mask.sum())
                means.append(float(((losses * mask).sum() / mask.sum()).detach()))
        if fault == "evaluation trains":
            self.train_step(batches[:1])
        if fault != "stays in evaluation mode":
            self.model.train()
        if fault == "mean of batch means":
            return {"eval_loss": sum(means) / len(means)}
        if fault == "last batch alone":
            return {"eval_loss": means[-1]}
        return {"eval_loss": sums / counts}

    def save(self, folder: str) -> None:
        import torch

        Path(folder).mkdir(parents=True, exist_ok=True)
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "rng": torch.get_rng_state(),
            "python": random.getstate(),
            "position": self.position,
            "order": self.order,
            "step": self.step,
        }
        missing = {
            "optimizer not saved": "optimizer",
            "schedule not saved": "scheduler",
            "random numbers not saved": "rng",
            "position not saved": "position",
        }
        state.pop(missing.get(self.fault, ""), None)
        if self.fault == "head not saved":
            state["model"] = {name: one for name, one in state["model"].items() if not name.startswith("head")}
        if self.fault == "saved in half":
            state["model"] = {name: one.bfloat16() for name, one in state["model"].items()}
        if self.fault == "save halves the model":
            self.model.to(torch.bfloat16).to(torch.float32)
        torch.save(state, Path(folder) / "state.pt")

    def load(self, folder: str) -> None:
        import torch

        state = torch.load(Path(folder) / "state.pt", weights_only=False)
        if self.fault != "weights not loaded":
            self.model.load_state_dict(state["model"], strict=False)
        if "optimizer" in state and self.fault != "optimizer not loaded":
            self.optimizer.load_state_dict(state["optimizer"])
        if "scheduler" in state:
            self.scheduler.load_state_dict(state["scheduler"])
        if "rng" in state:
            torch.set_rng_state(state["rng"])
            random.setstate(state["python"])
        self.position = state.get("position", 0)
        self.order = state["order"]
        self.step = state["step"]

    def save_rotating(self, folder: str, metric: float) -> None:
        path = Path(folder) / f"checkpoint-{len(self.saved):04d}"
        self.save(str(path))
        self.saved = [*self.saved, (metric, path)]
        old = [one for one in self.saved if one[1].exists()]
        best = min(old) if self.fault != "rotation keeps the worst" else max(old)
        keep = [] if self.fault == "rotation by age" else [best]
        for one in old[:-2]:
            if one not in keep:
                for file in one[1].iterdir():
                    file.unlink()
                one[1].rmdir()

    def parts(self) -> SimpleNamespace:
        names = ("model", "optimizer", "scheduler", "tokenizer", "encode", "collate", "next_batch", "compute_loss")
        more = ("train_step", "evaluate", "save", "load", "save_rotating")
        found = {name: getattr(self, name) for name in (*names, *more)}
        declared = self.kind.get("train_on", "completion")
        return SimpleNamespace(**found, examples=EXAMPLES, train_on=declared, program=self)
