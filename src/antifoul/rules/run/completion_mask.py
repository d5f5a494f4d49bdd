"""completion-mask."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import EndMask, Rollout
from antifoul.rules.registry import rule


@rule("completion-mask", severity="error", cost="run")
def completion_mask(ending: EndMask | None = None, rollout: Rollout | None = None) -> Iterator[Hit]:
    """A completion that is trained beyond its end, or without it.

    What a sampler writes after EOS is padding and noise: trained, it is reinforced with the answer's reward. An EOS
    that is left out is never reinforced, so that answers grow longer.

    The program's own mask is asked for rows with EOS at known places, and the tokens that a first step trains are
    read from the gradient at the logits.

    Bad::

        mask = (ids != eos_id).int()

    Good::

        after = (ids == eos_id).cumsum(-1) - (ids == eos_id).int()
        mask = (after == 0).int()
    """
    told = list(_of_function(ending)) if ending is not None else []
    yield from told
    if rollout is None or told:
        return
    if rollout.after_end:
        row, at = rollout.after_end[0]
        yield _hit(
            f"{len(rollout.after_end)} tokens after EOS are trained",
            f"where: row {row}, the token at position {at} of the sampled batch",
            "the loss is not multiplied by the completion mask, or the mask goes on after EOS",
            "mask everything after the first EOS",
        )
    elif rollout.end_missing:
        yield _hit(
            f"EOS is not trained ({len(rollout.end_missing)} rows)",
            f"where: row {rollout.end_missing[0]} of the sampled batch: what stands before EOS is trained, EOS is not",
            "the mask ends before EOS",
            "keep the first EOS in the mask",
        )


def _of_function(ending: EndMask) -> Iterator[Hit]:
    wanted = [_right(row, ending.eos) for row in ending.ids]
    wrong = [number for number, row in enumerate(ending.given) if row != wanted[number]]
    if not wrong or (wrong == [1] and not any(ending.given[1]) and ending.cut):
        return
    number = wrong[0]
    yield _hit(
        "completion_mask is not 1 up to the first EOS and 0 after it",
        f"ids: {_listed(ending.ids[number])} (EOS is {ending.eos}); mask: {_listed(ending.given[number])}, and must be "
        f"{_listed(wanted[number])}",
        *_cause(ending, wanted),
    )


def _right(row: tuple[int, ...], eos: int) -> tuple[int, ...]:
    end = row.index(eos) if eos in row else len(row)
    return tuple(int(at <= end) for at in range(len(row)))


def _cause(ending: EndMask, wanted: list[tuple[int, ...]]) -> tuple[str, str]:
    ids, given = ending.ids, ending.given
    if all(all(row) for row in given):
        return "nothing is masked", "mask everything after the first EOS"
    if all(row == tuple(int(one != ending.eos) for one in line) for row, line in zip(given, ids, strict=True)):
        return "EOS itself is masked, and what follows it is not", "count EOS with cumsum"
    if given[0] == (1, 1, 0, 0, 0, 0):
        return "EOS itself is masked, so that it is never reinforced", "keep the first EOS: positions <= its own"
    if given[0][4] and given[0] != wanted[0]:
        return "the mask goes up to the last EOS, not the first", "take the first: (ids == eos).int().argmax(-1)"
    if not any(given[1]) and given[0] == wanted[0]:
        return (
            "a completion without EOS is masked altogether: argmax of no EOS is 0",
            "where no EOS is found, the end is the length; if it is meant, say mask_truncated_completions = True",
        )
    return "the mask starts or ends at another place", "mask = positions <= position of the first EOS"


def _listed(row: tuple[int, ...]) -> str:
    return " ".join(map(str, row))


def _hit(title: str, evidence: str, likely: str, fix: str) -> Hit:
    return Hit(
        line=1,
        anchor=title,
        message=f"{title}\n{evidence}\nlikely cause: {likely}\nseen in: TRL < 0.15 (PR 2708)\nfix: {fix}",
    )
