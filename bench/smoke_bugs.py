"""Public bugs in the releases that had them: does a law find each, and is a later release quiet?

Run: `python bench/smoke_bugs.py [FOLDER]`. It makes one environment with torch in the folder, and beside it one folder
of pinned releases a case; nothing is installed elsewhere. It takes about 3 GB and, after that, five minutes.
"""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PROGRAM = Path(__file__).with_name("smoke_bugs_target.py")
BASE = (
    "torch==2.13.0",
    "numpy",
    "pyyaml",
    "requests",
    "httpx",
    "safetensors",
    "regex",
    "packaging",
    "filelock",
    "tqdm",
)
MORE = ("pytest", "psutil", "pandas", "pyarrow", "xxhash", "aiohttp", "jinja2", "rich", "tyro", "hf_xet", "typer-slim")
OLD = ("datasets==3.2.0", "fsspec==2024.9.0", "dill==0.3.8", "multiprocess==0.70.16")
NEW = ("datasets==4.2.0", "fsspec==2025.9.0", "dill==0.4.0", "multiprocess==0.70.16")


class Case(NamedTuple):
    """A public bug: the releases that had it, the target that shows it, and the law that should."""

    name: str
    source: str
    pins: tuple[str, ...]
    target: str
    law: str


def transformers(version: str, tokenizers: str, hub: str, accelerate: str) -> tuple[str, ...]:
    """The pins of a release of transformers and what it needs."""
    pins = {"transformers": version, "tokenizers": tokenizers, "huggingface_hub": hub, "accelerate": accelerate}
    return tuple(f"{name}=={one}" for name, one in pins.items())


T445 = (*transformers("4.45.2", "0.20.3", "0.26.5", "1.0.1"), *OLD)
T447 = (*transformers("4.47.1", "0.21.0", "0.27.1", "1.2.1"), "peft==0.14.0", *OLD)
T456 = (*transformers("4.56.2", "0.22.1", "0.35.3", "1.10.1"), "peft==0.17.1", *NEW)
T457 = (*transformers("4.57.3", "0.22.1", "0.36.0", "1.12.0"), "peft==0.18.0", *NEW)
T59 = (*transformers("5.9.0", "0.22.2", "1.5.0", "1.12.0"), *NEW)
TRL11 = ("peft==0.13.2", "trl==0.11.4")
CASES = (
    Case("mean of means", "transformers PR 34191, fixed in 4.46", T445, "unequal", "accumulation"),
    Case("mean of means: later", "transformers 4.47.1", T447, "unequal", "accumulation"),
    Case("label smoothing not divided", "transformers PR 47261, in 5.9.0", T59, "smoothed", "accumulation"),
    Case("DPO gradient x 4", "TRL PR 2615, fixed in 0.14", (*T447, "trl==0.13.0"), "dpo", "accumulation"),
    Case("DPO gradient: later", "TRL 0.23.0", (*T456, "trl==0.23.0"), "dpo", "accumulation"),
    Case("EOS masked as padding", "TRL PR 3200, fixed in 0.17", (*T445, *TRL11), "pad_is_eos", "labels"),
    Case("EOS masked: later", "TRL 0.23.0", (*T456, "trl==0.23.0"), "pad_is_eos", "labels"),
    Case("generation prompt trained", "TRL PR 4201, fixed in 0.24", (*T456, "trl==0.23.0"), "chat", "labels"),
    Case("generation prompt: later", "TRL 0.26.2", (*T457, "trl==0.26.2"), "chat", "labels"),
    Case("a second EOS in DPO", "TRL PR 4908, fixed in 0.28", (*T457, "trl==0.26.2"), "dpo_chat", "labels"),
    Case("head made before the seed", "TRL PR 4887, fixed in 0.28", (*T457, "trl==0.26.2"), "reward", "seed"),
)  # fmt: skip


def main(folder: Path) -> None:
    """Set up, try each case, and print a table."""
    folder.mkdir(parents=True, exist_ok=True)
    python = _environment(folder / "torch")
    print("| bug | in | law | outcome | CPU s |\n| :-- | :-- | :-- | :-- | --: |")
    for case in CASES:
        pins = _pinned(python, folder / re.sub(r"\W+", "-", "-".join(sorted(case.pins))[-60:]), case.pins)
        outcome, seconds = _tried(python, pins, case)
        print(f"| {case.name} | {case.source} | `{case.law}` | {outcome} | {seconds:.1f} |", flush=True)


def _environment(folder: Path) -> str:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        _pip(str(python), "torch==2.13.0")
        _pip(str(python), *BASE, *MORE)
    _pip(str(python), str(ROOT))
    return str(python)


def _pinned(python: str, folder: Path, pins: tuple[str, ...]) -> Path:
    if not folder.exists():
        _pip(python, "--no-deps", "--target", str(folder), *pins)
    return folder


def _pip(python: str, *asked: str) -> None:
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *asked], check=True)


def _tried(python: str, pins: Path, case: Case) -> tuple[str, float]:
    """What the law says of the target, and the computing time of the whole session."""
    before = os.times()
    environment = {**os.environ, "PYTHONPATH": f"{pins}{os.pathsep}{PROGRAM.parent}", "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(
        [python, "-m", "pytest", "--llm-smoke", "-p", "no:cacheprovider", f"--llm-smoke-laws={case.law}",
         f"--llm-smoke-target={PROGRAM.stem}:{case.target}", "-rs", "--rootdir", str(pins.parent)],
        env=environment, cwd=pins.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = os.times()
    told = re.search(r"^(?:FAIL|WARN) \S+ +(.*)", ran.stdout, re.MULTILINE)
    cause = re.search(r"likely cause +: (.*)", ran.stdout)
    summary = re.search(r"\d+ (passed|failed|skipped|error)", ran.stdout)
    text = f"{told[1]} ({cause[1]})" if told and cause else (summary[1] if summary else ran.stdout[-300:])
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return text.replace("|", "/").replace("\n", " "), seconds


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".bugs"))
