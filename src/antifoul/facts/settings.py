"""The settings a repository gives antifoul, checked and with defaults. Every field is a documented key."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    from antifoul.facts.finding import Severity


Profile: TypeAlias = "Literal['radon', 'ruff']"
PROFILES: tuple[Profile, ...] = ("radon", "ruff")
MARKERS = ("TODO", "FIXME", "HACK", "XXX", "DEPRECATED")


class Thresholds(NamedTuple):
    """Limits over which a place is worth a look. Counts, unless the name says otherwise."""

    complexity: int = 10
    nesting: int = 4
    file_bytes: int = 5_000_000  # a larger source is listed as skipped, not read


class Allowance(NamedTuple):
    """One `[[allow]]`: findings that are let pass where no comment can say so. What is "" matches anything."""

    rule: str
    path: str = ""  # a glob
    key: str = ""  # the symbol, or the key of a config
    reason: str = ""
    until: str = ""  # ISO date; from then on it allows nothing


class Settings(NamedTuple):
    """All of `[tool.antifoul]`. Globs match repository-relative paths as git's ignore patterns do."""

    include: tuple[str, ...] = ()  # empty: everything
    exclude: tuple[str, ...] = ()
    source: tuple[str, ...] = ()  # folders of package code; empty: told by folder and name
    tests: tuple[str, ...] = ()  # empty: told by name and folder
    select: tuple[str, ...] = ()  # empty: every rule
    ignore: tuple[str, ...] = ()
    fail_on: Severity = "error"
    profile: Profile = "radon"  # whose cyclomatic complexity is shown and judged, see docs/metrics.md
    markers: tuple[str, ...] = MARKERS
    thresholds: Thresholds = Thresholds()
    severities: Mapping[str, str] = {}  # rule -> "error" | "warning" | "note" | "off"
    options: Mapping[str, Mapping[str, Any]] = {}  # rule -> its options as given, checked by the rule's own class
    allows: tuple[Allowance, ...] = ()
    branches: tuple[str, ...] = ()  # patterns of branch names, and of commit messages: presets or regular expressions
    messages: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()  # installed distributions that bring rules
    siblings: tuple[str, ...] = ()  # files that are near-copies of one another by design, as recipes are
    coverage: str = ""  # a coverage file of the tests, relative to the repository; "" for none
    templates: Mapping[str, str] = {}  # "markdown" and "html" -> a template's file, of trusted settings only
    configs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # glob -> the classes that judge those configs; () for none
    environment: str = ""  # the folder of the project's environment, relative to the repository; "" looks for one
    origin: str = ""  # the file they came from, "" for the defaults
