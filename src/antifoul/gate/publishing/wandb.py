"""One run of Weights & Biases for each repository, a step for each commit. Its own settings say where it goes."""

from collections.abc import Sequence
from hashlib import sha256

from antifoul.facts.errors import UsageError
from antifoul.gate.publishing.figures import Figures
from antifoul.reports.blocks import counted


def send(rows: Sequence[Figures], place: str) -> str:
    """Go on with the repository's run in a project; the sentence to say."""
    try:
        import wandb  # noqa: PLC0415  the user's own
    except ImportError:
        raise UsageError("wandb is not installed").with_remedy("pip install 'antifoul[wandb]'") from None
    name = rows[-1].repository
    project = place or "antifoul"
    # The same id each time, so that the chart of a repository is one line.
    identity = f"antifoul-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"
    try:
        run = wandb.init(project=project, id=identity, name=f"antifoul {name}", resume="allow", job_type="antifoul")
        for one in rows:
            run.log({f"antifoul/{key}": value for key, value in one.values.items()}, step=one.step)
        run.summary["antifoul/commit"] = rows[-1].commit
        run.finish()
    except wandb.errors.Error as problem:
        raise UsageError(f"wandb: {problem}").with_remedy("wandb login, or WANDB_MODE=offline") from None
    return f"{counted(len(rows), 'commit')} sent to the wandb project {project}"
