"""Save with good and bad metrics in turn: is the best checkpoint among those that are left?"""

import inspect
import tempfile
from pathlib import Path
from zlib import crc32

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Kept, Rotation
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.building import told

_METRICS = (3.0, 1.0, 2.5, 5.0, 2.0, 2.75, 2.25, 3.5, 3.25, 2.6, 2.4, 2.9)  # best at the second call, or at the fourth
_LOWER = ("loss", "perplexity", "ppl", "error", "nll")
_HIGHER = ("acc", "reward", "score", "f1", "win", "bleu", "rouge", "margin")


def record(program: Program, _seed: int) -> Rotation | Unjudged:
    """Which checkpoints are left, or why none were made."""
    save = program.get("save_rotating") if isinstance(program, Loop) else None
    if save is None or not isinstance(program, Loop):
        return Unjudged("no save_rotating", "save_rotating = lambda dir, metric: ...  # saves, and deletes old ones")
    written: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory(prefix="antifoul-") as folder, program.untouched():
        before: dict[str, int] = {}
        try:
            for metric in _METRICS:
                program.moved_once()
                save(folder, metric)
                now = _prints(Path(folder))
                written.append({path: one for path, one in now.items() if before.get(path) != one})
                before = now
        except Exception as problem:  # noqa: BLE001  a guest's function
            return Unjudged(f"save_rotating stopped ({told(problem)})")
    if not any(written):
        return Unjudged("save_rotating writes nothing into the folder that it is given")
    left = set(before.values())
    calls = tuple(
        Kept(metric, bool(mine) and max(_weight(mine)) in left) for metric, mine in zip(_METRICS, written, strict=True)
    )
    return Rotation(calls, _better(program), len({path.partition("/")[0] for path in before}))


def _weight(prints: dict[str, int]) -> list[int]:
    """The prints of the files that matter: those that hold more than a list of checkpoints."""
    large = [one for path, one in prints.items() if not path.endswith((".json", ".txt", ".yaml", ".log"))]
    return large or list(prints.values())


def _prints(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): crc32(path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _better(program: Loop) -> str:
    """Which way of the metric is better, as far as the program says."""
    asked = program.get("greater_is_better")
    if isinstance(asked, bool):
        return "higher" if asked else "lower"
    mode = program.get("mode")
    if mode in {"min", "max"}:
        return "lower" if mode == "min" else "higher"
    try:
        names = list(inspect.signature(program.get("save_rotating")).parameters)
    except (TypeError, ValueError):
        names = []
    last = names[-1].lower() if names else ""
    if any(word in last for word in _LOWER):
        return "lower"
    return "higher" if any(word in last for word in _HIGHER) else ""
