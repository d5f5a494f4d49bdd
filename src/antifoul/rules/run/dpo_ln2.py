"""dpo-ln2."""

from collections.abc import Iterator
from math import isclose, isfinite, log

from antifoul.facts.finding import Hit
from antifoul.facts.preference import Preference
from antifoul.rules.registry import rule

_LN2 = log(2)


@rule("dpo-ln2", severity="error", cost="run")
def dpo_ln2(preference: Preference) -> Iterator[Hit]:
    """Preference training whose first loss is not what it must be.

    Before the first step the policy is its own reference: all log-ratios are 0, and the loss is ln 2 = 0.6931 for
    the sigmoid loss, 1 / (4 beta^2) for IPO, 1 for the hinge. Anything else says that the two are not compared under
    the same conditions: another model, dropout, another template or mask.

    The first training step is taken as the program takes it, and once more with dropout off, which tells dropout
    from the rest. Losses without a reference are not judged.

    Bad::

        ref_model = AutoModelForCausalLM.from_pretrained(base)     # the policy starts from the SFT checkpoint

    Good::

        ref_model = copy.deepcopy(model).eval().requires_grad_(False)
    """
    loss = preference.live
    if loss is None or not isfinite(loss) or not preference.plain or preference.reference == "none":
        return
    known = _closed_forms(preference.beta)
    kind = preference.loss_type
    if kind and kind not in known:
        return
    wanted = [known[kind]] if kind else [known["sigmoid"], *(one for name, one in known.items() if name != "sigmoid")]
    if any(isclose(loss, one, rel_tol=2e-3) for one in wanted) and not _drops_out(preference, wanted):
        return
    likely, fix, seen = _cause(preference, wanted)
    still = f", {preference.still:.5g} with dropout off" if preference.still is not None else ""
    yield Hit(
        line=1,
        anchor=likely,
        message=f"the first loss is {loss:.5g}, and must be {wanted[0]:.5g}"
        + (f" (loss_type {kind})\n" if kind else " (ln 2)\n")
        + f"losses: {loss:.5g} as the program trains{still}; all log-ratios are 0 before the first step\n"
        + f"likely cause: {likely}\n"
        + (f"seen in: {seen}\n" if seen else "")
        + f"fix: {fix}",
    )


def _drops_out(preference: Preference, wanted: list[float]) -> bool:
    """The loss is exactly what it must be with dropout off, and only nearly with it: in a tiny model it does little."""
    loss, still = preference.live, preference.still
    if loss is None or still is None or not any(isclose(still, one, rel_tol=1e-6) for one in wanted):
        return False
    return not isclose(loss, still, rel_tol=3e-5)


def _closed_forms(beta: float | None) -> dict[str, float]:
    """The loss at log-ratios of 0, by the name of its type."""
    forms = {"sigmoid": _LN2, "dpo": _LN2, "sigmoid_norm": _LN2, "robust": _LN2, "aot": _LN2, "aot_unpaired": _LN2}
    forms |= {"aot_pair": _LN2, "hinge": 1.0, "nca_pair": 2 * _LN2, "apo_zero": 1.0, "apo_down": 1.0}
    if beta:
        forms |= {"ipo": 1 / (4 * beta**2), "sppo_hard": 0.5 / beta**2}
    return forms


def _cause(preference: Preference, wanted: list[float]) -> tuple[str, str, str]:
    still = preference.still
    if still is not None and any(isclose(still, one, rel_tol=2e-3) for one in wanted):
        where = "the reference" if preference.dropout else "the policy, and not in its reference"
        return (
            f"dropout is active in {where}",
            "switch dropout off in both: model.config.*dropout = 0, or ref_model.eval() and p = 0",
            "TRL issues 744, 2042",
        )
    if preference.differ:
        names = ", ".join(preference.differ[:3])
        return (
            f"the reference has other weights than the policy ({len(preference.differ)} parameters: {names})",
            "copy the policy before the first step: copy.deepcopy(model)",
            "TRL < 0.18 (PR 3397)",
        )
    if still is not None and isclose(still, 0.0, abs_tol=1e-6):
        return "the loss is 0 from the start: chosen and rejected are the same rows", "look at the collator", ""
    return (
        "policy and reference see different ids, masks or labels, or their log-probabilities are computed differently",
        "call both with the same batch and the same function",
        "TRL < 0.13 (PR 2431)",
    )
