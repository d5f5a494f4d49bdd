"""What a tracker says of what was logged, without torch."""

import math

import pytest

from antifoul.smoke.stand_ins import mlflow, summary_writer, wandb
from antifoul.smoke.tracker import Tracker


def problems(tracker: Tracker) -> list[str]:
    """All that is wrong."""
    return list(tracker.problems())


def test_what_is_in_order_is_quiet() -> None:
    """Two metrics, each with steps that rise or stay, no step at all, and parameters without secrets."""
    tracker = Tracker({"HF_TOKEN": "", "HOME": "/root", "API_KEY_FILE": "short"})
    for step in (1, 1, 2):
        tracker.log({"loss": 1.0 / step, "eval": {"loss": 0.5}}, step)
    tracker.log({"final": 1.0})
    tracker.set({"lr": 1e-3, "pad_token": "<pad>", "hub_token": "<HUB_TOKEN>", "eos_token": "</s>"})

    assert problems(tracker) == []
    assert tracker["eval.loss"] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_told(value: float) -> None:
    """It is named with its step."""
    tracker = Tracker({})
    tracker.log({"loss": value}, 3)

    assert problems(tracker) == [f"loss is {value} at step 3"]


def test_steps_that_go_back_are_told() -> None:
    """5 after 7 is a resumed counter that starts anew."""
    tracker = Tracker({})
    for step in (7, 5):
        mlflow(tracker)["log_metric"]("loss", 1.0, step=step)

    assert problems(tracker) == ["loss goes back from step 7 to step 5"]


def test_secrets_are_told_by_value_by_name_and_by_environment() -> None:
    """A token's form, a name that says secret, and the value of a secret variable inside another text."""
    tracker = Tracker({"WANDB_API_KEY": "0123456789abcdef"})
    wandb(tracker)["init"](config={"a": {"note": "hf_" + "x" * 30}, "api_key": "value", "url": "u?k=0123456789abcdef"})

    assert problems(tracker) == [
        "the logged parameter 'a.note' holds what looks like a secret",
        "the logged parameter 'api_key' is named as a secret and is not empty",
        "the logged parameter 'url' holds the value of the environment variable WANDB_API_KEY",
    ]
    with pytest.raises(AssertionError, match="what was logged is wrong"):
        tracker.check()


def test_stand_ins_take_what_the_real_ones_take() -> None:
    """Config by attribute, item and update; a summary; scalars, groups of them, hyperparameters; the rest is quiet."""
    tracker = Tracker({})
    names = wandb(tracker)
    names["config"].update({"a": 1}, allow_val_change=True)
    names["config"].b = 2
    names["config"]["c"] = 3
    names["summary"]["best"] = 4.0
    names["run"].watch("model").anything.else_too()
    writer = summary_writer(tracker)("folder")
    writer.add_scalars("loss", {"train": 1.0, "eval": 2.0}, 1)
    writer.add_hparams({"d": 4}, {"score": 5.0})
    writer.flush()

    assert tracker.params == {"a": 1, "b": 2, "c": 3, "d": 4}
    assert tracker.names == ["best", "loss/train", "loss/eval", "score"]
    assert problems(tracker) == []
