"""What came of trying targets: one outcome a law, ready to be told."""

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["pass", "warn", "fail", "skip", "error", "xfail", "xpass"]
Kind: TypeAlias = Literal["target", "fixture", "script", "config", "test"]


class Found(NamedTuple):
    """One thing that a law found."""

    severity: str
    anchor: str
    message: str  # a title, then lines of "label: text"


class LawOutcome(NamedTuple):
    """What came of one law on one target. `seconds` are of CPU, for building, recording and judging."""

    id: str  # what pytest calls the item
    law: str
    outcome: Outcome
    findings: tuple[Found, ...]
    reason: str | None  # of a skip or an error
    enable: str | None  # the line that would let a skipped law be judged
    rerun: str
    seconds: float


class TargetOutcome(NamedTuple):
    """One target, or one config file, with what came of its laws."""

    name: str
    kind: Kind
    replaced: tuple[str, ...]  # what a script asked for and got a stand-in of
    laws: tuple[LawOutcome, ...]


class SmokeReport(NamedTuple):
    """What came of a whole session."""

    seed: int
    targets: tuple[TargetOutcome, ...]

    @property
    def verdict(self) -> Literal["pass", "fail"]:
        """A law that failed, or a target that could not be tried, fails the session."""
        outcomes = {law.outcome for target in self.targets for law in target.laws}
        return "fail" if outcomes & {"fail", "error", "xpass"} else "pass"

    def count(self, outcome: Outcome) -> int:
        """How many laws came to this."""
        return sum(law.outcome == outcome for target in self.targets for law in target.laws)
