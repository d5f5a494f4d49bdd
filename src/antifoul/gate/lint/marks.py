"""Find what should not stand in a config or a script: tokens, and the home directory of one person."""

from __future__ import annotations

import re

from antifoul.facts.usage import Stray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# By prefix alone: names of variables and entropy find nothing but false ones.
_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_-])(?:hf_[A-Za-z0-9]{30,}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|"
    rb"github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{20,}|AIza[A-Za-z0-9_-]{35})"
)
# No system gives a person's home under /home a capital.
_HOME = re.compile(rb"(?<![\w$}.])/(?:home/([a-z][\w.-]*)|Users/([A-Za-z][\w.-]*))/")
_NOBODY = frozenset(
    (
        b"user users username ubuntu root runner ec2-user you your yourname me coder jovyan vscode work workspace "
        b"admin app docker dev data share shared linuxbrew slurm hadoop azureuser gpuuser appuser nonroot node conda "
        b"mambauser your_username myuser name project projects models model code test nvidia huggingface ray"
    ).split()
)


def tokens(data: bytes) -> Iterator[Stray]:
    """The tokens of known makes, each by its first signs."""
    for found in _TOKEN.finditer(data):
        text = found[0]
        if len(set(text[-20:])) < 8:
            continue  # xxxxxxxx
        yield _stray(data, found.start(), f"{text[:7].decode('ascii', 'replace')}...")


def homes(data: bytes) -> Iterator[Stray]:
    """The paths in the home directory of a person."""
    for found in _HOME.finditer(data):
        line = data[data.rfind(b"\n", 0, found.start()) + 1 : found.start()].lstrip()
        if (found[1] or found[2]).lower() not in _NOBODY and not line.startswith((b"#", b"//")):
            yield _stray(data, found.start(), found[0].decode("utf-8", "replace"))


def _stray(data: bytes, at: int, name: str) -> Stray:
    return Stray(name, data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at), "")
