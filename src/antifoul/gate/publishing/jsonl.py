"""A line a commit in a file: for whatever reads JSON."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from antifoul.facts.errors import UsageError
from antifoul.gate.publishing.figures import Figures


def send(rows: Sequence[Figures], place: str) -> str:
    """Add the commits that the file does not have yet; the sentence to say."""
    if not place:
        raise UsageError("--to jsonl needs a file: --to jsonl=FILE")
    try:
        with open(place, "a+", encoding="utf-8") as file:  # noqa: PTH123  the user's own path
            file.seek(0)
            known = {_commit(line) for line in file}
            new = [one for one in rows if one.commit not in known]
            file.writelines(_line(one) for one in new)
    except OSError as problem:
        raise UsageError(f"{place} cannot be written: {problem.strerror}") from None
    return f"{len(new)} of {len(rows)} commits added to {place}"


def _commit(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    return str(found.get("commit", "")) if isinstance(found, dict) else ""


def _line(one: Figures) -> str:
    date = datetime.fromtimestamp(one.at, UTC).isoformat().replace("+00:00", "Z")
    row = {"repository": one.repository, "commit": one.commit, "date": date, "step": one.step, **one.values}
    return json.dumps(row) + "\n"
