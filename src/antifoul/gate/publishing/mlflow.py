"""One run of MLflow for each repository, a step for each commit."""

from collections.abc import Sequence
from typing import Any

from antifoul.facts.errors import UsageError
from antifoul.gate.publishing.figures import Figures
from antifoul.reports.blocks import counted

_EXPERIMENT = "antifoul"
_TAG = "antifoul.repository"
_AT_ONCE = 900  # the server takes a thousand metrics at a time


def send(rows: Sequence[Figures], place: str) -> str:
    """Go on with the repository's run on a tracking server (MLFLOW_TRACKING_URI without one); the sentence to say."""
    try:
        from mlflow import MlflowClient  # noqa: PLC0415  the user's own
        from mlflow.entities import Metric  # noqa: PLC0415  as above
        from mlflow.exceptions import MlflowException  # noqa: PLC0415  as above
    except ImportError:
        raise UsageError("mlflow is not installed").with_remedy("pip install 'antifoul[mlflow]'") from None
    name = rows[-1].repository
    try:
        client = MlflowClient(tracking_uri=place or None)
        run = _run(client, name)
        metrics = [
            Metric(f"antifoul/{key}", value, one.at * 1000, one.step)
            for one in rows
            for key, value in one.values.items()
        ]
        for start in range(0, len(metrics), _AT_ONCE):
            client.log_batch(run, metrics=metrics[start : start + _AT_ONCE])
        client.set_tag(run, "antifoul.commit", rows[-1].commit)
    except MlflowException as problem:
        said = str(problem).strip().splitlines() or ["it failed"]
        raise UsageError(f"mlflow: {said[0]}").with_remedy(
            "--to mlflow=URI, for instance sqlite:///mlflow.db"
        ) from None
    return f"{counted(len(rows), 'commit')} sent to the mlflow experiment {_EXPERIMENT}"


def _run(client: Any, name: str) -> str:  # noqa: ANN401  mlflow's
    """The id of the repository's run, which is made when there is none."""
    found = client.get_experiment_by_name(_EXPERIMENT)
    experiment = found.experiment_id if found else client.create_experiment(_EXPERIMENT)
    quoted = name.replace("\\", "").replace("'", "")
    runs = client.search_runs([experiment], f"tags.`{_TAG}` = '{quoted}'", max_results=1)
    if runs:
        return str(runs[0].info.run_id)
    tags = {_TAG: quoted, "mlflow.runName": f"antifoul {quoted}"}
    return str(client.create_run(experiment, tags=tags).info.run_id)
