"""The laws on facts written by hand: no torch, and every number can be followed."""

from pathlib import Path

import pytest

from antifoul.facts.accumulation import Accumulation, Reference, Trial
from antifoul.facts.run import Run
from antifoul.facts.training import Move, Parameter, Training
from antifoul.gate import smoke
from antifoul.gate.smoke import Verdict
from antifoul.rules.registry import index

EPS = 2.0**-23  # of float32
COARSE = 2.0**-7  # of bfloat16


def parameter(name: str = "head.weight", **other: object) -> Parameter:
    """A trained parameter of float32 whose largest value is 1."""
    usual = Parameter(name, 4, "float32", EPS, 1.0, trainable=True, optimized=True)
    return usual._replace(**other)  # type: ignore[arg-type]  # the test names the fields


def training(*parameters: Parameter, moves: list[tuple[Move, ...]], **other: object) -> Run:
    """A run of as many calls as there are steps."""
    facts = Training(len(moves), (1.0,) * len(moves), parameters, tuple(moves), optimizers=("AdamW",))
    facts = facts._replace(**other)  # type: ignore[arg-type]  # see above
    return Run("target", {"training": facts, "moving": facts})


def judged(law: str, run: Run) -> Verdict:
    """What a law says of those recordings that it asks for."""
    asked = {need: run.recordings[need] for need in smoke.needs_of(law) if need in run.recordings}
    return smoke.judged(law, run._replace(recordings=asked))


def trial(norm: float, *references: Reference, copies: bool = False) -> Trial:
    """Four micro-batches of two rows."""
    return Trial(4, 8, copies, norm, references)


def accumulated(*trials: Trial, precision: str = "float32", trainer: bool = False) -> Verdict:
    """What the law says of these trials."""
    return judged("accumulation", Run("target", {"accumulation": Accumulation(trials, precision, trainer=trainer)}))


def titles(verdict: Verdict) -> list[str]:
    """The first line of each error."""
    return [hit.message.partition("\n")[0] for hit in verdict.errors]


MOVES = Move(gradient=0.5, change=1e-3, lr=1e-3)
STANDS = Move(gradient=0.5, change=0.0, lr=1e-3)
FROZEN = Move(gradient=None, change=0.0, lr=None)
NOTHING = Verdict((), ())


def test_what_trains_and_what_is_frozen_is_quiet() -> None:
    """A trained parameter moves by about lr, a frozen one does not move."""
    run = training(parameter(), parameter("base.weight", trainable=False, optimized=False), moves=[(MOVES, FROZEN)] * 4)

    assert judged("params-move", run) == NOTHING
    assert judged("finite", run) == NOTHING


def test_a_gradient_that_is_zero_at_first_is_quiet() -> None:
    """lora_A stands while lora_B is 0: its first gradient is exactly 0, its later ones are not."""
    first = Move(gradient=0.0, change=0.0, lr=1e-3)
    run = training(parameter("lora_A.weight"), moves=[(first,), (MOVES,), (MOVES,)])

    assert judged("params-move", run) == NOTHING


def test_a_learning_rate_that_starts_at_zero_is_quiet() -> None:
    """The first step of a warm-up from 0 moves nothing."""
    run = training(parameter(), moves=[(STANDS._replace(lr=0.0),), (MOVES,)])

    assert judged("params-move", run) == NOTHING


def test_a_rate_that_only_the_optimizer_knows_is_quiet() -> None:
    """Where a parameter moves, it has a learning rate, whatever its group says."""
    run = training(parameter(), moves=[(MOVES._replace(lr=None),)] * 4)

    assert judged("params-move", run) == NOTHING


def test_noise_in_a_gradient_that_is_zero_by_mathematics_is_quiet() -> None:
    """1e-9 beside a gradient of 0.5 is 2e-9 of it: rounding, below the 1e-6 that counts as a signal."""
    noise = Move(gradient=1e-9, change=0.0, lr=1e-3)
    run = training(parameter(), parameter("attention.qkv.bias"), moves=[(MOVES, noise)] * 4)

    assert judged("params-move", run) == NOTHING


