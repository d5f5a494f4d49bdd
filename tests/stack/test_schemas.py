"""A config held against a class of each library: what is taken, as what, and what is refused with which words."""

import enum
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from antifoul.lab.config import ConfigError, build, changes, flags, load, notes, to_dict, usage, why
from stack.conftest import Write


class Loss(enum.Enum):
    """Two losses."""

    SIGMOID = "sigmoid"
    HINGE = "hinge"


@dataclass
class Adam:
    """One optimizer."""

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.95)


@dataclass
class Sgd:
    """Another."""

    momentum: float
    lr: float = 0.1


@dataclass
class Wide:
    """A field of every type."""

    a_bool: bool = False
    an_int: int = 0
    a_float: float = 0.0
    a_str: str = ""
    a_path: Path = Path()
    a_date: date | None = None
    a_moment: datetime | None = None
    a_decimal: Decimal = Decimal(0)
    a_literal: Literal["a", 1] | None = "a"
    an_enum: Loss = Loss.SIGMOID
    maybe: float | None = None
    either: int | str = 0
    other: str | float = ""
    flag_or_word: bool | str = False
    items: list[int] = field(default_factory=list)
    paths: Sequence[Path] = ()
    pair: tuple[int, str] = (0, "")
    names: dict[str, float] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    inner: Adam = field(default_factory=Adam)
    chosen: Adam | Sgd = field(default_factory=Adam)
    perhaps: Adam | None = None
    many: list[Adam] = field(default_factory=list)
    free: Any = None


NOON = datetime(2026, 1, 31, 12)  # noqa: DTZ001  as a file writes it
CASTS: list[tuple[str, str, object]] = [
    ("a_bool", "no", False), ("a_bool", "On", True), ("a_bool", "1", True), ("a_bool", "'yes'", True),
    ("an_int", "3", 3), ("an_int", "1e3", 1000), ("an_int", "3.0", 3), ("an_int", "'7'", 7), ("an_int", "0x10", 16),
    ("an_int", "1_000", 1000), ("an_int", "010", 10),
    ("a_float", "1e-5", 1e-5), ("a_float", "3", 3.0), ("a_float", ".5", 0.5), ("a_float", "'1e-5'", 1e-5),
    ("a_float", ".inf", float("inf")), ("a_float", "5e-05", 5e-5), ("a_float", "1E5", 1e5),
    ("a_str", "no", "no"), ("a_str", "1.10", "1.10"), ("a_str", "1e-5", "1e-5"), ("a_str", "true", "true"),
    ("a_str", "2026-01-01", "2026-01-01"), ("a_str", "007", "007"), ("a_str", "'x'", "x"),
    ("a_path", "a/b", Path("a/b")), ("a_path", "7", Path("7")),
    ("a_date", "2026-01-31", date(2026, 1, 31)), ("a_moment", "2026-01-31T12:00:00", NOON),
    ("a_decimal", "1.10", Decimal("1.10")),
    ("a_literal", "a", "a"), ("a_literal", "1", 1), ("a_literal", "null", None), ("a_literal", "'1'", 1),
    ("an_enum", "hinge", Loss.HINGE), ("an_enum", "HINGE", Loss.HINGE),
    ("maybe", "null", None), ("maybe", "2", 2.0), ("maybe", "~", None),
    ("either", "5", 5), ("either", "'5'", "5"), ("either", "x", "x"), ("either", "1.5", "1.5"),
    ("other", "5", 5.0), ("other", "x", "x"), ("flag_or_word", "no", False), ("flag_or_word", "'no'", "no"),
    ("items", "[1, '2']", (1, 2)), ("items", "[]", ()), ("paths", "[a, b]", (Path("a"), Path("b"))),
    ("pair", "[1, 2]", (1, "2")), ("names", "{x: 1}", {"x": 1.0}), ("numbers", "{1: 2}", {1: "2"}),
    ("words", "[a, no]", ("a", "no")), ("free", "{a: [1]}", {"a": (1,)}),
    ("inner", "{lr: 1}", {"lr": 1.0, "betas": (0.9, 0.95)}),
    ("chosen", "{lr: 1}", {"lr": 1.0, "betas": (0.9, 0.95)}),
    ("chosen", "{momentum: 0.9}", {"momentum": 0.9, "lr": 0.1}),
    ("perhaps", "null", None), ("perhaps", "{}", {"lr": 1e-3, "betas": (0.9, 0.95)}),
    ("many", "[{lr: 1}, {}]", ({"lr": 1.0, "betas": (0.9, 0.95)}, {"lr": 1e-3, "betas": (0.9, 0.95)})),
]  # fmt: skip


