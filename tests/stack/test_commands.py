"""`antifoul config COMMAND` as a user runs it: what it prints, its JSON by the schema, and its exit."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from antifoul.shells.cli import main
from stack.conftest import Write

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
FILES = {
    "conf/base.yaml": (
        "# all runs\noptimizer:\n  name: adamw\n  lr: 1e-5\ndata: {packed: no}\nout: ${oc.env:OUT,runs}\n"
    ),
    "conf/sft.yaml": "extends: base.yaml\noptimizer:\n  lr: 2e-5\nsteps: 10\n",
    "conf/dpo.yaml": "extends: base.yaml\nbeta: 0.1\nhub_token: hf_abcdefghijklmnopqrstuvwxyz\n",
    "conf/bad.yaml": "extends: gone.yaml\n",
    "settings.py": (
        '"""Settings."""\nfrom dataclasses import dataclass, field\nfrom typing import Literal\n\n\n'
        '@dataclass\nclass Optimizer:\n    """How weights move."""\n\n    name: Literal["adamw", "sgd"]\n'
        "    lr: float = 1e-3  # the step size\n\n\n"
        "@dataclass\nclass Data:\n    # whether rows are joined\n    packed: bool = False\n\n\n"
        "@dataclass\nclass Train:\n    optimizer: Optimizer\n    data: Data = field(default_factory=Data)\n"
        "    out: str = 'runs'\n"
        "    steps: int = field(default=100, metadata={'help': 'how many', 'alias': '-s'})\n"
    ),
    "train.py": (
        "import os\nfrom settings import Train\n\n\ndef run(config: Train) -> float:\n    os.environ['RANK']\n"
        "    os.environ.get('HF_TOKEN') or None\n    return config.optimizer.lr * config.steps\n"
    ),
    "go.sh": "N=1\necho $N ${GPUS:-8} $HOME\npython train.py\n",
}


def said(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command writes to standard output."""
    assert main(["config", *words]) == code
    out, err = capfd.readouterr()
    assert (err == "") == (code == 0)
    return out if code == 0 else err


