"""logps."""

from collections.abc import Iterator
from math import isclose

from antifoul.facts.finding import Hit
from antifoul.facts.preference import Logps, Preference
from antifoul.facts.targets import Row, Targets
from antifoul.rules.registry import rule

_CAUSES = {
    "mean": ("they are averaged over the completion, not summed", "sum over the completion: (logps * mask).sum(-1)"),
    "prompt": ("the prompt is summed as well", "multiply by (labels != -100) before the sum"),
    "padding": ("padding and prompt are summed as well", "multiply by (labels != -100) before the sum"),
    "unshifted": ("labels are not shifted: a position is asked for its own token", "logits[:, :-1] with labels[:, 1:]"),
    "shifted twice": ("labels are shifted twice", "shift once: logits[:, :-1] with labels[:, 1:]"),
    "logits": ("they are logits, not log-probabilities", "log_softmax(-1) before gather"),
    "negated": ("they have the wrong sign", "log-probabilities are negative: no minus before the sum"),
}
# Losses that are made of means.
_BY_MEAN = ("ipo", "simpo", "orpo", "cpo", "sigmoid_norm")


@rule("logps", severity="error", cost="run")
def logps(preference: Preference, targets: Targets | None = None) -> Iterator[Hit]:
    """Log-probabilities of an answer that are not the sum over its own tokens.

    The prompt's tokens cancel in the sigmoid loss and so cannot be seen in it; they do not cancel in metrics, IPO or
    KTO. A mean instead of a sum makes beta mean something else for each length of answer.

    The program's own `logps` is asked about rows of which the second half is labelled, and what it says is compared
    with the sum computed by hand. Without it, the gradient at the logits tells which tokens count and how much.

    Bad::

        return (token_logps * mask).sum(-1) / mask.sum(-1)

    Good::

        return (token_logps * mask).sum(-1)
    """
    told = False
    if preference.logps is not None:
        hits = list(_values(preference.logps, preference.loss_type))
        told = bool(hits)
        yield from hits
    if targets is not None and not told:
        yield from _weights(targets, preference.loss_type)


def _values(logps: Logps, loss_type: str) -> Iterator[Hit]:
    if _same(logps.given, logps.summed):
        return
    name = next((name for name, values in logps.others if _same(logps.given, values)), None)
    if name == "mean" and loss_type in _BY_MEAN:
        return
    likely, fix = _CAUSES.get(name or "", ("other tokens are summed, or of other logits", "sum over the labels"))
    shown = ", ".join(f"{one:.4g}" for one in logps.given[:3])
    right = ", ".join(f"{one:.4g}" for one in logps.summed[:3])
    yield Hit(
        line=1,
        anchor=likely,
        message=f"logps gives {shown}, where the sums over the labels are {right}\n"
        "where: rows of a batch whose second half is labelled, in evaluation mode\n"
        f"likely cause: {likely}\n"
        + ("seen in: OpenRLHF < 0.2.4 (PR 237)\n" if name in {"prompt", "padding"} else "")
        + f"fix: {fix}",
    )


def _same(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    return all(isclose(one, other, rel_tol=1e-3, abs_tol=1e-4) for one, other in zip(left, right, strict=False))


def _weights(targets: Targets, loss_type: str) -> Iterator[Hit]:
    """Which tokens of chosen and rejected answers have a gradient, and whether long answers have less."""
    if targets.shift != 1:
        return
    rows = [row for row in targets.rows if row.targets]
    if loss_type in _BY_MEAN or not rows:
        return
    products = [abs(_weight(row)) * len(row.targets) for row in rows]
    weights = [abs(_weight(row)) for row in rows]
    lengths = {len(row.targets) for row in rows}
    if len(lengths) > 1 and _equal(products) and not _equal(weights):
        yield Hit(
            line=1,
            anchor="mean",
            message="the tokens of longer answers count less\n"
            f"where: a token's weight times the answer's length is the same in all {len(rows)} rows\n"
            "likely cause: log-probabilities are averaged over the completion, not summed\n"
            "fix: sum over the completion: (logps * mask).sum(-1)",
        )


def _weight(row: Row) -> float:
    return sum(one.weight for one in row.targets) / len(row.targets)


def _equal(values: list[float]) -> bool:
    return max(values) <= 1.02 * min(values)
