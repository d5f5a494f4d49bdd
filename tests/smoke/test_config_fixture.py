"""The fixture `llm_config`: the config in force for a test, by the same call as experiment code."""

import pytest

TEST = """
import pytest
from dataclasses import dataclass

from antifoul.lab.config import ConfigError, why


@dataclass
class Train:
    lr: float
    steps: int = 1


def test_values(llm_config):
    config = llm_config("sft.yaml", {"steps": 3}, schema=Train)
    assert (config.lr, config["steps"]) == (2e-5, 3)
    assert why(config, "lr").startswith("lr = 2.0e-05: set by experiment, sft.yaml:2")


def test_words(llm_config):
    assert llm_config("sft.yaml", ["steps=4"]).steps == 4


def test_python_is_run(llm_config):
    assert llm_config("conf.py").lr == 0.5


def test_wrong(llm_config):
    with pytest.raises(ConfigError, match="did you mean 'lr'"):
        llm_config("sft.yaml", ["lrr=4"])
"""


def test_a_test_reads_the_config_in_force(pytester: pytest.Pytester) -> None:
    """Bases, overrides as a mapping or as words, a schema; a Python config is run; what is wrong fails the test."""
    pytester.makepyfile(test_it=TEST, conf="lr = sum([0.25, 0.25])\n")
    (pytester.path / "base.yaml").write_text("lr: 1\nsteps: 2\n", encoding="utf-8")
    (pytester.path / "sft.yaml").write_text("extends: base.yaml\nlr: 2e-5\n", encoding="utf-8")

    pytester.runpytest_subprocess("-p", "no:cacheprovider", "test_it.py").assert_outcomes(passed=4)
