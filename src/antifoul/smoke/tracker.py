"""A stand-in for wandb, mlflow and SummaryWriter that keeps what is logged, and what is wrong with it."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_SECRET_NAME = re.compile(
    r"(?i)(api[-_]?key|secret|passw(or)?d|private[-_]?key|access[-_]?key|(hf|auth|access|hub)[-_]?token|credential)"
)
_SECRET_VALUE = re.compile(
    r"\b(hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{12,}"
    r"|xox[bap]-[\w-]{10,}|AIza[\w-]{30,}|glpat-[\w-]{16,})|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


class Point(NamedTuple):
    """One number that was logged. `step` is None where the program gave none."""

    name: str
    value: float
    step: int | None


class Tracker:
    """All that a program logs, by whichever tracker. `environ` is looked through for secrets."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.points: list[Point] = []
        self.params: dict[str, Any] = {}
        self._environ = environ
        self._at: dict[str, int] = {}  # wandb's own step, where none is given: one a call

    def __getitem__(self, name: str) -> list[float]:
        return [point.value for point in self.points if point.name == name]

    @property
    def names(self) -> list[str]:
        """The names of the metrics, in the order they were first logged in."""
        return list(dict.fromkeys(point.name for point in self.points))

    def log(self, metrics: Mapping[str, Any], step: int | None = None, prefix: str = "") -> None:
        """Keep metrics; nested ones get dotted names, and what is no number is kept as a parameter."""
        for key, value in metrics.items():
            name = f"{prefix}{key}"
            if isinstance(value, Mapping):
                self.log(value, step, f"{name}.")
                continue
            number = _number(value)
            if number is None:
                self.params[name] = value
            else:
                self.points.append(Point(name, number, step))

    def set(self, values: Any) -> None:  # noqa: ANN401  whatever a program gives as its config
        """Keep parameters."""
        plain = values if isinstance(values, Mapping) else getattr(values, "__dict__", {})
        self.params.update(plain)

    def problems(self) -> Iterator[str]:
        """What is wrong with what was logged, a sentence each."""
        last: dict[str, int] = {}
        for name, value, step in self.points:
            if not math.isfinite(value):
                yield f"{name} is {value} at step {step}"
            if step is not None and step < last.get(name, step):
                yield f"{name} goes back from step {last[name]} to step {step}"
            last[name] = last.get(name, 0) if step is None else step
        yield from self._secrets()

    def _secrets(self) -> Iterator[str]:
        known = {value: name for name, value in self._environ.items() if _SECRET_NAME.search(name) and len(value) >= 8}
        for path, value in _leaves(self.params):
            text = str(value)
            if place := next((name for secret, name in known.items() if secret in text), None):
                yield f"the logged parameter {path!r} holds the value of the environment variable {place}"
            elif _SECRET_VALUE.search(text):
                yield f"the logged parameter {path!r} holds what looks like a secret"
            elif _SECRET_NAME.search(path) and isinstance(value, str) and value and not value.startswith("<"):
                yield f"the logged parameter {path!r} is named as a secret and is not empty"

    def check(self) -> None:
        """Fail with all that is wrong.

        Raises:
            AssertionError: a number is not finite, steps go back, or a secret was logged.
        """
        found = list(dict.fromkeys(self.problems()))
        if found:
            raise AssertionError("\n".join(["what was logged is wrong:", *found]))


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _number(value: Any) -> float | None:  # noqa: ANN401  a number of any library
    if isinstance(value, str | bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None
