"""data-coverage."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.saving import Loading
from antifoul.rules.registry import rule

_MEANT = ("WeightedRandomSampler", "SubsetRandomSampler", "LengthGroupedSampler")


@rule("data-coverage", severity="error", cost="run")
def data_coverage(loading: Loading) -> Iterator[Hit]:
    """An epoch that leaves rows out, or sees some twice.

    Sampling with replacement, an index that starts at one, a loader that always begins with the same rows: a third
    of the data is then never learnt, and another third is learnt twice.

    One epoch of the program's own loader is counted, row by row. With drop_last, fewer rows than one batch may be
    left out.

    Bad::

        batch = random.choices(rows, k=batch_size)

    Good::

        for batch in DataLoader(rows, batch_size, shuffle=True): ...
    """
    missing = [row for row, count in enumerate(loading.seen) if count == 0]
    twice = [row for row, count in enumerate(loading.seen) if count > 1]
    allowed = max(loading.batch - 1, 0) if loading.drops else 0
    severity: Severity = "warning" if loading.sampler in _MEANT else "error"
    if loading.strange and loading.source != "indices":
        return  # rows that are made anew each time cannot be counted
    if twice:
        yield Hit(
            line=1,
            anchor="twice",
            severity=severity,
            message=f"an epoch sees {len(twice)} of {loading.rows} rows more than once"
            + (f", and {len(missing)} not at all\n" if missing else "\n")
            + f"rows: {_listed(twice)} more than once"
            + (f"; {_listed(missing)} never\n" if missing else "\n")
            + "likely cause: rows are drawn with replacement, or batches overlap\n"
            "fix: a permutation of all rows for each epoch",
        )
    elif len(missing) > allowed:
        yield Hit(
            line=1,
            anchor="missing",
            severity=severity,
            message=f"an epoch never sees {len(missing)} of {loading.rows} rows\n"
            f"rows: {_listed(missing)}\n"
            "likely cause: an index that starts at one or ends too early, or a last batch that is thrown away\n"
            "fix: iterate over all rows; drop_last=True says that less than a batch may be left out",
        )


def _listed(rows: list[int]) -> str:
    return ", ".join(map(str, rows[:8])) + (f" and {len(rows) - 8} more" if len(rows) > 8 else "")