@pytest.mark.parametrize(("key", "text", "value"), CASTS, ids=[f"{key}: {text}" for key, text, _ in CASTS])
def test_a_word_becomes_what_the_field_wants(write: Write, key: str, text: str, value: object) -> None:
    """By docs/config.md's table, each derived by hand; and the type is that of the field."""
    write({"c.yaml": f"{key}: {text}\n"})

    found = load("c.yaml", schema=Wide)[key]

    assert found == value
    assert type(found) is type(value) or isinstance(value, dict)


REFUSED = [
    ("a_bool", "maybe", "it must be true or false, not maybe"),
    ("a_bool", "2", "it must be true or false, not 2"),
    ("an_int", "1.5", "it must be a whole number, not 1.5"),
    ("an_int", "true", "it must be a whole number, not true"),
    ("an_int", "null", "it must be a whole number, not null"),
    ("a_float", "fast", "it must be a number, not fast"),
    ("a_float", "[1]", "it must be a number, not [1]"),
    ("a_str", "null", "it must be text, not null"),
    ("a_str", "[a]", "it must be text, not [a]"),
    ("a_literal", "b", "it must be one of a, 1, not b"),
    ("an_enum", "hing", "it must be one of sigmoid, hinge, not hing: did you mean 'hinge'?"),
    ("items", "[1, x]", "items[1]: it must be a whole number, not x"),
    ("items", "3", "it must be a list, not 3"),
    ("pair", "[1]", "it must have 2 values, not 1"),
    ("names", "{x: y}", "names.x: it must be a number, not y"),
    ("numbers", "{x: y}", "its key: it must be a whole number, not x"),
    ("inner", "{lrr: 1}", "inner.lrr: Adam has no such key: did you mean 'lr'?"),
    ("inner", "3", "it must be a mapping, not 3"),
    ("chosen", "{speed: 1}", "chosen.speed: Adam has no such key"),
    ("maybe", "x", "maybe: it must be a number, not x"),
    ("many", "[{lr: x}]", "many[0].lr: it must be a number, not x"),
    ("nothing", "1", "nothing: Wide has no such key"),
]


@pytest.mark.parametrize(("key", "text", "said"), REFUSED, ids=[f"{key}: {text}" for key, text, _ in REFUSED])
def test_what_does_not_fit_is_said_with_its_line(write: Write, key: str, text: str, said: str) -> None:
    """The file, the line, the key, and what it must be."""
    write({"c.yaml": f"# a comment\n{key}: {text}\n"})

    with pytest.raises(ConfigError) as caught:
        load("c.yaml", schema=Wide)

    assert str(caught.value).startswith("c.yaml:2: ")
    assert said in str(caught.value)


def test_every_problem_is_said_at_once(write: Write) -> None:
    """Not one a run: there are three, in the order of the file."""
    write({"c.yaml": "an_int: x\ninner: {lrr: 1}\na_str: [1]\n"})

    with pytest.raises(ConfigError) as caught:
        load("c.yaml", schema=Wide)

    assert str(caught.value).split("\n")[0] == "3 problems:"
    assert [line.partition(": ")[0] for line in str(caught.value).split("\n")[1:]] == [
        "c.yaml:1",
        "c.yaml:3",
        "c.yaml:2",
    ]


