"""rotation."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.saving import Rotation
from antifoul.rules.registry import rule


@rule("rotation", severity="error", cost="run")
def rotation(rotation: Rotation) -> Iterator[Hit]:
    """Checkpoints that are rotated so that the best one is deleted.

    The best model of a week's run is gone, and nobody notices until it is to be published.

    Checkpoints are saved with metrics of which the lowest comes second and the highest fourth: at the end, the best
    must still be there. A metric is taken to be a loss unless the program says otherwise (`greater_is_better`,
    `mode`, or the parameter's name).

    Bad::

        for old in sorted(folder.glob("step-*"))[:-3]:
            shutil.rmtree(old)

    Good::

        for old in sorted(folder.glob("step-*"))[:-3]:
            if old != best:
                shutil.rmtree(old)
    """
    calls = rotation.calls
    lowest = min(calls, key=lambda call: call.metric)
    highest = max(calls, key=lambda call: call.metric)
    best, other = (highest, lowest) if rotation.better == "higher" else (lowest, highest)
    if best.survives:
        return
    if other.survives:
        likely = "the comparison is the wrong way round: the worst is kept as if it were the best"
        fix = "compare the other way; if a higher metric is better, say greater_is_better = True"
    else:
        likely = "old checkpoints are deleted by age or name alone"
        fix = "leave out the best one when old ones are deleted"
    left = [call.metric for call in calls if call.survives]
    yield Hit(
        line=1,
        anchor=likely,
        message=f"the best checkpoint is deleted ({len(calls)} saved, {len(left)} left)\n"
        f"metrics: {_listed([call.metric for call in calls])}; left are {_listed(left)}; the best is {best.metric:g}\n"
        f"likely cause: {likely}\n"
        "seen in: TRL < 1.5 (PR 5811)\n"
        f"fix: {fix}",
    )


def _listed(metrics: list[float]) -> str:
    return ", ".join(f"{one:g}" for one in metrics)
