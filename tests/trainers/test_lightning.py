# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Lightning modules: right ones are quiet, wrong ones fail with the cause."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from programs import VOCABULARY, llama, outcomes, padded, rows, said

torch = pytest.importorskip("torch")
lightning = pytest.importorskip("lightning")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested


class Lit(lightning.LightningModule):  # type: ignore[misc, name-defined]  # torch is not installed where types are checked
    """A language model as people write it; `fault` is one ordinary mistake."""

    def __init__(self, fault: str = "", *, manual: bool = False) -> None:
        super().__init__()
        self.fault = fault
        self.automatic_optimization = not manual
        self.net = llama()
        self.last = torch.nn.Linear(VOCABULARY, VOCABULARY)

    def training_step(self, batch: dict[str, Any], batch_idx: int) -> Any:  # noqa: ARG002  Lightning's own
        """The loss of a batch."""
        logits = self.last(self.net(batch["input_ids"], attention_mask=batch["attention_mask"]).logits)
        if self.fault == "detached":
            logits = self.last(logits.detach())
        labels = batch["labels"] if self.fault != "padding trained" else batch["input_ids"]
        ahead = 2 if self.fault == "shifted twice" else 1
        flat = logits[:, :-ahead].flatten(0, 1), labels[:, ahead:].flatten()
        loss = torch.nn.functional.cross_entropy(*flat)
        self.log("train/loss", loss, prog_bar=True)
        if not self.automatic_optimization:
            optimizer = self.optimizers()
            if self.fault != "never reset":
                optimizer.zero_grad()
            self.manual_backward(loss)
            optimizer.step()
            self.lr_schedulers().step()
        return {"loss": loss} if self.fault != "negated" else {"loss": -loss}

    @classmethod
    def by_name(cls) -> "Lit":
        """A right one."""
        return cls()

    def configure_optimizers(self) -> Any:
        """AdamW with a warm-up by steps."""
        held = self.net.parameters() if self.fault == "part held" else self.parameters()
        optimizer = torch.optim.AdamW(held, lr=1e-3)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 5))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def train_dataloader(self) -> Any:
        """Rows of different lengths."""
        return torch.utils.data.DataLoader(rows(ragged=True), batch_size=4, collate_fn=padded, shuffle=True)


RIGHT: dict[str, Callable[[], Any]] = {
    "a module": Lit,
    "manual optimization": lambda: Lit(manual=True),
    "a module and its Trainer": lambda: (Lit(), lightning.Trainer(logger=False, gradient_clip_val=0.5, max_steps=4)),
    "a function": lambda: Lit.by_name,
    "a dictionary": lambda: {"model": Lit(), "train_dataloader": None, "train_on": "completion"},
}


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_module_breaks_no_law(make: Callable[[], Any], tmp_path: Path) -> None:
    """Each of these modules trains as it should: every law passes, without a warning."""
    assert outcomes(make(), tmp_path) == {}


FAULTS = (
    ("shifted twice", "next-token-oracle", "shifted twice", False),
    ("padding trained", "labels", "padding is trained", False),
    ("part held", "optimizer-coverage", "last.weight", False),
    ("detached", "params-move", "get no gradient", False),
    ("negated", "overfit", "less likely", False),
    ("never reset", "grad-reset", "never reset", True),
)


@pytest.mark.parametrize(("fault", "law", "words", "manual"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_fault_is_found_by_its_law(fault: str, law: str, words: str, manual: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """The law fails and its message names the cause."""
    one = said(Lit(fault, manual=manual), tmp_path, (law,))[law]

    assert one.outcome == "fails", one
    assert words in one.text
