"""preference-metrics."""

from collections.abc import Iterator
from math import isclose, isnan

from antifoul.facts.finding import Hit
from antifoul.facts.preference import Metric, Preference
from antifoul.rules.registry import rule


@rule("preference-metrics", severity="error", cost="run")
def preference_metrics(preference: Preference) -> Iterator[Hit]:
    """Rewards or accuracies that are told and are not those of the model.

    They decide when a run is stopped and which of two is better; the loss can be right while they are not.

    After a few steps the program's own metrics are compared with beta x (log-probability under the policy less that
    under the reference), summed over the answer, and with the share of pairs in which the chosen one has more.

    Bad::

        metrics["rewards/accuracies"] = (rejected_rewards > chosen_rewards).float().mean()

    Good::

        metrics["rewards/accuracies"] = (chosen_rewards > rejected_rewards).float().mean()
    """
    for metric in preference.metrics:
        if isclose(metric.told, metric.wanted, rel_tol=0.02, abs_tol=2e-4):
            continue
        yield Hit(
            line=1,
            anchor=metric.name,
            message=f"{metric.name} is {metric.told:.4g}, and should be {metric.wanted:.4g}\n"
            "where: after a few steps on one batch, with dropout off\n"
            f"likely cause: {_cause(metric)}\n"
            "seen in: TRL < 0.29 (PR 5079)\n"
            "fix: rewards = beta * (policy_logps - reference_logps).detach(), chosen and rejected in their places",
        )


def _cause(metric: Metric) -> str:
    if not isnan(metric.without_beta):
        if isclose(metric.told, metric.without_beta, rel_tol=0.02):
            return "it is not multiplied by beta"
        if isclose(metric.told, -metric.wanted, rel_tol=0.02):
            return "it has the wrong sign"
    elif isclose(metric.told, 1 - metric.wanted, abs_tol=1e-3):
        return "the comparison is the wrong way round"
    return "it is computed of other rows, or overwritten by another term"
