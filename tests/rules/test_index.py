"""The index of the rules is generated, and every rule of the gate has its cases."""

from pathlib import Path

import pytest

from antifoul.rules import index, registry

CASES = Path(__file__).parent / "cases"


def test_the_index_is_what_the_rule_files_say() -> None:
    """Whoever changes a rule's name, severity, cost or needs writes the index anew."""
    assert Path(index.__file__).read_text(encoding="utf-8") == registry.written(registry.walk())


@pytest.mark.parametrize("entry", [one for one in registry.index() if one.cost != "run"], ids=lambda one: one.name)
def test_every_rule_of_the_gate_has_cases(entry: registry.Entry) -> None:
    """A rule without a case file is a rule that nobody has seen being quiet."""
    assert (CASES / f"{entry.name}.txtar").is_file() or entry.module.startswith("antifoul.rules.config")


@pytest.mark.parametrize("entry", registry.index(), ids=lambda one: one.name)
def test_every_rule_shows_a_bad_and_a_good_example(entry: registry.Entry) -> None:
    """What `antifoul explain` prints ends with both."""
    doc = registry.load(entry).doc

    assert doc.index("Bad::") < doc.index("Good::")
