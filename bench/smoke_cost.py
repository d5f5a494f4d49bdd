# ruff: noqa: ANN401, PLC0415  what torch gives has no types here; loaded where it is used
"""What `pytest --llm-smoke` costs: a plain loop, three Trainers and twenty configs, each alone and all together.

Run: `python bench/smoke_cost.py` with an interpreter that has torch, transformers, TRL and antifoul. CPU seconds of a
target are those of all its laws together, its building included and imports not; wall times have the imports in them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGETS = ("loop", "trainer", "sft", "dpo")
CONFIGS = 20


def loop(seed: int = 0) -> Any:
    """A plain SFT loop over a small GPT, with all that the laws ask for."""
    import sft_loop

    return sft_loop.build(seed=seed)


def trainer(output_dir: str, **overrides: Any) -> Any:
    """A Trainer of transformers."""
    import programs

    return programs.factory(programs.llama)(output_dir, **overrides)


def sft(output_dir: str, **overrides: Any) -> Any:
    """TRL's SFTTrainer on prompts and completions."""
    import trl_programs

    return trl_programs.factory(data=trl_programs.completions)(output_dir, **overrides)


def dpo(output_dir: str, **overrides: Any) -> Any:
    """TRL's DPOTrainer."""
    import trl

    import trl_programs

    return trl_programs.factory(trl.DPOTrainer, trl_programs.preferences)(output_dir, **overrides)


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory() as folder:
        configs = Path(folder) / "configs"
        configs.mkdir()
        for number in range(CONFIGS):
            text = f"model: tiny\noptim:\n  lr: {number + 1}e-5\n  steps: {number}\ndata:\n  path: rows-{number}\n"
            (configs / f"run-{number}.yaml").write_text(text)
        (Path(folder) / "conftest.py").write_text(
            "import torch, transformers, trl\n\nKEPT = trl.SFTTrainer, trl.DPOTrainer\n"
        )
        print("| what | laws judged | CPU s | wall s |\n| :-- | --: | --: | --: |")
        for name in TARGETS:
            _tell(name, Path(folder), [f"--llm-smoke-target=smoke_cost:{name}"])
        several = [f"--llm-smoke-target=smoke_cost:{name}" for name in TARGETS]
        _tell(f"all four and {CONFIGS} configs, two workers", Path(folder), [*several, "-n", "2"])


def _tell(name: str, folder: Path, options: list[str]) -> None:
    told = folder / "told.json"
    paths = os.pathsep.join(map(str, (ROOT / "bench", ROOT / "tests")))
    start = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--llm-smoke", "-q", "-p", "no:cacheprovider", f"--llm-smoke-json={told}",
         f"--rootdir={folder}", *options],
        cwd=folder, env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    wall = time.monotonic() - start
    if not told.exists():
        print(f"| {name} | stopped: {ran.stdout[-200:]!r} | | |")
        return
    laws = [one for target in json.loads(told.read_text())["targets"] if target["kind"] == "target"
            for one in target["laws"]]  # fmt: skip
    judged = [one for one in laws if one["outcome"] != "skip"]
    seconds = sum(one["seconds"] for one in laws)
    print(f"| {name} | {len(judged)} | {seconds:.1f} | {wall:.0f} |", flush=True)


if __name__ == "__main__":
    main()
