"""A plain SFT loop: right in many ways, and wrong in one. Each law has a fault that it alone finds."""

from pathlib import Path
from typing import Any

import pytest

from programs import outcomes, said
from sft_loop import build

pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested

RIGHT: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"dropout": 0.1},
    "tied weights": {"tied": True},
    "left padding with positions": {"left": True},
    "pad is eos": {"pad_is_eos": True},
    "the whole sequence is trained": {"train_on": "all"},
    "two groups of parameters": {"grouped": True},
    "a small learning rate": {"lr": 1e-5},
}


@pytest.mark.parametrize("kind", RIGHT.values(), ids=RIGHT.keys())
@pytest.mark.parametrize("factory", [False, True], ids=["object", "factory"])
def test_a_right_loop_breaks_no_law(kind: dict[str, Any], factory: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Each of these loops trains as it should, given or made anew: every law passes, without a warning."""

    def make(seed: int = 0) -> object:
        return build(seed=seed, **kind)

    assert outcomes(make if factory else make(), tmp_path) == {}


# Fault, the law that finds it, what the message says, and what the loop is like beside the fault.
FAULTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("no causal mask", "causality", "without a causal mask", {}),
    ("mask off by one", "causality", "shifted by one", {}),
    ("mask unused", "pad-invariance", "does not use the mask", {"left": True}),
    ("padding attended", "pad-invariance", "not zero at the padding", {"left": True}),
    ("left padding without positions", "pad-invariance", "position_ids", {"left": True}),
    ("mean over padding", "pad-invariance", "mean is taken over all positions", {}),
    ("dropout without mode", "eval-determinism", "training=self.training", {}),
    ("shifted twice", "next-token-oracle", "shifted twice", {}),
    ("not shifted", "next-token-oracle", "not shifted", {}),
    ("double bos", "labels", "BOS twice", {}),
    ("two eos", "labels", "EOS twice", {}),
    ("bos before the answer", "labels", "BOS stands between", {}),
    ("no eos", "labels", "no EOS follows", {}),
    ("eos not in labels", "labels", "the labels end before EOS", {}),
    ("eos masked with padding", "labels", "pad_token is eos_token", {}),
    ("prompt trained", "labels", "the prompt is trained", {}),
    ("mask one too long", "labels", "the first tokens of the completion are not trained", {}),
    ("mask one too short", "labels", "a part of the prompt is trained", {}),
    ("padding trained", "labels", "padding is trained", {}),
    ("truncation drops the answer", "labels", "truncation has left the prompt alone", {}),
    ("nan on a masked row", "finite", "one of its rows has no target", {}),
    ("part not in the optimizer", "optimizer-coverage", "head.weight", {}),
    ("optimizer before a new head", "optimizer-coverage", "build the optimizer last", {}),
    ("frozen embeddings by mistake", "params-move", "no parameter of the model is trainable", {}),
    ("detached", "params-move", "get no gradient", {}),
    ("reset before the step", "params-move", "get no gradient", {}),
    ("never reset", "grad-reset", "never reset", {}),
    ("reset in the loop", "accumulation", "only the last micro-batch counts", {}),
    ("not divided", "accumulation", "4.00 x", {}),
    ("mean of means", "accumulation", "a mean of means", {}),
    ("clip in the loop", "clip", "after each micro-batch", {}),
    ("clip after the step", "clip", "after the optimizer's step", {}),
    ("clip of a part", "clip", "parameters with a gradient are not clipped", {}),
    ("trained in evaluation mode", "train-mode", "calls model.eval()", {"dropout": 0.1}),
    ("schedule per micro-batch", "schedule", "once a micro-batch", {}),
    ("schedule never stepped", "schedule", "never called", {}),
    ("wrong lr logged", "schedule", "which no group has", {}),
    ("gradient ascent", "overfit", "less likely", {}),
    ("evaluates in training mode", "evaluate", "model.eval() is not called", {"dropout": 0.1}),
    ("evaluates with a graph", "evaluate", "records a graph", {}),
    ("evaluation trains", "evaluate", "changes the model", {}),
    ("stays in evaluation mode", "evaluate", "leaves the model in evaluation mode", {}),
    ("mean of batch means", "evaluate", "a mean of batch means", {}),
    ("last batch alone", "evaluate", "only the last batch counts", {}),
    ("optimizer not saved", "resume", "optimizer's moments", {}),
    ("optimizer not loaded", "resume", "optimizer's moments", {}),
    ("schedule not saved", "resume", "scheduler's state", {}),
    ("random numbers not saved", "resume", "random numbers is not saved", {"dropout": 0.1}),
    ("position not saved", "resume", "position in the data", {}),
    ("head not saved", "save-load", "head.weight", {}),
    ("weights not loaded", "save-load", "does not put weights into the model", {}),
    ("saved in half", "save-load", "half precision", {}),
    ("save halves the model", "save-load", "saving changes", {}),
    ("rotation keeps the worst", "rotation", "wrong way round", {}),
    ("rotation by age", "rotation", "by age", {}),
)


@pytest.mark.parametrize(("fault", "law", "words", "kind"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_fault_is_found_by_its_law(fault: str, law: str, words: str, kind: dict[str, Any], tmp_path: Path) -> None:
    """The law fails and its message names the cause; without the fault the same loop is quiet."""
    one = said(build(fault, **kind), tmp_path, (law,))[law]

    assert one.outcome == "fails", one
    assert words in one.text


def test_norms_that_are_decayed_are_warned_about(tmp_path: Path) -> None:
    """A group without decay was made for LayerNorm.weight, and this model's norms are called norm1 and norm2."""
    one = said(build("decay on norms"), tmp_path, ("optimizer-coverage",))["optimizer-coverage"]

    assert one.outcome == "warns"
    assert "norm1.weight" in one.text
