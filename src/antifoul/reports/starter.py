"""The files that `antifoul init` proposes, as text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Read from the tags of the actions' own repositories.
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"


class Origin(NamedTuple):
    """Where a repository is to get antifoul from."""

    url: str  # of the git repository
    rev: str

    @property
    def is_placeholder(self) -> bool:
        """Nobody has set the address yet."""
        return "/OWNER/" in self.url

    @property
    def action(self) -> str:
        """OWNER/NAME on GitHub; "" where it lies elsewhere."""
        host, _, rest = self.url.partition("://")[2].partition("/")
        parts = rest.removesuffix(".git").strip("/").split("/")
        return "/".join(parts) if host == "github.com" and len(parts) == 2 else ""


class Limit(NamedTuple):
    """One measured limit. `now` is today's 95th percentile."""

    key: str
    limit: int
    now: int
    most: int
    what: str


class Measured(NamedTuple):
    """What the repository's own code says about its limits."""

    commit: str  # "" before the first
    files: int
    functions: int
    limits: tuple[Limit, ...]
    targets: tuple[str, ...]  # of the smoke plugin


def hook_entry(origin: Origin, indent: str = "  ") -> str:
    """The entry of a `.pre-commit-config.yaml`, its list indented so."""
    why = "  # a placeholder: set the address that you install antifoul from" if origin.is_placeholder else ""
    lines = (f"- repo: {origin.url}{why}", f"  rev: {origin.rev}", "  hooks:", "    - id: antifoul")
    return "".join(f"{indent}{line}\n" for line in lines)


def hook_config(origin: Origin) -> str:
    """A whole `.pre-commit-config.yaml`."""
    return f"repos:\n{hook_entry(origin)}"


def workflow(origin: Origin, branch: str) -> str:
    """A workflow that judges pull requests and pushes; with no more rights than the comment needs."""
    uses = f"{origin.action or 'OWNER/antifoul'}@{origin.rev}"
    why = "" if origin.action and not origin.is_placeholder else "a placeholder: set the address of the action; "
    return f"""\
name: antifoul

on:
  pull_request:
  push:
    branches: [{branch}]

permissions:
  contents: read

jobs:
  antifoul:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write   # for the comment; without it the report is in the job summary alone
    steps:
      - uses: {_CHECKOUT}
        with:
          fetch-depth: 0   # the change is judged from where the branch was cut
          persist-credentials: false
      - uses: {_SETUP_PYTHON}
        with:
          python-version: "3.11"
      - uses: {uses}   # {why}pin it by commit
        with:
          comment: "true"
"""


def settings(measured: Measured) -> str:
    """An `antifoul.toml` with today's limits."""
    return "".join(_settings(measured))


def _settings(measured: Measured) -> Iterator[str]:
    at = f", at commit {measured.commit[:10]}" if measured.commit else ""
    yield (
        f"# Limits measured on {measured.files:,} Python files with {measured.functions:,} functions{at}.\n"
        "# Only what a change adds is judged, so nothing old blocks; lower them as the code gets better.\n"
    )
    for table, limits in _by_table(measured.limits):
        yield f"\n[{table}]\n"
        width = max(len(one.key.rpartition(".")[2]) for one in limits)
        for one in limits:
            key = one.key.rpartition(".")[2]
            kept = f"today's 95th percentile is {one.now}, the most {one.most}"
            yield f"{key:{width}} = {one.limit}   # {one.what}; {kept}\n"
    yield "\n[smoke]\n"
    if measured.targets:
        yield "# Functions that give back a trainer, as far as their text tells: `pytest --llm-smoke` tries them.\n"
        named = ", ".join(f'"{one}"' for one in measured.targets)
        yield f"targets = [{named}]\n"
    else:
        yield "# No function that gives back a trainer was found: name yours, or return it from a fixture\n"
        yield "# `llm_smoke_target` in conftest.py, and `pytest --llm-smoke` tries it.\n"
        yield '# targets = ["my_package.train:make_trainer"]\n'


def _by_table(limits: Sequence[Limit]) -> Iterator[tuple[str, list[Limit]]]:
    tables = dict.fromkeys(one.key.rpartition(".")[0] for one in limits)
    for table in tables:
        yield table, [one for one in limits if one.key.rpartition(".")[0] == table]
