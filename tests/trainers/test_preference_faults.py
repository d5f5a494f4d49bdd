"""Plain DPO, GRPO and reward model loops: right in several ways, and wrong in one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dpo_loop
import grpo_loop
import rm_loop
from programs import outcomes, said

pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested

RIGHT: dict[str, Callable[[], object]] = {
    "DPO": dpo_loop.build,
    "IPO": lambda: dpo_loop.build(loss_type="ipo", beta=0.5),
    "DPO with label smoothing": lambda: dpo_loop.build(label_smoothing=0.1),
    "hinge": lambda: dpo_loop.build(loss_type="hinge"),
    "DPO with a large beta": lambda: dpo_loop.build(beta=1.0),
    "DPO made anew": lambda: lambda seed=0: dpo_loop.build(seed=seed),
    "GRPO": grpo_loop.build,
    "GRPO with tied rewards": lambda: grpo_loop.build(tied=True),
    "GRPO at a temperature": lambda: grpo_loop.build(temperature=0.7),
    "reward model": rm_loop.build,
    "reward model with dropout": lambda: rm_loop.build(dropout=0.1),
}


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_loop_breaks_no_law(make: Callable[[], object], tmp_path: Path) -> None:
    """Each of these loops trains as it should: every law passes or is skipped, without a warning."""
    assert outcomes(make(), tmp_path) == {}


FAULTS: tuple[tuple[Any, str, str, str], ...] = (
    (dpo_loop, "dropout in the policy", "dpo-ln2", "dropout is active in the policy"),
    (dpo_loop, "another reference", "dpo-ln2", "other weights than the policy"),
    (dpo_loop, "reference not used", "dpo-ln2", "computed differently"),
    (dpo_loop, "reference is the policy", "ref-frozen", "the reference is the policy itself"),
    (dpo_loop, "dropout in the reference", "ref-frozen", "in training mode"),
    (dpo_loop, "reference is trained", "ref-frozen", "moves with a training step"),
    (dpo_loop, "reference in the optimizer", "ref-frozen", "the optimizer holds the reference"),
    (dpo_loop, "graph in the reference", "ref-frozen", "gradients flow into the reference"),
    (dpo_loop, "logps not shifted", "logps", "labels are not shifted"),
    (dpo_loop, "logps shifted twice", "logps", "shifted twice"),
    (dpo_loop, "prompt in the sum", "logps", "the prompt is summed"),
    (dpo_loop, "no log softmax", "logps", "they are logits"),
    (dpo_loop, "mean of the tokens", "logps", "averaged over the completion"),
    (dpo_loop, "beta left out", "beta", "beta is left out"),
    (dpo_loop, "beta twice", "beta", "multiplied in twice"),
    (dpo_loop, "columns swapped", "chosen", "chosen answers are pushed down"),
    (dpo_loop, "wrong sign", "chosen", "chosen answers are pushed down"),
    (dpo_loop, "gradient ascent", "chosen", "chosen answers are pushed down"),
    (dpo_loop, "accuracy reversed", "preference-metrics", "the wrong way round"),
    (dpo_loop, "rewards without beta", "preference-metrics", "not multiplied by beta"),
    (dpo_loop, "no eos", "labels", "no EOS follows"),
    (dpo_loop, "prompt in the labels", "labels", "the prompt is trained"),
    (grpo_loop, "batch mean", "advantages", "over the whole batch"),
    (grpo_loop, "wrong reshape", "advantages", "reshaped"),
    (grpo_loop, "not centred", "advantages", "not centred"),
    (grpo_loop, "zero variance", "advantages", "standard deviation of 0"),
    (grpo_loop, "advantage sign", "advantages", "a higher reward has a lower advantage"),
    (grpo_loop, "mask is not eos", "completion-mask", "EOS itself is masked"),
    (grpo_loop, "mask all", "completion-mask", "nothing is masked"),
    (grpo_loop, "mask without eos", "completion-mask", "never reinforced"),
    (grpo_loop, "tokens after eos", "completion-mask", "tokens after EOS are trained"),
    (grpo_loop, "max for min", "ppo-clip", "max is taken for min"),
    (grpo_loop, "clip alone", "ppo-clip", "clipped ratio alone"),
    (grpo_loop, "no clip", "ppo-clip", "nothing is clipped"),
    (grpo_loop, "old not used", "ppo-clip", "does not depend on old_logps"),
    (grpo_loop, "loss sign", "ppo-clip", "less likely"),
    (grpo_loop, "mask not in the loss", "ppo-clip", "masked log-probabilities change"),
    (grpo_loop, "mean over padding", "ppo-clip", "masked ones included"),
    (grpo_loop, "temperature", "ratio-one", "another temperature"),
    (grpo_loop, "dropout", "ratio-one", "dropout is active"),
    (grpo_loop, "another reference", "kl-zero", "reference is another model"),
    (grpo_loop, "kl subtracted", "kl-penalty", "the KL is subtracted"),
    (grpo_loop, "reward sign", "reward-fn", "good answer has no higher reward"),
    (grpo_loop, "reward order", "reward-fn", "do not go with their completions"),
    (grpo_loop, "rewards shifted", "reward-fn", "in another order than completions"),
    (rm_loop, "score at the last column", "rm-pad", "padding after it"),
    (rm_loop, "score one before", "rm-pad", "a token before its end"),
    (rm_loop, "mean of all positions", "rm-pad", "depends on its padding"),
    (rm_loop, "columns swapped", "rm-pairs", "chosen answers are pushed down"),
    (rm_loop, "sign", "rm-pairs", "chosen answers are pushed down"),
    (rm_loop, "accuracy reversed", "rm-pairs", "the wrong way round"),
    (rm_loop, "head frozen", "rm-head", "the head that makes the score is frozen"),
    (rm_loop, "head not in the optimizer", "optimizer-coverage", "v_head"),
    (rm_loop, "head not saved", "save-load", "v_head"),
    (rm_loop, "detached body", "params-move", "get no gradient"),
)


@pytest.mark.parametrize(
    ("module", "fault", "law", "words"), FAULTS, ids=[f"{one[0].__name__}: {one[1]}" for one in FAULTS]
)
def test_a_fault_is_found_by_its_law(module: Any, fault: str, law: str, words: str, tmp_path: Path) -> None:  # noqa: ANN401
    """The law fails and its message names the cause; without the fault the same loop is quiet."""
    one = said(module.build(fault), tmp_path, (law,))[law]

    assert one.outcome == "fails", one
    assert words in one.text
