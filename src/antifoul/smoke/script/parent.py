"""Start a script's process, wait for its answer, and say what came of it."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from antifoul.smoke.script.shadow import shadow
from antifoul.smoke.script.task import Answer, Task, read, write

WAIT = 300.0  # seconds that a script may take to its first steps and through the laws
_ENTRY = "antifoul.shells.script_process"
_PLACE = re.compile(r'File "([^"]+)", line (\d+)')


def tried(task: Task, wait: float = WAIT) -> Answer:
    """What a script's process answers. The task's root is the user's; the script gets a shadow of it."""
    out = Path(task.out)
    out.mkdir(parents=True, exist_ok=True)
    ours = task._replace(root=str(shadow(Path(task.root), out / "repository").resolve()))
    write(out / "task", ours)
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-P", "-m", _ENTRY, str(out), str(wait)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environ(ours, task))
        try:
            process.wait(wait + 30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        except BaseException:
            process.kill()  # Ctrl-C here ends the script, too
            process.wait()
            raise
        if (out / "answer").is_file():
            answer: Answer = read(out / "answer")
            return answer
        log.seek(0)
        return Answer(stopped=_last_words(log.read().decode("utf-8", "replace"), ours.root, process.returncode))


def _environ(ours: Task, users: Task) -> dict[str, str]:
    environ = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    path = environ.get("PYTHONPATH", "")
    moved = [str(Path(ours.root, Path(one).relative_to(users.root))) if _inside(one, users.root) else one
             for one in path.split(os.pathsep) if one]  # fmt: skip
    environ["PYTHONPATH"] = os.pathsep.join(moved)
    return environ


def _inside(path: str, root: str) -> bool:
    return Path(path).is_absolute() and Path(path).is_relative_to(root)


def _last_words(log: str, root: str, status: int) -> str:
    """Why a process that gave no answer ended: where it was when its time was up, or its last line."""
    if "Timeout (" in log:
        places = [
            (file, line) for file, line in _PLACE.findall(log.rpartition("Timeout (")[2]) if file.startswith(root)
        ]
        where = f" at {Path(places[0][0]).relative_to(root).as_posix()}:{places[0][1]}" if places else ""
        return f"it was not done in {WAIT:.0f} s{where}: give it less to do (--max_steps, a smaller model, fewer rows)"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return f"its process ended with status {status}{': ' + lines[-1][:200] if lines else ''}"
