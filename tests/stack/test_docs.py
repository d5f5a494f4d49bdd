"""The examples of docs/config.md, in their order: files are laid, code is run, commands print what they are said to."""

import re
from pathlib import Path
from typing import Any

import pytest

from antifoul.shells.cli import main
from stack.conftest import Write

PAGE = Path(__file__).parents[2] / "docs" / "config.md"
BLOCK = re.compile(r"^```(\w+)(?: (file=(\S+)|run))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_holds(write: Write, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file block is written, a run block runs in one namespace, and a console block is compared word for word."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    folder = write({})
    monkeypatch.syspath_prepend(str(folder))
    names: dict[str, Any] = {"__name__": "page"}

    for language, how, file, text in blocks:
        if file:
            write({file: text})
        elif how == "run":
            exec(compile(text, "config.md", "exec"), names)  # noqa: S102  our own page
        elif language == "console":
            _compare(text, capfd)

    assert [how for _, how, _, _ in blocks].count("run") >= 6


def _compare(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    for command, expected in re.findall(r"^\$ antifoul (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        assert main(command.split()) == 0
        assert capfd.readouterr().out == expected
