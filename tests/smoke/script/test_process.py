"""Scripts in a process of their own, without torch: what is said where no training begins."""

from pathlib import Path

import pytest

from antifoul.smoke.script.imports import AfterImport
from antifoul.smoke.script.parent import tried
from antifoul.smoke.script.task import Answer, Task


def answer(tmp_path: Path, text: str, command: str = "train.py", wait: float = 60.0) -> Answer:
    """What the process of such a script answers."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "train.py").write_text(text)
    return tried(Task(command, str(root), "", str(tmp_path / "out"), (), 0, 60.0), wait)


@pytest.mark.parametrize(
    ("text", "stopped", "skipped"),
    [
        ("x = 1\n", "", "the script ended without a step of a torch optimizer"),
        ("\nraise ValueError('no data\\nhere')\n", "train.py:2: ValueError: no data", ""),
        ("import sys\nsys.exit('bad arguments')\n", "it left with status bad arguments", ""),
        ("import sys\nsys.exit(2)\n", "it left with status 2", ""),
        ("import vllm\n", "", "train.py:1: vllm has no stand-in on a CPU"),
        ("from flash_attn import x\n", "", "train.py:1: flash_attn has no stand-in on a CPU"),
        ("import no_such_module\n", "train.py:1: ModuleNotFoundError: No module named 'no_such_module'", ""),
        (
            "{'messages': 1}['text']\n",
            "train.py:1: KeyError: 'text': the tiny data has other columns; {tiny_sft:text} has it",
            "",
        ),
        ("import os\nos._exit(7)\n", "its process ended with status 7", ""),
        ("import wandb\nwandb.init(project='x').log({'a': 1})\n", "", "the script ended without a step"),
    ],
)
def test_a_script_that_does_not_train_says_why(tmp_path: Path, text: str, stopped: str, skipped: str) -> None:
    """Its own error stops it, with the line; what a CPU cannot have skips it."""
    found = answer(tmp_path, text)

    assert found.stopped.startswith(stopped)
    assert found.skipped.startswith(skipped)
    assert bool(found.stopped) == bool(stopped)


def test_a_script_that_takes_too_long_is_ended_where_it_is(tmp_path: Path) -> None:
    """The place where its time was up is told."""
    found = answer(tmp_path, "import time\n\ntime.sleep(600)\n", wait=1.0)

    assert "it was not done in" in found.stopped
    assert "train.py:3" in found.stopped


def test_a_script_sees_its_own_arguments_folder_and_name(tmp_path: Path) -> None:
    """As when Python starts it: `__main__`, its arguments, its folder first on the path; {tmp} is elsewhere."""
    text = (
        "import os, sys\n"
        "assert __name__ == '__main__' and sys.argv[1:3] == ['--n', '3'], sys.argv\n"
        "assert os.path.samefile(sys.path[0], os.getcwd()), sys.path\n"
        "assert not sys.argv[3].startswith(os.getcwd())\n"
    )

    assert not answer(tmp_path, text, "python train.py --n 3 {tmp}").stopped


def test_a_change_follows_the_module_whoever_imports_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's own code runs first, and once; others are imported as ever."""
    (tmp_path / "changed_one.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("sys.meta_path", [*__import__("sys").meta_path])

    AfterImport({"changed_one": lambda module: setattr(module, "value", module.value + 1)}).install()

    assert __import__("changed_one").value == 2
