"""What came of linting the configs and commands of a tree."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Finding, Skip, Verdict
    from antifoul.facts.paths import RepoPath


class Alike(NamedTuple):
    """A config that is nearly another one. `keep` are the keys whose values it has for itself."""

    path: RepoPath
    other: RepoPath
    similarity: float
    shared: int  # values that both have
    keep: tuple[str, ...]


class Likeness(NamedTuple):
    """How much of the configs is said again. Small ones are left out."""

    configs: int
    values: int
    repeated: int  # values that an earlier config has under the same key
    pairs: tuple[Alike, ...]  # for each config the one that it is most like, the most alike first


class LintReport(NamedTuple):
    """Findings and skips, with how many configs and commands were judged."""

    files: int  # configs held against a schema
    commands: int  # commands whose program was found
    findings: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    verdict: Verdict = "pass"
    likeness: Likeness = Likeness(0, 0, 0, ())
    libraries: tuple[str, ...] = ()  # whose sources were asked, as findings name them
