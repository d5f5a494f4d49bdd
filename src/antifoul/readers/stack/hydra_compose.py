"""Have Hydra itself compose a config: in a process of its own, plugins off, YAML alone, the environment empty.

It needs the extra `hydra`. What it says is compared with what was told without it.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from antifoul.facts.errors import ReadError, UsageError

_SECONDS = 60
_LARGEST = 20_000_000  # bytes of an answer

# -I keeps the judged repository off the path. A module that is None cannot be imported: so no plugin is found.
_PROGRAM = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
sys.modules["hydra_plugins"] = None
try:
    import hydra
except ImportError:
    print(json.dumps({"lacks": True})); sys.exit()
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from importlib import resources
files = resources.files
def guarded(package):
    if str(package).partition(".")[0] != "hydra":
        raise RuntimeError(f"pkg://{package}: it would import a package of the repository")
    return files(package)
resources.files = guarded
asked = json.load(sys.stdin)
os.chdir(asked["here"])
try:
    with initialize_config_dir(asked["folder"], version_base=None):
        config = compose(asked["name"], overrides=asked["overrides"])
    answer = {"config": OmegaConf.to_container(config, resolve=False)}
except Exception as problem:
    answer = {"problem": str(problem)}
print(json.dumps(answer, default=str))
"""


def compose(file: str, overrides: Sequence[str]) -> object:
    """What Hydra composes of a config in its own folder, references left as they are.

    Raises:
        UsageError: Hydra is not installed beside antifoul.
        ReadError: Hydra refuses the config, or does not come to an end.
    """
    place = Path(file).absolute()
    asked = {
        "folder": str(place.parent),
        "name": place.name.removesuffix(".yaml"),
        "overrides": list(overrides),
        "here": str(Path.cwd()),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _PROGRAM],
            input=json.dumps(asked),
            env={"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise ReadError(f"{file}: Hydra took longer than {_SECONDS} s") from None
    return _answer(file, done)


def _answer(file: str, done: "subprocess.CompletedProcess[str]") -> object:
    lines = done.stdout.strip().split("\n")
    if done.returncode or len(done.stdout) > _LARGEST or not lines[-1].startswith("{"):
        last = (done.stderr.strip().split("\n") or [""])[-1]
        raise ReadError(f"{file}: Hydra failed: {last}")
    answer = json.loads(lines[-1])
    if answer.get("lacks"):
        raise UsageError("Hydra is not installed beside antifoul").with_remedy("pip install 'antifoul[hydra]'")
    if "problem" in answer:
        raise ReadError(f"{file}: Hydra refuses it: {' '.join(answer['problem'].split())}")
    return answer["config"]
