"""seed."""

from collections.abc import Iterator
from math import isclose

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.saving import Build, Seeding
from antifoul.rules.registry import rule
from antifoul.rules.telling import seen_in, told


@rule("seed", severity="error", cost="run")
def seed(seeding: Seeding) -> Iterator[Hit]:
    """A seed that does not decide the run.

    A head that is made before the seed is set, a shuffle with a generator of its own: two runs of one configuration
    then differ, and a comparison of two configurations compares luck.

    The target is built twice with the same seed, while the process's random numbers stand elsewhere: first weights,
    rows and losses must be the same. Where all weights differ, the function makes a random model itself, and only a
    function that takes `seed` is held to it.

    Bad::

        model = AutoModelForSequenceClassification.from_pretrained(path)   # a new head
        set_seed(args.seed)

    Good::

        set_seed(args.seed)
        model = AutoModelForSequenceClassification.from_pretrained(path)
    """
    first, again = seeding.first, seeding.again
    apart = [name for (name, one), (_, other) in zip(first.weights, again.weights, strict=False) if one != other]
    # Where the function itself makes them, as it does adapters, they are not the Trainer's to seed.
    whole = len(apart) > 0.6 * len(first.weights) or all("lora" in name for name in apart)
    if apart and (seeding.named or not whole):
        yield _hit(
            f"{len(apart)} of {len(first.weights)} parameters differ between two builds with the same seed",
            f"parameters: {'; '.join(grouped(apart))}",
            "they are made before the seed is set, or the seed is not used",
            "set the seed before the first parameter is made",
            "TRL < 0.28 (PR 4887)",
        )
    if apart:
        return
    yield from _rows(first, again)
    other = seeding.other
    if other is not None and (first.weights, first.batches, first.losses) == (
        other.weights,
        other.batches,
        other.losses,
    ):
        yield Hit(
            line=1,
            anchor="ignored",
            severity="warning",
            message="another seed makes the same run\n"
            "where: weights, rows and losses of three steps are the same with two seeds\n"
            "likely cause: the seed is fixed inside, or nothing is random\n"
            "fix: hand the seed on",
        )


def _rows(first: Build, again: Build) -> Iterator[Hit]:
    if first.batches != again.batches:
        step = next(
            at for at, (one, other) in enumerate(zip(first.batches, again.batches, strict=False)) if one != other
        )
        yield _hit(
            "two runs with the same seed see other rows",
            f"where: first at step {step + 1}",
            "the data is shuffled by random numbers that the seed does not set",
            "torch.Generator().manual_seed(seed) for the sampler, random.Random(seed) for lists",
        )
    elif not all(_near(one, other) for one, other in zip(first.losses, again.losses, strict=False)):
        step = next(
            at for at, (one, other) in enumerate(zip(first.losses, again.losses, strict=False)) if not _near(one, other)
        )
        yield _hit(
            "two runs with the same seed have other losses over the same rows",
            f"losses: {first.losses[step]:.6g} and {again.losses[step]:.6g}, first at step {step + 1}",
            "dropout or noise is drawn from random numbers that the seed does not set",
            "set the seed after the model is made and before the first step",
        )


def _near(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-5)


def _hit(title: str, evidence: str, likely: str, fix: str, seen: str = "") -> Hit:
    return told(title, evidence, f"likely cause: {likely}", seen_in(seen), f"fix: {fix}")
