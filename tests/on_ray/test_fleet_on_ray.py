"""Many items on a local Ray with two workers: one is killed on the way, and every item is answered or named."""

import subprocess
import sys
from pathlib import Path

import pytest

from antifoul.fleet import on_ray
from antifoul.fleet.answers import Answer
from fleet_work import doubled

pytest.importorskip("ray", reason="an extra: `tests/run --ray` installs it, and CI runs that")


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_a_killed_worker_is_replaced_and_what_kills_each_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One item kills its worker once and is answered by the next; one kills every worker and is named."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))  # where the workers find what they are to do
    items = ["a", f"killed once {tmp_path / 'mark'}", "raises", "killed", "b"]

    answers = sorted(on_ray.spread(doubled, items, 2))

    assert [one.place for one in answers] == [0, 1, 2, 3, 4]
    assert answers[0] == Answer(0, "aa")
    assert answers[1] == Answer(1, items[1] * 2)
    assert answers[2] == Answer(2, None, "ValueError: raises")
    assert answers[3].value is None
    assert "its worker died 3 times" in answers[3].lost
    assert answers[4] == Answer(4, "bb")


def test_a_fleet_on_ray_reports_what_local_processes_report(tmp_path: Path) -> None:
    """The command, with two workers: the same JSON from either engine."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.py").write_text("def f():\n    return 1\n")
    (tmp_path / "repos").write_text("one\ngone\n")
    command = [sys.executable, "-m", "antifoul.shells.cli", "report", "--repos", str(tmp_path / "repos")]
    command += ["--workers", "2", "--format", "json"]

    local, ray = (
        subprocess.run([*command, "--engine", engine], capture_output=True, check=True, text=True)
        for engine in ("local", "ray")
    )

    assert local.stdout == ray.stdout
    assert '"failed": null' in ray.stdout
