"""Command lines as users write them, read as the one Python program that they start."""

import pytest

from antifoul.smoke.building import BuildError
from antifoul.smoke.script.command import Launch, launch_of

FILES = {"train.py", "scripts/sft.py", "run.sh"}


def read(command: str) -> Launch:
    """The program, in a folder with a few files."""
    return launch_of(command, FILES.__contains__)


@pytest.mark.parametrize(
    "command",
    [
        "train.py --lr 1",
        "python train.py --lr 1",
        "python3.11 -u -W ignore -X dev train.py --lr 1",
        "nohup python -O train.py --lr 1",
        "CUDA_VISIBLE_DEVICES=0,1 python train.py --lr 1",
        "uv run --frozen python train.py --lr 1",
        "poetry run python train.py --lr 1",
        "torchrun --nproc_per_node=8 --nnodes 2 train.py --lr 1",
        "torchrun --standalone --nproc-per-node 8 train.py --lr 1",
        "python -m torch.distributed.run --nproc_per_node 4 train.py --lr 1",
        "accelerate launch --config_file zero3.yaml --num_processes 8 train.py --lr 1",
        "deepspeed --num_gpus 8 train.py --lr 1",
        "/usr/bin/env python train.py --lr 1",
    ],
)
def test_a_file_is_found_behind_what_starts_it(command: str) -> None:
    """Interpreters, runners, variables and launchers are read away; the file's own arguments stay."""
    found = read(command)

    assert (found.kind, found.target, found.args) == ("file", "train.py", ("--lr", "1"))


@pytest.mark.parametrize(
    ("command", "kind", "target", "args"),
    [
        ("python -m my_pkg.train --lr 1", "module", "my_pkg.train", ("--lr", "1")),
        ("torchrun --nproc_per_node 8 -m my_pkg.train --lr 1", "module", "my_pkg.train", ("--lr", "1")),
        ("accelerate launch --num_processes 8 --module my_pkg.train x", "module", "my_pkg.train", ("x",)),
        ("llamafactory-cli train sft.yaml", "command", "llamafactory-cli", ("train", "sft.yaml")),
        ("trl sft --model m", "command", "trl", ("sft", "--model", "m")),
    ],
)
def test_modules_and_installed_commands_are_told_apart(
    command: str, kind: str, target: str, args: tuple[str, ...]
) -> None:
    """`-m` names a module, also behind a launcher; any other word is an installed command."""
    found = read(command)

    assert (found.kind, found.target, found.args) == (kind, target, args)


def test_a_launcher_becomes_one_process_and_is_listed() -> None:
    """A script under torchrun reads its rank; under accelerate no process group is asked for."""
    assert read("torchrun train.py").environ["WORLD_SIZE"] == "1"
    assert read("accelerate launch train.py").environ == {}
    assert read("WANDB_PROJECT=x accelerate launch train.py").environ == {"WANDB_PROJECT": "x"}
    assert read("accelerate launch train.py").replaced == ("accelerate launch -> one process on the CPU",)
    assert read("python train.py").replaced == ()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("run.sh", "is a shell script: give the python command that it runs"),
        ("bash run.sh", "is a shell script"),
        ("python missing.py -c 'x'", ""),
        ("python -c 'import x'", "starts no file and no module"),
        ("missing.py", "there is no file missing.py"),
        ("accelerate launch --num_processes 8", "no Python file stands behind accelerate launch"),
        ("python 'train.py", "cannot be read as a command line"),
        ("X=1", "starts no program"),
        ("", "starts no program"),
    ],
)
def test_what_starts_no_program_says_so(command: str, words: str) -> None:
    """One line with what to write; a file that is only not there is told by Python itself."""
    if not words:
        assert read(command).target == "missing.py"
        return
    with pytest.raises(BuildError, match=words):
        read(command)