@pytest.mark.parametrize(
    "words",
    [
        ("show", "conf/sft.yaml", "steps=5", "--schema", "settings.py:Train"),
        ("why", "optimizer.lr", "conf/sft.yaml"),
        ("why", "optimizer.lr"),
        ("diff", "conf/sft.yaml", "conf/dpo.yaml"),
        ("tree", "conf/sft.yaml"),
        ("tree",),
        ("complexity",),
        ("docs", "settings.py:Train"),
        ("env",),
    ],
)
def test_the_json_fits_its_schema(write: Write, capfd: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """The object is the one that docs/schema describes; text and Markdown are written too."""
    write(FILES)
    schema = json.loads((SCHEMAS / f"config-{words[0]}.schema.json").read_text(encoding="utf-8"))

    document = json.loads(said(capfd, *words, "--format", "json"))

    Draft202012Validator.check_schema(schema)
    assert [problem.message for problem in Draft202012Validator(schema).iter_errors(document)] == []
    for name in ("text", "markdown"):
        assert said(capfd, *words, "--format", name).strip()


def test_show_names_the_line_of_each_value(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Values of the base and of the child; what is not known says why; a value set from above says by what."""
    write(FILES)

    lines = said(capfd, "show", "conf/sft.yaml", "optimizer.name=sgd").split("\n")

    assert [re.sub(r"  +", " | ", line) for line in lines[3:9]] == [
        "key | value | set by",
        "optimizer.name | sgd | command line optimizer.name=sgd",
        "optimizer.lr | 2.0e-05 | conf/sft.yaml:3",
        'data.packed | "no" | conf/base.yaml:5',
        "out | ${oc.env:OUT,runs} (not known) | conf/base.yaml:6",
        "steps | 10 | conf/sft.yaml:4",
    ]
    assert "- conf/base.yaml:6: out: the environment was not given, for OUT" in lines


def test_show_with_a_schema_casts_and_says_what_does_not_fit(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """`no` is false where a bool is wanted; a key that no class has is a problem, with its line; nothing is run."""
    write({**FILES, "settings.py": FILES["settings.py"] + "raise SystemExit(9)\n", "conf/sft.yaml": "stepz: 5\n"})

    text = said(capfd, "show", "conf/base.yaml", "--schema", "settings.py:Train")
    child = " ".join(said(capfd, "show", "conf/sft.yaml", "--schema", "settings:Train").split())

    assert re.search(r"data\.packed +false +conf/base\.yaml:5", text)
    assert re.search(r"steps +100 +default settings\.py:25", text)
    assert "- conf/sft.yaml:1: stepz: Train has no such key: did you mean 'steps'?" in child
    assert "- conf/sft.yaml:1: optimizer: it must be set: Optimizer of Train (settings.py:22)" in child


def test_show_writes_a_config_again(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """`--format yaml` is the whole as one file; a secret is not in it."""
    folder = write(FILES)

    text = said(capfd, "show", "conf/dpo.yaml", "--format", "yaml")
    (folder / "whole.yaml").write_text(text, encoding="utf-8")

    assert text.endswith('beta: 0.1  # conf/dpo.yaml:2\nhub_token: "(secret)"  # conf/dpo.yaml:3\n')
    assert said(capfd, "diff", "whole.yaml", "conf/sft.yaml").startswith("whole.yaml and conf/sft.yaml")


def test_why_says_over_what(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """The layer that won, then those that it is over; in either order of key and file."""
    write(FILES)

    first = said(capfd, "why", "optimizer.lr", "conf/sft.yaml", "optimizer.lr=1")
    second = said(capfd, "why", "conf/sft.yaml", "optimizer.lr")

    assert first.split("\n")[2:5] == [
        "optimizer.lr = 1, set by command line, optimizer.lr=1",
        "- over experiment, conf/sft.yaml:3: 2.0e-05",
        "- over experiment, conf/base.yaml:4: 1.0e-05",
    ]
    assert "optimizer.lr = 2.0e-05, set by experiment, conf/sft.yaml:3" in second


def test_why_without_a_file_looks_in_all(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Each config that has the key, and what could not be read."""
    write(FILES)

    text = said(capfd, "why", "optimizer.lr")

    assert "3 configs of 3 have a value for it." in text
    assert re.search(r"1\.0e-05 +conf/base\.yaml:4 +conf/dpo\.yaml", text)
    assert "- conf/bad.yaml: 1: extends: there is no gone.yaml beside it or in a folder above" in text


def test_diff_is_by_effective_value(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """What both inherit is no difference; what one lacks is said; a secret is not shown."""
    write(FILES)

    document = json.loads(said(capfd, "diff", "conf/sft.yaml", "conf/dpo.yaml", "--format", "json"))

    assert document["same"] == 3
    assert [
        (one["key"], one["left"] and one["left"]["value"], one["right"] and one["right"]["value"])
        for one in document["changes"]
    ] == [("optimizer.lr", 2e-5, 1e-5), ("steps", 10, None), ("beta", None, 0.1), ("hub_token", None, "(secret)")]


def test_tree_shows_who_is_built_on_whom(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Of a file its bases, of a folder what is built on each base."""
    write(FILES)

    assert said(capfd, "tree", "conf/sft.yaml").split("\n")[3:5] == [
        "- conf/sft.yaml, sets 2 values",
        "- └ conf/base.yaml, sets 4 values",
    ]
    assert said(capfd, "tree").split("\n")[3:6] == ["- conf/base.yaml", "- └ conf/dpo.yaml", "- └ conf/sft.yaml"]


def test_complexity_is_bits_times_depth(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """sft.yaml has 5 values in force, 2 deep: log2(6) x 2 = 5.170; over 20 there is a remark."""
    many = "".join(f"    k{number}: 1\n" for number in range(120))
    write({**FILES, "conf/large.yaml": f"a:\n  b:\n{many}"})

    document = json.loads(said(capfd, "complexity", "conf", "--format", "json"))

    weights = {
        one["file"]: (one["leaves"], one["depth"], one["complexity"], one["over"]) for one in document["configs"]
    }
    assert weights["conf/sft.yaml"] == (5, 2, 5.17, False)
    assert weights["conf/large.yaml"] == (120, 3, 20.757, True)
    assert next(iter(weights)) == "conf/large.yaml"


def test_docs_is_the_reference_of_a_class(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Types, defaults, comments and metadata, and where each field is read; the file is not run."""
    write({**FILES, "settings.py": FILES["settings.py"] + "raise SystemExit(9)\n"})

    text = said(capfd, "docs", "settings.py:Train")

    assert text.startswith("# Train\n\nDeclared at")
    assert "| `optimizer` | `Optimizer` | must be set |  | [`train.py:8`](train.py#L8) |" in text
    assert "| `steps` | `int` | `100` | how many (short -s) | [`train.py:8`](train.py#L8) |" in text
    assert "| `name` | `Literal['adamw', 'sgd']` | must be set |  |" in text
    assert "| `lr` | `float` | `0.001` | the step size | [`train.py:8`](train.py#L8) |" in text
    assert "| `packed` | `bool` | `false` | whether rows are joined |" in text


def test_env_lists_what_is_read(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """In code, scripts and configs, with defaults and what looks secret; what a script sets itself is not read."""
    write(FILES)

    rows = {
        one["name"]: (
            one["secret"],
            [(read["path"], read["line"], read["default"], read["required"]) for read in one["reads"]],
        )
        for one in json.loads(said(capfd, "env", "--format", "json"))["variables"]
    }

    assert rows == {
        "GPUS": (False, [("go.sh", 2, "8", False)]),
        "HF_TOKEN": (True, [("train.py", 7, "None", False)]),
        "OUT": (False, [("conf/base.yaml", 6, "runs", False)]),
        "RANK": (False, [("train.py", 6, None, True)]),
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "config wants a command"),
        (("show", "gone.yaml"), "gone.yaml is no file: a config is wanted"),
        (("show", "conf"), "conf is a folder"),
        (("show", "conf/bad.yaml"), "conf/bad.yaml:1: extends: there is no gone.yaml"),
        (("show", "conf/sft.yaml", "stepz=1"), "stepz=1: there is no key stepz: did you mean 'steps'?"),
        (("why", "optimizer.lrr", "conf/sft.yaml"), "did you mean 'optimizer.lr'?"),
        (("why", "optimizer.lrr"), "none of 3 configs sets optimizer.lrr: did you mean 'optimizer.lr'?"),
        (("docs", "settings.py:Trian"), "there is no class 'Trian' in settings.py: did you mean 'Train'?"),
        (("docs", "settings.py"), "which class? write settings.py:TrainConfig"),
        (("docs", "nowhere.mod:Train"), "there is no module 'nowhere.mod' here"),
        (("tree", "gone"), "there is no file or folder 'gone'"),
        (("show", "conf/sft.yaml", "--format", "sarif"), "config show has no format 'sarif'"),
    ],
)
def test_wrong_use_is_one_line(
    write: Write, capfd: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    """Exit 2, and the sentence says what to do."""
    write(FILES)

    assert expected in said(capfd, *words, code=2)


def test_show_asks_hydra(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """`--by-hydra` says that Hydra composes the same, or where not: it merges into what a reference leads to."""
    write(
        {
            "same.yaml": "defaults: [part, _self_]\nx: 1\n",
            "other.yaml": "defaults: [refers, _self_]\nx: {b: 2}\n",
            "part.yaml": "y: 2\n",
            "refers.yaml": "t: {a: 1}\nx: ${t}\n",
        }
    )

    assert "- same.yaml: Hydra composes the same values" in said(capfd, "show", "same.yaml", "y=3", "--by-hydra")
    assert "x.a is 1 to Hydra, (not set) here" in said(capfd, "show", "other.yaml", "--by-hydra")
