"""What is told from source alone: schemas of classes, the variables that code reads, where fields are read."""

import ast
from pathlib import Path

import pytest

from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.schema import Kind, Schema
from antifoul.measures.env_reads import Read, reads_in, wrappers_in
from antifoul.measures.env_texts import config_reads, shell_reads
from antifoul.readers.stack.classes import schema_of
from antifoul.readers.stack.static_modules import Modules
from antifoul.readers.stack.static_schema import static_schema
from stack import test_schemas
from stack.conftest import Write

CLASSES = (
    "Wide", "Adam", "Sgd", "AttrsTrain", "PydanticInner", "PydanticTrain", "PydanticEarly", "MsgspecTrain", "DictTrain",
    "Flagged",
)  # fmt: skip


def outline(schema: Schema, kind: Kind, depth: int = 0) -> object:
    """A type without what only one of the two ways can know: how it is written, and what makes its values."""
    sort = "any" if kind.sort == "made" and kind.written == "Decimal" else kind.sort
    inner = tuple(outline(schema, one, depth + 1) for one in kind.args)
    shape = schema.shape(kind)
    fields = (
        tuple((one.name, outline(schema, one.kind, depth + 1)) for one in shape.fields) if shape and depth < 4 else ()
    )
    return (sort, inner, kind.choices, fields)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_the_same_from_its_source_and_from_itself(name: str) -> None:
    """Fields, types, defaults, what is required, and what becomes of other keys: read by AST and from the class."""
    ours = static_schema(f"{test_schemas.__file__}:{name}", Modules())
    theirs = schema_of(getattr(test_schemas, name)).schema
    left, right = ours.shape(ours.top), theirs.shape(theirs.top)

    assert left is not None
    assert right is not None
    assert (left.extra, left.reworks) == (right.extra, right.reworks)
    assert [(one.name, one.required) for one in left.fields] == [(one.name, one.required) for one in right.fields]
    for one, other in zip(left.fields, right.fields, strict=True):
        assert outline(ours, one.kind) == outline(theirs, other.kind), one.name
        if one.default is not None and other.default is not None and literal(one.default) != "{}":
            assert literal(one.default).lower() == literal(other.default).lower(), one.name
        assert set(one.aliases) <= {*other.aliases, "learningRate"}
        assert one.flags == other.flags


LIBRARY = {
    "pkg/__init__.py": "from pkg.parts import Part as Piece\n",
    "pkg/kinds.py": "from enum import Enum\nMode = Literal['a', 'b']\nclass Color(Enum):\n    RED = 'red'\nSIZE = 3\n",
    "pkg/parts.py": (
        "from dataclasses import dataclass, field\nfrom .kinds import Color, Mode, SIZE\n\n\n@dataclass\nclass Base:\n"
        '    """The base.\n\n    Args:\n        lr (float): the step size,\n            as ever\n'
        '        size: how large\n    """\n\n'
        "    lr: float = 1.0\n    size: int = SIZE\n\n\n@dataclass\nclass Part(Base):\n    mode: Mode = 'a'\n"
        "    color: 'Color' = Color.RED\n    sizes: list[int] = field(default_factory=lambda: [1, SIZE])\n"
        "    again: 'Part | None' = None\n    odd: int = len('abc')  # noqa: X\n"
    ),
    "use.py": (
        "import pkg.parts as p\nfrom pkg import *\nfrom pkg import Piece\n\n\n"
        "class Run(p.Part):\n    name: str\n    piece: Piece\n"
    ),
}


def test_names_are_followed_through_modules(write: Write) -> None:
    """Relative imports, aliases, re-exports, bases, enums, constants: each leads to where it is declared."""
    write(LIBRARY)

    schema = static_schema("use.py:Run", Modules())

    run = schema.shape(schema.top)
    assert run is not None
    fields = {one.name: one for one in run.fields}
    assert list(fields) == ["lr", "size", "mode", "color", "sizes", "again", "odd", "name", "piece"]
    assert fields["mode"].kind.choices == ("a", "b")
    assert fields["color"].kind.choices == ("RED", "red")
    assert {name: literal(one.default) for name, one in fields.items() if one.default} == {
        "lr": "1.0", "size": "3", "mode": "a", "color": "RED", "sizes": "[1, 3]", "again": "null",
    }  # fmt: skip
    assert fields["odd"].computed == "len('abc')"
    assert (fields["lr"].about, fields["size"].about) == ("the step size, as ever", "how large")
    assert (fields["lr"].place, fields["lr"].line) == (str(Path("pkg/parts.py")), 15)
    assert schema.shape(fields["piece"].kind) == schema.shape(fields["again"].kind.args[0])


