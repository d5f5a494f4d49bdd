"""What `antifoul duplicates` tells of real trees and their history, by the command and its JSON."""

import json
from typing import Any

import pytest

from worlds import Repo

LOSS = """\
import torch


def dpo_loss(policy, reference, beta, reduction):
    ratio = policy - reference
    logits = beta * ratio
    losses = -torch.nn.functional.logsigmoid(logits)
    accuracy = (logits > 0).float().mean()
    margin = logits.mean().detach()
    if reduction == "mean":
        return losses.mean(), accuracy, margin
    return losses.sum(), accuracy, margin
"""
KTO = LOSS.replace("dpo_loss", "kto_loss").replace("beta", "label_smoothing")
MENDED = LOSS.replace("logits = beta * ratio", "logits = (beta * ratio).float()")
FIELDS = """\
from dataclasses import dataclass


@dataclass
class {0}:
    {1}: float = 0.1
    {2}: int = 512
    {3}: str = "mean"
    {4}: bool = False
"""
PARSER = """\
import argparse


def {0}():
    parser = argparse.ArgumentParser()
    parser.add_argument("--{1}", type=float, default=0.1)
    parser.add_argument("--{2}", type=int, default=512)
    parser.add_argument("--{3}", type=str, default="mean")
    parser.add_argument("--{4}", action="store_true")
    return parser.parse_args()
"""


def duplicates(repo: Repo, *more: str) -> dict[str, Any]:
    """The object that the command writes."""
    done = repo.antifoul("duplicates", "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kinds(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Each class: what it is, and the names of its members."""
    return [(one["kind"], [member["symbol"] for member in one["members"]]) for one in found["clones"]]


def test_classes_and_parsers_of_one_shape_are_no_copies(repo: Repo) -> None:
    """Two dataclasses, two option parsers and two assigning `__init__`s with names of their own are told by nobody."""
    names = (("beta", "max_length", "reduction", "packing"), ("clip", "steps", "kernel", "shuffle"))
    init = "class {0}:\n    def __init__(self, args):\n" + "".join(
        f"        self.{{{at}}} = args.{{{at}}}\n" for at in range(1, 5)
    )
    repo.commit(
        {
            f"pkg/{kind}{number}.py": text.format(f"{kind}_{number}", *row)
            for kind, text in (("fields", FIELDS), ("parser", PARSER), ("init", init))
            for number, row in enumerate(names)
        }
    )

    assert duplicates(repo)["clones"] == []


def test_copies_are_told_by_class_and_by_what_differs(repo: Repo) -> None:
    """Three copies are one class; the second variant has `label_smoothing` where the first has `beta`."""
    repo.commit({"pkg/dpo.py": LOSS, "pkg/kto.py": KTO, "lib/dpo.py": LOSS})

    found = duplicates(repo)

    assert kinds(found) == [("renamed", ["dpo_loss", "dpo_loss", "kto_loss"])]
    first, second = found["clones"][0]["variants"]
    assert (first["members"], second["members"]) == ([0, 1], [2])
    assert {"here": "beta", "there": "label_smoothing"} in second["differences"]["renamed"]
    assert "beta -> label_smoothing" in repo.antifoul("duplicates").stdout


def test_statements_in_copies_count_once(repo: Repo) -> None:
    """Two classes that share lines do not make more than all of it: the share stays at or below 1."""
    repo.commit({"pkg/a.py": LOSS, "pkg/b.py": LOSS + LOSS.replace("dpo_loss", "other"), "pkg/c.py": KTO})

    found = duplicates(repo)

    assert 0.5 < found["statement_share"] <= 1
    assert found["duplicated_lines"] <= found["lines"]


def test_a_fix_that_reached_one_copy_is_told_with_its_commit(repo: Repo) -> None:
    """The copies were the same until a commit mended one of them: the other is the finding, the commit its reason."""
    repo.commit({"pkg/dpo.py": LOSS, "pkg/kto.py": LOSS}, day=0)
    commit = repo.commit({"pkg/dpo.py": MENDED}, day=3, message="Fix overflow in half precision")
    repo.commit({"pkg/dpo.py": f"# a comment\n{MENDED}"}, day=9, message="Comment")

    found = duplicates(repo)

    parted = found["clones"][0]["diverged"]
    assert (parted["commit"], parted["fix"], parted["left"]["path"]) == (commit, True, "pkg/kto.py")
    (finding,) = found["findings"]
    assert (finding["rule"], finding["path"], finding["line"]) == ("copy-diverged", "pkg/kto.py", 4)
    assert "a fix reached its copy pkg/dpo.py" in finding["message"]


def test_copies_that_never_were_the_same_did_not_diverge(repo: Repo) -> None:
    """A copy that was edited when it was made has no commit that parted it."""
    repo.commit({"pkg/dpo.py": LOSS, "pkg/kto.py": MENDED}, day=0)

    found = duplicates(repo)

    assert kinds(found) == [("changed", ["dpo_loss", "dpo_loss"])]
    assert (found["clones"][0]["diverged"], found["findings"]) == (None, [])


def test_copies_that_differ_in_names_alone_did_not_diverge(repo: Repo) -> None:
    """One of three copies was edited; the other two say the same but for what they call, whatever edits both."""
    name = "torch.nn.functional.logsigmoid"
    both = {"pkg/dpo.py": LOSS, "pkg/kto.py": LOSS, "pkg/third.py": MENDED}
    both = {path: text.replace(name, f"of_{path[4:7]}") for path, text in both.items()}
    repo.commit(both, day=0)
    repo.commit({name: f"# moved\n{text}" for name, text in both.items()}, day=1)

    found = duplicates(repo)

    assert [one["diverged"] for one in found["clones"]] == [None]


@pytest.mark.parametrize(("mended", "told"), [(LOSS, 0), (MENDED, 1)], ids=["alike", "diverged"])
def test_siblings_are_told_only_where_they_diverged(repo: Repo, mended: str, told: int) -> None:
    """Recipes that the setting names are copies by design: counted while alike, told once one was edited alone."""
    settings = '[tool.antifoul]\nsiblings = ["recipes/*.py"]\n'
    repo.commit({"pyproject.toml": settings, "recipes/full.py": LOSS, "recipes/lora.py": LOSS}, day=0)
    repo.commit({"recipes/full.py": mended}, day=2)

    found = duplicates(repo)

    assert [one["apart"] for one in found["clones"]] == ["by design"] * told
    assert (found["by_design"], len(found["findings"])) == (1 - told, told)


def test_a_copy_that_is_not_what_its_comment_says_is_told(repo: Repo) -> None:
    """`with A->B` is applied to the source before they are compared; a source of another package is not judged."""
    said = "# Copied from pkg.dpo.dpo_loss with beta->label_smoothing,dpo_loss->kto_loss\n"
    true = KTO.replace("def ", f"{said}def ")
    foreign = LOSS.replace("def dpo", "# Copied from transformers.losses.dpo_loss\ndef dpo")
    untrue = true.replace("logits > 0", "logits >= 0")
    repo.commit({"pkg/dpo.py": LOSS, "pkg/kto.py": true, "pkg/far.py": foreign, "pkg/old.py": untrue})

    found = duplicates(repo)

    (finding,) = [one for one in found["findings"] if one["rule"] == "copied-from"]
    assert (finding["path"], finding["line"]) == ("pkg/old.py", 9)
