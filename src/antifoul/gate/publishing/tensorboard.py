"""Scalars for TensorBoard, in a folder of event files."""

from collections.abc import Sequence
from pathlib import Path

from antifoul.facts.errors import UsageError
from antifoul.gate.publishing.figures import Figures
from antifoul.reports.blocks import counted


def send(rows: Sequence[Figures], place: str) -> str:
    """Write the commits as steps of one run; the sentence to say."""
    if not place:
        raise UsageError("--to tensorboard needs a folder: --to tensorboard=FOLDER")
    try:
        from tensorboardX import SummaryWriter  # noqa: PLC0415  the user's own
    except ImportError:
        raise UsageError("tensorboardX is not installed").with_remedy("pip install 'antifoul[tensorboard]'") from None
    folder = Path(place, _safe(rows[-1].repository))
    writer = SummaryWriter(str(folder))
    for one in rows:
        for key, value in one.values.items():
            writer.add_scalar(f"antifoul/{key}", value, global_step=one.step, walltime=one.at)
    writer.add_text("antifoul/commit", rows[-1].commit, global_step=rows[-1].step, walltime=rows[-1].at)
    writer.close()
    return f"{counted(len(rows), 'commit')} written to {folder}"


def _safe(name: str) -> str:
    """A repository's name as the name of a folder."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)[:80] or "repository"
