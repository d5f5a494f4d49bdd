# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Tiny training programs, right and wrong, and what a law says of them. Models have two layers of width 16."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from antifoul.facts.run import Unjudged
from antifoul.gate.smoke import STOPPED, BuildError, Smoke, judged, laws
from antifoul.smoke.world import restored

VOCABULARY = 32
_SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


class Said(NamedTuple):
    """What a law says of a program: "passes", "warns", "fails", "skipped" or "error", and in which words."""

    outcome: str
    text: str


def says(law: str, found: object, out: Path) -> Said:
    """The word of one law on a program, or on what a factory makes."""
    return said(found, out, (law,))[law]


def said(found: object, out: Path, wanted: tuple[str, ...] = ()) -> dict[str, Said]:
    """The word of each law, of all unless some are wanted, on a program or on what a factory makes."""
    smoke = Smoke(seed=0)
    return {law: _said(law, smoke, found, out) for law in wanted or laws()}


def _said(law: str, smoke: Smoke, found: object, out: Path) -> Said:
    try:
        with restored(out, seed=0):
            run = smoke.given("target", found, lambda: out).record(law)
    except BuildError as problem:
        return Said("error", str(problem))
    if isinstance(run, Unjudged):
        return Said("error" if run.reason.startswith(STOPPED) else "skipped", str(run))
    verdict = judged(law, run)
    text = "\n".join(hit.message for hit in (*verdict.errors, *verdict.warnings))
    return Said("fails" if verdict.errors else "warns" if verdict.warnings else "passes", text)


def outcomes(found: object, out: Path) -> dict[str, str]:
    """The outcome of every law that was judged and did not just pass."""
    quiet = {"passes", "skipped"}
    return {law: one.outcome for law, one in said(found, out).items() if one.outcome not in quiet}


def llama(**config: Any) -> Any:
    """A Llama with random weights."""
    import torch
    import transformers

    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**_SIZES, **config}))


def other(name: str, **config: Any) -> Any:
    """Another model of transformers by its class: its config is named as the model's folder has it."""
    import torch
    import transformers

    torch.manual_seed(0)
    model = getattr(transformers, name)
    return model(model.config_class(**{**_SIZES, **config}))


def with_lora(model: Any, **config: Any) -> Any:
    """The model with adapters on two of its projections; the rest is frozen."""
    import peft  # noqa: PLC0415  only where torch is

    adapters = peft.LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM", **config)
    return peft.get_peft_model(model, adapters)


def adam(model: Any, **options: Any) -> Any:
    """AdamW over what the model trains."""
    import torch

    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(trained, **{"lr": 1e-3, **options})


def batches_of(length: int = 10) -> Callable[[int], dict[str, Any]]:
    """A function that gives the next batch of so many rows, whose first three tokens are no targets."""
    import torch

    generator = torch.Generator().manual_seed(3)

    def next_batch(count: int) -> dict[str, Any]:
        tokens = torch.randint(3, VOCABULARY, (count, length), generator=generator)
        labels = tokens.clone()
        labels[:, :3] = -100
        return {"input_ids": tokens, "labels": labels, "attention_mask": torch.ones_like(tokens)}

    return next_batch


def mean_loss(model: Any, batch: dict[str, Any]) -> Any:
    """The model's own loss: the mean over the batch's targets."""
    return model(**batch).loss


def divided(loss: Any, count: int) -> Any:
    """As a right loop has it: each of so many micro-batches counts for one of so many parts."""
    return loss / count


class Loop(SimpleNamespace):
    """A plain loop. What is given replaces a part of the right one."""

    def __init__(self, model: Any, **parts: Any) -> None:
        parts = {
            "compute_loss": mean_loss,
            "scaled": divided,
            "backward": lambda loss: loss.backward(),
            "before_step": lambda _model: None,
            "schedule": lambda _optimizer: None,
            "reset": True,
            "next_batch": batches_of(),
            **parts,
        }
        super().__init__(model=model.train(), **parts)
        self.optimizer = parts["optimizer"] if "optimizer" in parts else adam(model)
        self.scheduler = parts["schedule"](self.optimizer)

    def train_step(self, batches: Sequence[Any]) -> float:
        """One optimizer step over a list of micro-batches: the mean loss."""
        if self.reset:
            self.optimizer.zero_grad()
        total = 0.0
        for batch in batches:
            loss = self.compute_loss(self.model, batch)
            self.backward(self.scaled(loss, len(batches)))
            total += float(loss.detach()) / len(batches)
        self.before_step(self.model)
        self.optimizer.step()
        if self.scheduler is not None:
            self.scheduler.step()
        return total


def rows(count: int = 24, *, ragged: bool = False) -> list[dict[str, list[int]]]:
    """Tokenised rows for a Trainer; ragged ones have 8 to 10 tokens."""
    found = []
    for number in range(count):
        length = 10 - number % 3 if ragged else 10
        tokens = [3 + (7 * number + 5 * place + number * place) % (VOCABULARY - 3) for place in range(length)]
        found.append({"input_ids": tokens, "labels": [-100] * 3 + tokens[3:], "attention_mask": [1] * length})
    return found


def padded(given: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    """Rows as one batch, padded at the right."""
    import torch

    fillers = {"input_ids": 0, "labels": -100, "attention_mask": 0}
    length = max(len(row["input_ids"]) for row in given)
    return {
        name: torch.tensor([row[name] + [filler] * (length - len(row[name])) for row in given])
        for name, filler in fillers.items()
    }


def factory(model: Callable[[], Any], kind: Any = None, data: Any = None, **arguments: Any) -> Callable[..., Any]:
    """A function that makes a Trainer, of this kind or of transformers' own, with overrides of its arguments.

    `optimizer`, among the arguments, makes the optimizer of a model.
    """
    import transformers

    optimizer = arguments.pop("optimizer", None)

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        usual = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "max_steps": 20}
        args = transformers.TrainingArguments(output_dir=output_dir, **{**usual, **arguments, **overrides})
        made = model()
        given = {"optimizers": (optimizer(made), None)} if optimizer else {}
        return (kind or transformers.Trainer)(
            model=made,
            args=args,
            train_dataset=data or rows(),
            eval_dataset=rows(4),
            data_collator=padded,
            **given,
        )

    return make_trainer