def test_a_base_that_is_not_here_is_said(write: Write) -> None:
    """Fields of a library's class are unknown: other keys are taken, and the reader is told."""
    write(
        {"a.py": "from transformers import TrainingArguments\nclass Mine(TrainingArguments):\n    beta: float = 0.1\n"}
    )

    schema = static_schema("a.py:Mine", Modules())

    shape = schema.shape(schema.top)
    assert shape is not None
    assert shape.extra == "kept"
    assert schema.notes == ("Mine inherits from TrainingArguments, whose fields are not in this repository",)


READS: list[tuple[str, list[tuple[str, str | None, bool]]]] = [
    ("import os\nos.environ['A']\n", [("A", None, True)]),
    ("import os\nos.environ.get('A')\nos.environ.get('B', 'x')\n", [("A", None, False), ("B", "'x'", False)]),
    ("import os\nos.getenv('A', default=3)\n", [("A", "3", False)]),
    ("from os import environ, getenv\nenviron['A']\ngetenv('B')\n", [("A", None, True), ("B", None, False)]),
    (
        "import os\nos.environ.setdefault('A', 'x')\nos.environ.pop('B', None)\n",
        [("A", "'x'", False), ("B", "None", False)],
    ),
    (
        "import os\nif 'A' in os.environ: pass\nif 'B' not in os.environ: pass\n",
        [("A", None, False), ("B", None, False)],
    ),
    ("import os\nx = int(os.environ.get('A') or '4')\n", [("A", "'4'", False)]),
    ("import os\nNAME = 'A'\nos.getenv(NAME)\n", [("A", None, False)]),
    ("import os\nos.environ['A'] = '1'\n", []),
    ("import os\ndel os.environ['A']\n", []),
    ("import os\nos.getenv(f'X_{n}')\n", [("", None, False)]),
    ("import click\n@click.option('--a', envvar='A', default=1)\ndef f(a): pass\n", [("A", "1", False)]),
    ("from environs import Env\nenv = Env()\nenv.int('A', 3)\nenv('B')\n", [("A", "3", False), ("B", None, True)]),
    ("from decouple import config\nconfig('A', default='x')\n", [("A", "'x'", False)]),
    (
        (
            "import os\ndef flag(name, default=False):\n    return os.environ.get(name, default)\n"
            "flag('A', True)\nflag(name='B')\n"
        ),
        [("A", "True", False), ("B", None, False)],
    ),
    (
        (
            "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='T_')\n"
            "    lr: float = 1.0\n    name: str\n"
        ),
        [("T_LR", "1.0", False), ("T_NAME", None, True)],
    ),
    ("settings.environ_x['A']\nconfig('A')\n", []),
]


@pytest.mark.parametrize(("text", "reads"), READS)
def test_the_variables_that_python_reads(text: str, reads: list[tuple[str, str | None, bool]]) -> None:
    """The name, the default as it is written, and whether it must be set; what is only set is not read."""
    module = ast.parse(text)

    found = [(one.name, one.default, one.required) for one in reads_in(module, wrappers_in(module))]

    assert found == reads


SHELL: list[tuple[str, list[tuple[str, int, str | None]]]] = [
    ("echo $A ${B} ${C:-3} ${D-x}\n", [("A", 1, None), ("B", 1, None), ("C", 1, "3"), ("D", 1, "x")]),
    ("A=1\nexport B=2\necho $A $B $C\n", [("C", 3, None)]),
    ("A=${A:-3}\necho $A\n", [("A", 1, "3")]),
    ("for i in 1 2; do echo $i; done\nfor ((j=0; j<3; j++)); do echo $j; done\n", []),
    ("while read -r line rest; do echo $line $rest; done\n", []),
    ("echo '$A' \\$B $1 $@ $HOME $?\n", []),
    ("# $A\necho x # $B\n", []),
    ("local x=1; readonly y=2; declare -a z=(1)\necho $x $y ${z[0]}\n", []),
    (": ${A:?must be set}\n", [("A", 1, None)]),
    ("run --n ${N:-${M:-2}}\n", [("N", 1, "${M:-2}")]),
]


@pytest.mark.parametrize(("text", "reads"), SHELL)
def test_the_variables_that_a_script_reads(text: str, reads: list[tuple[str, int, str | None]]) -> None:
    """Those that it does not set itself; comments, single quotes and the shell's own are none."""
    assert [(one.name, one.line, one.default) for one in shell_reads(text)] == reads


def test_the_variables_that_a_config_refers_to() -> None:
    """OmegaConf's resolver; a comment is none."""
    text = "a: ${oc.env:A,3}\n# b: ${oc.env:B}\nc: x-${oc.env:C}\n"

    assert list(config_reads(text)) == [Read("A", 1, "3"), Read("C", 3, required=True)]