@attrs.frozen
class AttrsTrain:
    """A class of attrs."""

    lr: float = attrs.field(validator=attrs.validators.gt(0))
    _hidden: int = 3
    names: list[str] = attrs.field(factory=list)


class PydanticInner(pydantic.BaseModel):
    """A class of pydantic."""

    model_config = pydantic.ConfigDict(extra="forbid")
    dim: int = pydantic.Field(8, gt=0, description="the width")


class PydanticTrain(pydantic.BaseModel):
    """Another, with aliases and a validator."""

    lr: float = pydantic.Field(alias="learning_rate")
    inner: PydanticInner = PydanticInner(dim=8)
    scheduler: str = "cosine"

    @pydantic.field_validator("scheduler")
    @classmethod
    def _lower(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("no such scheduler")
        return value.lower()


class PydanticEarly(pydantic.BaseModel):
    """Validators that see what was written, before any cast."""

    names: list[str] = pydantic.Field(default_factory=list)

    @pydantic.field_validator("names", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.split("+") if isinstance(value, str) else value

    @pydantic.model_validator(mode="before")
    @classmethod
    def _renamed(cls, value: dict[str, object]) -> dict[str, object]:
        return {key.removeprefix("old_"): one for key, one in value.items()}


def _split_plus(value: object) -> list[str]:
    return str(value).split("+")


@attrs.frozen
class AttrsEarly:
    """A converter takes what it will."""

    names: list[str] = attrs.field(converter=_split_plus)


class MsgspecTrain(msgspec.Struct, rename="camel"):
    """A class of msgspec."""

    learning_rate: Annotated[float, msgspec.Meta(gt=0)]
    steps: int = 10
    names: list[str] = msgspec.field(default_factory=list)


class DictTrain(TypedDict):
    """A typed dictionary."""

    lr: float
    steps: NotRequired[int]


class TupleTrain(NamedTuple):
    """A named tuple."""

    lr: float
    steps: int = 3


class PlainTrain:
    """Annotations and nothing else."""

    lr: float = 1e-3
    names: list[str] = []  # noqa: RUF012  as experiment code writes it


def function(lr: float, steps: int = 3, **rest: int) -> tuple[float, int, dict[str, int]]:
    """The parameters of a function."""
    return lr, steps, rest


JSON = {
    "type": "object",
    "properties": {
        "lr": {"type": "number", "exclusiveMinimum": 0},
        "mode": {"enum": ["a", "b"]},
        "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}},
        "limit": {"type": ["integer", "null"], "default": 5},
    },
    "required": ["lr"],
    "additionalProperties": False,
    "$defs": {"layer": {"type": "object", "properties": {"dim": {"type": "integer"}}, "required": ["dim"]}},
}

TAKEN: list[tuple[Any, str, object]] = [
    (AttrsTrain, "lr: 1\nhidden: 2\n", AttrsTrain(1.0, 2)),
    (
        PydanticTrain,
        "learning_rate: 1e-5\ninner: {dim: 4}\n",
        PydanticTrain(learning_rate=1e-5, inner=PydanticInner(dim=4)),
    ),
    (PydanticTrain, "lr: 1e-5\n", PydanticTrain(learning_rate=1e-5)),
    (MsgspecTrain, "learningRate: 1e-5\nsteps: 1e1\n", MsgspecTrain(1e-5, 10)),
    (MsgspecTrain, "learning_rate: 1e-5\nnames: [no]\n", MsgspecTrain(1e-5, 10, ["no"])),
    (DictTrain, "lr: 1\n", {"lr": 1.0}),
    (TupleTrain, "lr: 1\n", TupleTrain(1.0, 3)),
    (function, "lr: 1\nmore: 2\n", (1.0, 3, {"more": 2})),
    (JSON, "lr: 1e-5\nlayers: [{dim: 4}]\n", {"lr": 1e-5, "layers": [{"dim": 4}], "limit": 5}),
]


@pytest.mark.parametrize(("schema", "text", "whole"), TAKEN)
def test_a_class_of_each_library_is_filled(write: Write, schema: Any, text: str, whole: object) -> None:  # noqa: ANN401
    """Its own object comes out of `build`; aliases and names mean the same key."""
    write({"c.yaml": text})

    assert build(load("c.yaml", schema=schema)) == whole


def test_a_plain_class_is_filled(write: Write) -> None:
    """An object of a class with annotations, its attributes set."""
    write({"c.yaml": "lr: 1\nnames: [a]\n"})

    made = build(load("c.yaml", schema=PlainTrain), PlainTrain)

    assert (made.lr, made.names, PlainTrain.names) == (1.0, ["a"], [])


NOT_TAKEN: list[tuple[Any, str, str]] = [
    (AttrsTrain, "lrr: 1\n", "c.yaml:1: lrr: AttrsTrain has no such key: did you mean 'lr'?"),
    (
        PydanticTrain,
        "learning_rate: 1\ninner: {dims: 4}\n",
        "inner.dims: PydanticInner has no such key: did you mean 'dim'?",
    ),
    (
        PydanticTrain,
        "learning_rate: 1\nstepz: 4\n",
        "stepz: PydanticTrain has no such key, and drops it without a word",
    ),
    (PydanticTrain, "learning_rate: 1\ninner: {dim: 0}\n", "c.yaml:2: inner.dim: it must be greater than 0, not 0"),
    (PydanticTrain, "learning_rate: 1\nlr: 2\n", "lr: it is set twice"),
    (MsgspecTrain, "learningRate: 0\n", "learning_rate: it must be greater than 0, not 0.0"),
    (
        MsgspecTrain,
        "learningRat: 1\n",
        "MsgspecTrain has no such key, and drops it without a word: did you mean 'learning_rate'?",
    ),
    (DictTrain, "lr: 1\nstep: 4\n", "step: DictTrain has no such key: did you mean 'steps'?"),
    (DictTrain, "steps: 1\n", "lr: it must be set: float of DictTrain"),
    (function, "lr: 1\nmore: x\nsteps: y\n", "steps: it must be a whole number, not y"),
    (JSON, "lr: 0\n", "lr: it must be greater than 0, not 0"),
    (JSON, "lr: 1\nmode: c\n", "mode: it must be one of a, b, not c"),
    (JSON, "lr: 1\nlayers: [{}]\n", "layers[0].dim: it must be set: integer of layer"),
    (JSON, "lr: 1\nmod: a\n", "mod: the schema has no such key: did you mean 'mode'?"),
]


@pytest.mark.parametrize(("schema", "text", "said"), NOT_TAKEN)
def test_a_class_of_each_library_refuses(write: Write, schema: Any, text: str, said: str) -> None:  # noqa: ANN401
    """With the same words, whichever library it is of, and the nearest name."""
    write({"c.yaml": text})

    with pytest.raises(ConfigError) as caught:
        load("c.yaml", schema=schema)

    assert said in str(caught.value)


def test_what_a_class_says_itself_gets_its_place(write: Write) -> None:
    """Attrs' and pydantic's own validators run in `build`; the complaint is at the line of the value."""
    write({"a.yaml": "# x\nlr: -1\n", "p.yaml": "learning_rate: 1\nscheduler: bad\n"})

    with pytest.raises(ConfigError, match=r"a\.yaml:2: ValueError: 'lr' must be > 0"):
        build(load("a.yaml", schema=AttrsTrain))
    with pytest.raises(ConfigError, match=r"p\.yaml:2: scheduler: Value error, no such scheduler"):
        build(load("p.yaml", schema=PydanticTrain))


def test_what_a_class_rewrites_is_reported(write: Write) -> None:
    """A validator made another word of it: the config keeps what was set, and `changes` says both."""
    write({"p.yaml": "learning_rate: 1\nscheduler: Cosine\n"})
    config = load("p.yaml", schema=PydanticTrain)

    made = build(config)

    assert (config.scheduler, made.scheduler) == ("Cosine", "cosine")
    assert [note.message for note in changes(config, made)] == ["scheduler: Cosine became cosine in PydanticTrain"]


def test_a_validator_that_comes_first_has_the_say(write: Write) -> None:
    """What a class takes apart itself is not cast, and a key that it may rename is noted, not refused."""
    write({"c.yaml": "names: a+b\n", "old.yaml": "old_names: [a]\n"})
    old = load("old.yaml", schema=PydanticEarly)

    assert build(load("c.yaml", schema=PydanticEarly)).names == ["a", "b"]
    assert build(load("c.yaml", schema=AttrsEarly)).names == ["a", "b"]
    assert build(old).names == ["a"]
    assert [note.message for note in notes(old)] == [
        "old_names: PydanticEarly has no such key, unless its validators know it: did you mean 'names'?"
    ]


def test_an_alias_in_the_base_and_a_name_in_the_child_are_one_key(write: Write) -> None:
    """The child is over the base, whichever spelling each has."""
    write({"base.yaml": "learning_rate: 1\n", "c.yaml": "extends: base.yaml\nlr: 2\n"})

    config = load("c.yaml", schema=PydanticTrain)

    assert to_dict(config)["lr"] == 2.0
    assert why(config, "lr") == "lr = 2.0: set by experiment, c.yaml:2\n  over experiment, base.yaml:1: 1"


@dataclass
class Flagged:
    """Two fields with short flags, one of them in a section."""

    lr: float = field(default=1e-3, metadata={"help": "the step size", "alias": "-l"})
    inner: Adam = field(default_factory=Adam)
    quiet: bool = field(default=False, metadata={"aliases": ["--silent", "-q"]})


@dataclass
class Clash:
    """Two fields that declare one flag."""

    lr: float = field(default=0, metadata={"alias": "-l"})
    layers: int = field(default=0, metadata={"alias": "-l"})


def test_flags_of_a_schema(write: Write) -> None:
    """Short and long, sections, booleans by themselves; one help text a section."""
    write({"c.yaml": ""})

    config = load("c.yaml", schema=Flagged, overrides=["-l", "2", "--inner.lr", "3", "-q"])

    assert (config.lr, config.inner.lr, config.quiet) == (2.0, 3.0, True)
    assert load("c.yaml", schema=Flagged, overrides=["--silent", "--no-quiet"]).quiet is False
    assert [flag.flag for flag in flags(Flagged)] == ["--lr", "--inner.lr", "--inner.betas", "--quiet"]
    assert "  -l, --lr float (default: 0.001)  [CONFIG__LR]\n      the step size\n" in usage(Flagged)
    with pytest.raises(ConfigError, match="the flag -l is declared by lr and by layers"):
        load("c.yaml", schema=Clash)


def test_a_flag_that_wants_a_value_says_so(write: Write) -> None:
    """A number is no switch."""
    write({"c.yaml": ""})

    with pytest.raises(ConfigError, match="--lr: it wants a value: float"):
        load("c.yaml", schema=Flagged, overrides=["--lr"])


def test_the_default_of_a_class_is_a_layer(write: Write) -> None:
    """`why` names the file and line of the field."""
    write({"c.yaml": "inner: {lr: 2}\n"})

    said = why(load("c.yaml", schema=Flagged), "inner.betas")

    assert said.startswith("inner.betas = [0.9, 0.95]: set by default, ")
    assert "test_schemas.py:" in said


def test_no_library_is_imported_for_a_dataclass(write: Write) -> None:
    """attrs, pydantic and msgspec stay where they are: the user's."""
    folder = write({"c.yaml": "lr: 1\n"})
    program = (
        "import sys\nfrom dataclasses import dataclass\nfrom antifoul.lab.config import build, load\n"
        "@dataclass\nclass Train:\n    lr: float\n"
        "build(load('c.yaml', schema=Train))\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'attr', 'attrs', 'pydantic', 'msgspec', 'jinja2', 'libcst', 'torch', 'pytest', 'omegaconf', 'hydra'}))"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