@pytest.mark.parametrize("name", ["layers.0.experts.3.weight", "vision_tower.weight", "bert.pooler.weight"])
def test_parts_that_only_some_rows_use_are_warned_about(name: str) -> None:
    """An expert that no token was sent to has no gradient, by right."""
    unused = Move(gradient=None, change=0.0, lr=1e-3)
    verdict = judged("params-move", training(parameter(), parameter(name), moves=[(MOVES, unused)] * 4))

    assert not verdict.errors
    assert [hit.anchor for hit in verdict.warnings] == ["were not used by these rows"]


@pytest.mark.parametrize(
    ("one", "move", "anchor"),
    [
        (parameter(), Move(None, 0.0, 1e-3), "get no gradient"),
        (parameter(), Move(0.0, 0.0, 1e-3), "get a gradient of exactly zero at every step"),
        (parameter(optimized=False), Move(0.5, 0.0, None), "get a gradient but are not in the optimizer"),
        (parameter(), STANDS._replace(lr=0.0), "have a learning rate of 0 at every step"),
        (parameter(), STANDS, "have a gradient and a learning rate, but do not move"),
        (parameter(trainable=False), Move(None, 0.1, 1e-3), "are frozen, but move"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_parameter_that_does_not_train_fails_with_its_cause(one: Parameter, move: Move, anchor: str) -> None:
    """Each cause has its own words; another parameter that trains does not hide it."""
    verdict = judged("params-move", training(parameter("body.weight"), one, moves=[(MOVES, move)] * 4))

    assert [hit.anchor for hit in verdict.errors] == [anchor]
    assert "head.weight" in verdict.errors[0].message


def test_an_update_below_the_dtype_is_a_warning() -> None:
    """Around 1, bfloat16 has steps of 2**-7 = 0.0078: an update of 1e-3 rounds to nothing, as float32's would not."""
    coarse = judged("params-move", training(parameter(spacing=COARSE), moves=[(STANDS,)] * 4))
    fine = judged("params-move", training(parameter(), moves=[(STANDS,)] * 4))

    assert [hit.anchor for hit in coarse.warnings] == [
        "move less than their dtype can hold, so they stay where they are"
    ]
    assert not coarse.errors
    assert [hit.anchor for hit in fine.errors] == ["have a gradient and a learning rate, but do not move"]


def test_layers_that_share_a_fault_share_a_line() -> None:
    """Thirty-two layers are one group: their number is written as *."""
    many = [parameter(f"layers.{number}.lora_A.weight") for number in range(32)]
    verdict = judged("params-move", training(parameter(), *many, moves=[(MOVES, *([Move(None, 0.0, 1e-3)] * 32))] * 4))

    assert "32 parameters get no gradient" in verdict.errors[0].message
    assert "parameters: layers.*.lora_A.weight (32)\n" in verdict.errors[0].message


def test_no_step_and_nothing_to_train_fail() -> None:
    """A loop that never steps, and a model that is all frozen."""
    never = judged("params-move", training(parameter(), moves=[], calls=40))
    nothing = judged("params-move", training(parameter(trainable=False), moves=[(FROZEN,)]))

    assert titles(never) == ["optimizer.step() was never reached in 40 training steps"]
    assert titles(nothing) == ["no parameter of the model is trainable"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_fails_at_its_step(value: float) -> None:
    """The third loss is the first that is not finite."""
    verdict = judged("finite", training(parameter(), moves=[(MOVES,)] * 4, losses=(2.0, 1.5, value, value)))

    assert titles(verdict) == [f"the loss is {value} at training step 3"]


def test_a_gradient_that_is_no_number_fails_by_its_parameter() -> None:
    """The loss is finite, one of two gradients is not."""
    bad = MOVES._replace(gradient=float("nan"), change=float("nan"))
    run = training(parameter(), parameter("scale"), moves=[(MOVES, MOVES), (MOVES, bad)])
    verdict = judged("finite", run)

    assert titles(verdict) == ["the gradient is not finite at optimizer step 2, while the loss is"]
    assert "parameters: scale (1 of 2 with a gradient)" in verdict.errors[0].message
    assert judged("params-move", run) == NOTHING  # nan is told once


def test_equal_gradients_are_quiet() -> None:
    """Two gradients of length 2 with product 4 are one and the same: distance sqrt(4 + 4 - 8) = 0."""
    assert accumulated(trial(2.0, Reference("whole", 2.0, 4.0))) == NOTHING


def test_rounding_is_quiet_by_the_precision_that_computed() -> None:
    """Lengths 2 and 2, product 3.998: distance sqrt(0.004) / 2 = 3.2 %, much in float32, rounding in bfloat16."""
    apart = trial(2.0, Reference("whole", 2.0, 3.998))

    assert accumulated(apart, precision="bfloat16") == NOTHING
    assert titles(accumulated(apart)) == [
        "the gradient of 4 micro-batches is 1.00 x that of the same rows as one batch, but 3.2% of it points elsewhere"
    ]


def test_the_loss_itself_is_a_reference() -> None:
    """A step that always divides by 4 has a whole gradient of 1/4, but agrees with compute_loss: 2 x 2 = 4."""
    assert accumulated(trial(2.0, Reference("whole", 0.5, 1.0), Reference("loss", 2.0, 4.0))) == NOTHING


@pytest.mark.parametrize(
    ("norm", "ratio", "cause"),
    [
        (8.0, "4.00", "is not divided by the number of micro-batches (4)"),
        (0.5, "0.25", "is divided by the number of micro-batches (4) twice"),
        (3.0, "1.50", "every micro-batch is scaled by the same wrong number (1.5 in all)"),
    ],
)
def test_a_scale_is_named_with_its_cause(norm: float, ratio: str, cause: str) -> None:
    """A whole gradient of length 2 and one that is norm / 2 times it: their product is 2 x norm, their cosine 1."""
    verdict = accumulated(trial(norm, Reference("whole", 2.0, 2.0 * norm)))

    assert titles(verdict) == [f"the gradient of 4 micro-batches is {ratio} x that of the same rows as one batch"]
    assert cause in verdict.errors[0].message


def test_a_trainer_is_told_of_num_items_in_batch() -> None:
    """Four times the gradient, in a Trainer's own loop, comes from its loss or its model."""
    verdict = accumulated(trial(8.0, Reference("whole", 2.0, 16.0)), trainer=True)

    assert "ignores num_items_in_batch" in verdict.errors[0].message
    assert "accepts_loss_kwargs" in verdict.errors[0].message


def test_one_micro_batch_alone_is_named() -> None:
    """The accumulated gradient is that of the last micro-batch (3 x 3 = 9) and not of all (cosine 4.5 / 6 = 0.75)."""
    verdict = accumulated(trial(3.0, Reference("whole", 2.0, 4.5), Reference("last", 3.0, 9.0)))

    assert "only the last micro-batch counts" in verdict.errors[0].message


def test_a_loss_that_depends_on_the_company_is_a_warning() -> None:
    """Different rows differ (cosine 0.75), copies of one row do not: a balance of experts, not the loop."""
    verdict = accumulated(
        trial(3.0, Reference("whole", 2.0, 4.5)), trial(2.0, Reference("whole", 2.0, 4.0), copies=True)
    )

    assert not verdict.errors
    assert [hit.anchor for hit in verdict.warnings] == ["composition"]


def test_gradients_that_are_never_reset_fail() -> None:
    """From the same weights, a second gradient of twice the first (4 beside 2, product 8) still holds the first."""
    kept = trial(2.0, Reference("whole", 2.0, 4.0), Reference("again", 4.0, 8.0))
    verdict = judged("grad-reset", Run("target", {"reset": kept}))
    same = trial(2.0, Reference("whole", 2.0, 4.0), Reference("again", 2.0, 4.0))

    assert judged("grad-reset", Run("target", {"reset": same})) == NOTHING
    assert [hit.anchor for hit in verdict.errors] == ["reset"]
    assert "2.00 x that at the first" in verdict.errors[0].message


def test_every_law_stands_in_the_documentation() -> None:
    """The table of docs/smoke.md is that of the rules, word for word."""
    page = (Path(__file__).parents[2] / "docs" / "smoke.md").read_text(encoding="utf-8")
    rows = [f"| `{entry.name}` | {entry.summary} |" for entry in index() if entry.cost == "run"]

    assert [row for row in rows if row not in page] == []
