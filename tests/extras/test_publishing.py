"""Figures in TensorBoard, W&B and MLflow, offline, with the libraries themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from worlds import Repo


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """Two weeks, a commit each."""
    repo.commit({"a.py": "def f(x):\n    return x\n"}, day=0)
    repo.commit({"a.py": "def f(x):\n    if x:\n        return 1\n    return x\n"}, day=7)
    return repo


def test_tensorboard_gets_a_point_for_each_commit(repo: Repo, tmp_path: Path) -> None:
    """In event files of the repository's own folder, at the commits' own steps and times."""
    events = pytest.importorskip("tensorboardX.proto.event_pb2", reason="pip install 'antifoul[tensorboard]'")
    done = repo.antifoul("publish", f"--to=tensorboard={tmp_path}", "--weeks=4")
    (file,) = (tmp_path / "repo").glob("events.out.tfevents.*")
    found = [events.Event.FromString(one) for one in records(file.read_bytes())]

    assert done.returncode == 0, done.stderr
    assert [
        (one.step, one.wall_time, value.simple_value)
        for one in found
        for value in one.summary.value
        if value.tag == "antifoul/complexity"
    ] == [(1, repo.day(0).timestamp(), 1.0), (2, repo.day(7).timestamp(), 2.0)]


def records(data: bytes) -> Iterator[bytes]:
    """The records of an event file: a length, its checksum, so many bytes, their checksum."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        yield data[at + 12 : at + 12 + size]
        at += size + 16


def test_wandb_gets_a_run_that_is_gone_on_with(repo: Repo, tmp_path: Path) -> None:
    """Offline it writes its files; the second time the same run."""
    pytest.importorskip("wandb", reason="pip install 'antifoul[wandb]'")
    env = {
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(tmp_path),
        "WANDB_SILENT": "true",
        "WANDB_CACHE_DIR": str(tmp_path),
    }

    done = repo.antifoul("publish", "--to=wandb", env=env)
    again = repo.antifoul("publish", "--to=wandb=mine", env=env)
    runs = {path.name.partition("-antifoul-")[2] for path in tmp_path.glob("wandb/offline-run-*")}

    assert (done.returncode, again.returncode) == (0, 0), done.stderr + again.stderr
    assert "1 commit sent to the wandb project antifoul" in done.stdout
    assert len(runs) == 1


@pytest.mark.filterwarnings("ignore")  # its own libraries' deprecations
def test_mlflow_gets_one_run_with_a_step_for_each_commit(repo: Repo, tmp_path: Path) -> None:
    """However often it is sent."""
    mlflow = pytest.importorskip("mlflow", reason="pip install 'antifoul[mlflow]'")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"

    for _ in range(2):
        done = repo.antifoul("publish", f"--to=mlflow={uri}", "--weeks=4")
        assert done.returncode == 0, done.stderr
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("antifoul")
    (run,) = client.search_runs([experiment.experiment_id])

    assert {one.step for one in client.get_metric_history(run.info.run_id, "antifoul/complexity")} == {1, 2}
    assert run.data.metrics["antifoul/complexity"] == 2
