from pathlib import Path

import pytest

from antifoul.facts.settings import Settings, Thresholds
from antifoul.rules.registry import Entry, index, load

PAGE = Path(__file__).parents[2].joinpath("docs", "settings.md").read_text(encoding="utf-8")


def rows_of(rule: str) -> str:
    """The rows of a rule in the table of options: the one with its name, and those below that name no other."""
    own = ""
    here = False
    for row in PAGE.split("## Options of rules")[1].split("\n## ")[0].splitlines():
        first = row.split("|")[1] if row.startswith("|") else ""
        here = f"`{rule}`" in first or (here and not first.strip())
        own += row if here else ""
    return own


@pytest.mark.parametrize("entry", [entry for entry in index() if load(entry).options], ids=lambda entry: entry.name)
def test_every_option_of_a_rule_is_on_the_page(entry: Entry) -> None:
    """The page names each option in the rows of its rule."""
    options = load(entry).options
    assert options is not None

    assert [name for name in options._fields if f"`{name.replace('_', '-')}`" not in rows_of(entry.name)] == []


def test_every_setting_is_on_the_page() -> None:
    """Each key of the settings and each threshold has a row, or a section of its own."""
    elsewhere = {"severities", "options", "allows", "branches", "messages", "templates", "thresholds", "origin"}
    keys = [name.replace("_", "-") for name in Settings._fields if name not in elsewhere]

    assert [key for key in keys if f"`{key}`" not in PAGE] == []
    assert [name for name in Thresholds._fields if f"`thresholds.{name.replace('_', '-')}`" not in PAGE] == []
