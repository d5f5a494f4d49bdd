"""Inside of the script's own process: set it up, run it, hand what trains over."""

import faulthandler
import os
import runpy
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from antifoul.smoke.building import BuildError
from antifoul.smoke.script.command import Launch, launch_of
from antifoul.smoke.script.imports import AfterImport
from antifoul.smoke.script.libraries import StandIns, changes
from antifoul.smoke.script.notes import Notes
from antifoul.smoke.script.on_cpu import change_distributed, change_parallel, change_torch
from antifoul.smoke.script.placeholders import Placeholders
from antifoul.smoke.script.stage import Stage
from antifoul.smoke.script.task import Task
from antifoul.smoke.tracker import Tracker
from antifoul.smoke.trackers import listening
from antifoul.smoke.world import ENVIRONMENT, set_seed

# What a script may import that has no stand-in on a CPU.
_GPU_ONLY = frozenset(
    {"vllm", "flash_attn", "deepspeed", "bitsandbytes", "sglang", "apex", "xformers", "triton", "transformer_engine"}
    | {"flashinfer", "liger_kernel", "megatron", "unsloth", "tensorrt_llm", "cupy", "flash_attn_interface", "torchao"}
)


# The shape of the tiny data that has a column.
_COLUMNS = {
    "text": "{tiny_sft:text}",
    **dict.fromkeys(("prompt", "completion"), "{tiny_sft:prompt}"),
    **dict.fromkeys(("instruction", "input", "output"), "{tiny_sft:alpaca}"),
    **dict.fromkeys(("conversations",), "{tiny_sft:sharegpt}"),
    **dict.fromkeys(("chosen", "rejected"), "{tiny_preferences}"),
    **dict.fromkeys(("solution", "answer"), "{tiny_prompts}"),
}


class Child:
    """The process of a script. `on_trainer` and `on_stage` record, and must not return."""

    def __init__(
        self,
        task: Task,
        on_trainer: Callable[["Child", Any], None],
        on_stage: Callable[["Child", Stage], None],
    ) -> None:
        self.task = task
        self.notes = Notes(task.root)
        self.stand_ins = StandIns(Path(task.out) / "models", self.notes)
        self.placeholders = Placeholders(Path(task.out), task.config, task.overrides)
        self.stage = Stage(lambda stage: on_stage(self, stage))
        self._on_trainer = on_trainer

    def run(self) -> tuple[str, str]:
        """Run the script to its end: why it stopped, and what it lacks that cannot be had here; both "" if neither."""
        try:
            with ExitStack() as stack:
                launch = self._prepared(stack)
                _start(launch)
        except SystemExit as leaving:
            return (f"it left with status {leaving.code}", "") if leaving.code not in (None, 0) else ("", "")
        except BuildError as problem:
            return str(problem), ""
        except BaseException as problem:  # noqa: BLE001  a guest's script: it may raise anything
            return self._why(problem)
        return "", ""

    def _prepared(self, stack: ExitStack) -> Launch:
        task = self.task
        os.environ.update(ENVIRONMENT)
        os.environ.update({"TORCHDYNAMO_DISABLE": "1", "ACCELERATE_USE_CPU": "1", "GIT_OPTIONAL_LOCKS": "0"})
        os.environ["MLFLOW_TRACKING_URI"] = f"file:{task.out}/mlruns"
        folder = Path(task.root, task.folder)
        os.chdir(folder)
        sys.path[:] = [one for one in sys.path if one not in {"", os.getcwd()}]  # noqa: PTH109  as Python writes it
        sys.path += [str(one) for one in (Path(task.root), Path(task.root, "src")) if one.is_dir()]
        AfterImport(
            {
                "torch": self._torch,
                **changes(self.stand_ins, self.notes, lambda trainer: self._on_trainer(self, trainer)),
            }
        ).install()
        launch = launch_of(self.placeholders.fill(task.command), lambda name: Path(name).is_file())
        for text in (*self.placeholders.changes, *launch.replaced):
            self.notes.say(text)
        os.environ.update(launch.environ)
        if not launch.environ.get("RANK"):
            for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"):
                os.environ.pop(name, None)
        stack.enter_context(listening(Tracker({})))
        set_seed(task.seed)
        return launch

    def _torch(self, torch: Any) -> None:  # noqa: ANN401  the user's torch
        torch.set_num_threads(1)
        change_distributed(torch.distributed, self.notes)
        change_parallel(sys.modules["torch.nn.parallel.distributed"], self.notes)
        change_torch(torch, self.notes)
        self.stage.build(torch)

    def _why(self, problem: BaseException) -> tuple[str, str]:
        place = self._place(problem)
        while problem.__cause__ is not None:  # a lazy import tells of another exception only
            problem = problem.__cause__
        if isinstance(problem, ModuleNotFoundError) and (problem.name or "").partition(".")[0] in _GPU_ONLY:
            return "", f"{place}: {problem.name} has no stand-in on a CPU"
        lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
        first = " ".join(lines[:2]) if lines and lines[0].endswith(":") else "".join(lines[:1])
        text = f"{place + ': ' if place else ''}{type(problem).__name__}{': ' if first else ''}{first}"
        if isinstance(problem, KeyError) and (hint := _COLUMNS.get(first.strip("'\""))):
            return f"{text}: the tiny data has other columns; {hint} has it", ""
        if any(word in str(problem) for word in ("Found no NVIDIA driver", "Torch not compiled with CUDA", "nvcc")):
            return "", f"{text}: it needs a GPU"
        if "offline" in str(problem).lower() or "localentrynotfound" in type(problem).__name__.lower():
            return "", f"{text}: nothing is fetched; put {{tiny_sft}} or its like in the command or the config"
        return text, ""

    def _place(self, problem: BaseException) -> str:
        """The innermost line of the user's code that the exception went through."""
        trace, found = problem.__traceback__, ""
        while trace is not None:
            found = self.notes.of(trace.tb_frame.f_code.co_filename, trace.tb_lineno) or found
            trace = trace.tb_next
        return found


def _start(launch: Launch) -> None:
    sys.argv[:] = [launch.target, *launch.args]
    if launch.kind == "file":
        sys.path.insert(0, str(Path(launch.target).resolve().parent))
        runpy.run_path(str(Path(launch.target).resolve()), run_name="__main__")
    elif launch.kind == "module":
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(launch.target, run_name="__main__", alter_sys=True)
    else:
        _command(launch.target)


def _command(name: str) -> None:
    found = list(entry_points(group="console_scripts", name=name))
    if not found:
        raise BuildError(f"{name} is neither a file nor an installed Python command")
    found[0].load()()


def watch_time(seconds: float) -> None:
    """After so long, tell on standard error where the process is, and end it."""
    faulthandler.dump_traceback_later(seconds, exit=True)
