"""What the `config` commands show: finished data, nothing left to look up."""

from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.stack.explain import Flag
from antifoul.facts.stack.nodes import Node, Note, Origin
from antifoul.facts.stack.paths import KeyPath
from antifoul.facts.stack.schema import Schema
from antifoul.facts.stack.stack import Layer, Step


class Row(NamedTuple):
    """One value in force."""

    path: KeyPath
    node: Node


class Shown(NamedTuple):
    """A config with all its layers."""

    name: str
    rows: tuple[Row, ...]
    layers: tuple[Layer, ...]
    notes: tuple[Note, ...]
    problems: tuple[Note, ...] = ()  # why no run may start with it
    fingerprint: str = ""
    text: str = ""  # as YAML


class Reason(NamedTuple):
    """One key: its value in force, None where it is not set, and what each layer did to it, the highest first."""

    path: KeyPath
    node: Node | None
    steps: tuple[Step, ...]


class Place(NamedTuple):
    """One config that sets a key."""

    name: str
    node: Node


class Why(NamedTuple):
    """Who set a key in one config, or which configs set it."""

    name: str  # the config, "" for all of a folder
    key: str
    reasons: tuple[Reason, ...] = ()
    places: tuple[Place, ...] = ()
    looked: int = 0  # configs that were read
    skipped: tuple[Note, ...] = ()


class Change(NamedTuple):
    """A key whose values differ; None where a side does not have it."""

    path: KeyPath
    left: Node | None
    right: Node | None


class Compared(NamedTuple):
    """Two configs by their values in force."""

    left: str
    right: str
    changes: tuple[Change, ...]
    same: int  # keys with the same value
    notes: tuple[Note, ...] = ()


class Weighed(NamedTuple):
    """One config and its complexity."""

    name: str
    leaves: int
    depth: int
    score: float


class Heaviness(NamedTuple):
    """Every config of a folder, the most complex first."""

    name: str
    configs: tuple[Weighed, ...]
    limit: float
    skipped: tuple[Note, ...] = ()


class Branch(NamedTuple):
    """A config, and those that it is built on or that are built on it. `remark` says what is missing there."""

    name: str
    branches: "tuple[Branch, ...]" = ()
    values: int = 0  # that it sets itself
    remark: str = ""


class Inheritance(NamedTuple):
    """Which config is built on which. `upwards`: each branch is a base; else each is built on the one before."""

    name: str
    roots: tuple[Branch, ...]
    upwards: bool
    looked: int = 1
    skipped: tuple[Note, ...] = ()


class VariableRead(NamedTuple):
    """One place that reads a variable."""

    path: str
    line: int
    default: str | None
    required: bool


class Variable(NamedTuple):
    """A variable that code reads."""

    name: str
    secret: bool
    reads: tuple[VariableRead, ...]


class Variables(NamedTuple):
    """All of a tree. `unknown` are the places whose variable is only known when they run."""

    name: str
    variables: tuple[Variable, ...]
    unknown: tuple[Note, ...]
    files: int
    skipped: tuple[Note, ...] = ()


class Used(NamedTuple):
    """Where a field is read, told by its name and what it is read off."""

    places: tuple[Origin, ...]
    number: int


class Reference(NamedTuple):
    """The reference of a class of settings."""

    name: str
    schema: Schema
    flags: tuple[Flag, ...]
    used: Mapping[tuple[str, str], Used] = {}  # by class and field
    notes: tuple[str, ...] = ()
