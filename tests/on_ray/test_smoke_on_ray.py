"""`antifoul smoke --engine ray` on a local Ray: a worker that dies, resources that no node has. Without torch."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="an extra: `tests/run --ray` installs it, and CI runs that")

# The pytest that tries a target is a child of Ray's worker.
KILLS = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(1)\n"
ONCE = (
    "import os, pathlib, signal\n"
    "mark = pathlib.Path(__file__).with_suffix('.mark')\n"
    "if not mark.exists():\n"
    "    mark.write_text('')\n"
    "    os.kill(os.getppid(), signal.SIGKILL)\n"
    "    os._exit(1)\n"
    "def make():\n"
    "    raise RuntimeError('reached')\n"
)
SETTINGS = """\
[tool.antifoul.smoke]
targets = ["kills:make", "once:make", "large:make"]
laws = ["finite"]

[tool.antifoul.smoke.resources]
"large:*" = { cpus = 1, gpus = 1000 }
"""


def smoke(folder: Path, engine: str) -> tuple[int, dict[str, Any]]:
    """The exit status, and the JSON."""
    command = [sys.executable, "-m", "antifoul.shells.cli", "smoke", "-C", str(folder), "--engine", engine]
    done = subprocess.run([*command, "--workers", "2", "--format", "json"], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_lost_worker_is_replaced_or_named_and_unfit_resources_are_told(tmp_path: Path) -> None:
    """One target kills every worker, one only the first; one asks for what no node has, and is not waited for."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "kills.py").write_text(KILLS)
    (tmp_path / "once.py").write_text(ONCE)
    (tmp_path / "large.py").write_text("make = 1\n")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "a.yaml").write_text("lr: 1\n")

    status, found = smoke(tmp_path, "ray")

    laws = {target["name"]: target["laws"][0] for target in found["targets"]}
    assert status == 1
    assert "its worker died 3 times" in laws["kills:make"]["reason"]
    assert "reached" in laws["once:make"]["reason"]
    assert laws["large:make"]["reason"].startswith("it needs 1 CPU, 1000 GPU on one node, and no node")
    assert laws["configs/a.yaml"]["outcome"] == "pass"
