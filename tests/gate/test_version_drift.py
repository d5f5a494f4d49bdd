"""`config lint --against`: what another version of a library breaks."""

import pytest

from antifoul.gate.lint.run import lint
from antifoul.gate.survey import open_world
from worlds import Repo

FILES = {
    "pyproject.toml": '[project]\ndependencies = ["trl==0.19.*", "transformers==4.53.2"]\n',
    "train.py": "from trl import SFTConfig, TrlParser\n\n(args,) = TrlParser((SFTConfig,)).parse_args_and_config()\n",
    "run.sh": "python train.py --config a.yaml --overwrite_output_dir\n",
    "a.yaml": "output_dir: x\nlearning_rate: 0.1\noverwrite_output_dir: true\nstray: 1\n",
}


@pytest.fixture
def written(repo: Repo) -> Repo:
    """A recipe that is good at the versions that its project declares, but for one key."""
    repo.commit(dict(FILES))
    return repo


def test_what_an_upgrade_breaks_is_told_by_config_and_by_flag(written: Repo) -> None:
    """`overwrite_output_dir` is gone from transformers 5; what is wrong today already is no drift."""
    world = open_world(str(written.root), None, written.env)

    report = lint(world, against={"trl": "1.0", "transformers": "5.24"})

    assert [(one.path, one.line, one.rule, one.symbol) for one in report.findings] == [
        ("a.yaml", 3, "version-drift", "overwrite_output_dir"),
        ("run.sh", 1, "version-drift", "--overwrite_output_dir"),
    ]
    assert "5.24.0 (asked for)" in " ".join(one.message for one in report.findings)


def test_at_the_versions_in_use_nothing_drifts(written: Repo) -> None:
    """The pins of a list in pyproject.toml decide, and only the key that no version has is found."""
    world = open_world(str(written.root), None, written.env)

    assert [(one.rule, one.symbol) for one in lint(world).findings] == [("config-key-unknown", "stray")]
    assert lint(world, against={"trl": "0.19", "transformers": "4.53"}).findings == ()
