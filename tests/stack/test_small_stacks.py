"""Small stacks, each with the answer derived by hand: a mapping is what is in force, a text what is said instead."""

from typing import Any

import pytest

from antifoul.lab.config import ConfigError, load, to_dict
from stack.conftest import Write

Stack = tuple[dict[str, str], dict[str, Any], object]

STACKS: dict[str, Stack] = {
    "3 levels, middle removes, top re-adds": (
        {
            "c.yaml": "extends: b.yaml\nopt: {name: sgd}\n",
            "b.yaml": "extends: a.yaml\n~opt:\n",
            "a.yaml": "opt: {name: adam, lr: 1}\nx: 1\n",
        },
        {},
        {"opt": {"name": "sgd"}, "x": 1},
    ),
    "base in parent folder without ending": (
        {"exp/c.yaml": "extends: ../base\ny: 2\n", "base.yml": "x: 1\n"},
        {},
        {"x": 1, "y": 2},
    ),
    "base found in a folder above": (
        {"a/b/c.yaml": "extends: base.yaml\ny: 2\n", "base.yaml": "x: 1\n", ".git/HEAD": ""},
        {},
        {"x": 1, "y": 2},
    ),
    "diamond": (
        {
            "d.yaml": "_base_: [b.yaml, c.yaml]\n",
            "b.yaml": "_base_: a.yaml\nx: b\n",
            "c.yaml": "_base_: a.yaml\ny: c\n",
            "a.yaml": "x: a\ny: a\nz: a\n",
        },
        {},
        {"x": "a", "y": "c", "z": "a"},
    ),
    "json on toml": (
        {"c.json": '{"extends":"b.toml","a":{"y":2}}', "b.toml": "[a]\nx=1\ny=1\n"},
        {},
        {"a": {"x": 1, "y": 2}},
    ),
    "python base": (
        {
            "c.yaml": "_base_: base.py\nlr: 2\n",
            "base.py": "lr = 1e-3\nmodel = dict(dim=8*8, layers=[1]*3 if False else [2])\n_private = 3\nimport os\n",
        },
        {},
        {"lr": 2, "model": {"dim": 64, "layers": [2]}},
    ),
    "mmengine python": (
        {
            "c.py": "_base_ = ['base.py']\nmodel = dict(_delete_=True, type='B')\ntrain = dict(lr=2)\n",
            "base.py": "model = dict(type='A', dim=3)\ntrain = dict(lr=1, n=2)\n",
        },
        {},
        {"model": {"type": "B"}, "train": {"lr": 2, "n": 2}},
    ),
    "list of dicts replaced": (
        {"c.yaml": "extends: b.yaml\nsets: [{p: z}]\n", "b.yaml": "sets: [{p: x, w: 1}, {p: y}]\n"},
        {},
        {"sets": [{"p": "z"}]},
    ),
    "null switches section off; child of it on": (
        {
            "c.yaml": "extends: b.yaml\nlora: {r: 8}\n",
            "b.yaml": "extends: a.yaml\nlora: null\n",
            "a.yaml": "lora: {r: 4, alpha: 1}\n",
        },
        {},
        {"lora": {"r": 8}},
    ),
    "empty mapping over mapping": (
        {"c.yaml": "extends: b.yaml\nlora: {}\n", "b.yaml": "lora: {r: 4}\n"},
        {},
        {"lora": {"r": 4}},
    ),
    "empty list over list": ({"c.yaml": "extends: b.yaml\nl: []\n", "b.yaml": "l: [1]\n"}, {}, {"l": []}),
    "empty value is null": ({"c.yaml": "extends: b.yaml\nl:\n", "b.yaml": "l: [1]\n"}, {}, {"l": None}),
    "extends list with missing": (
        {"c.yaml": "extends: [a.yaml, gone.yaml]\n", "a.yaml": "x: 1\n"},
        {},
        "c.yaml:1: extends: there is no gone.yaml",
    ),
    "extends empty": ({"c.yaml": "extends:\nx: 1\n"}, {}, {"extends": None, "x": 1}),
    "base toml key": (
        {"c.toml": 'base = "b.toml"\n[m]\nd = 2\n', "b.toml": "[m]\nd = 1\ne = 1\n"},
        {},
        {"m": {"d": 2, "e": 1}},
    ),
    "int keys merge": (
        {"c.yaml": "extends: b.yaml\nid: {0: b}\n", "b.yaml": "id: {0: a, 1: a}\n"},
        {},
        {"id": {0: "b", 1: "a"}},
    ),
    "append chain": (
        {"c.yaml": "extends: b.yaml\nl+: [3]\n", "b.yaml": "extends: a.yaml\nl+: [2]\n", "a.yaml": "l: [1]\n"},
        {},
        {"l": [1, 2, 3]},
    ),
    "append over null": ({"c.yaml": "extends: a.yaml\nl+: [3]\n", "a.yaml": "l: null\n"}, {}, {"l": [3]}),
    "delete nested": (
        {"c.yaml": "extends: a.yaml\nm: {~d: null}\n", "a.yaml": "m: {d: 1, e: 2}\n"},
        {},
        {"m": {"e": 2}},
    ),
    "priority": (
        {
            "c.yaml": "a: exp\nb: exp\nc: exp\nd: exp\n",
            "u.yaml": "a: user\nb: user\ne: user\n",
            "de.yaml": "a: def\nf: def\ne: def\n",
        },
        {
            "user": "u.yaml",
            "defaults": "de.yaml",
            "overrides": ["a=cli"],
            "environ": {"CONFIG__A": "env", "CONFIG__B": "env"},
        },
        {"a": "cli", "f": "def", "e": "user", "b": "env", "c": "exp", "d": "exp"},
    ),
    "user key order kept": ({"c.yaml": "z: 1\n", "u.yaml": "a: 1\nz: 0\n"}, {"user": "u.yaml"}, {"a": 1, "z": 1}),
    "override list item of dict": (
        {"c.yaml": "s: [{p: a, w: 1}, {p: b}]\n"},
        {"overrides": ["s[0].w=5"]},
        {"s": [{"p": "a", "w": 5}, {"p": "b"}]},
    ),
    "override list item out of range": ({"c.yaml": "s: [1]\n"}, {"overrides": ["s[3]=5"]}, "there is no key s[3]"),
    "delete list item": ({"c.yaml": "s: [1,2,3]\n"}, {"overrides": ["~s[1]"]}, {"s": [1, 3]}),
    "add nested new": ({"c.yaml": "a: {b: 1}\n"}, {"overrides": ["+a.c.d=2"]}, {"a": {"b": 1, "c": {"d": 2}}}),
    "set under scalar": ({"c.yaml": "a: 1\n"}, {"overrides": ["a.b=2"]}, "there is no key a.b"),
    "add under scalar": ({"c.yaml": "a: 1\n"}, {"overrides": ["+a.b=2"]}, "a is"),
    "set under null": ({"c.yaml": "a: null\n"}, {"overrides": ["a.b=2"]}, "there is no key a.b"),
    "dash underscore": (
        {"c.yaml": "learning_rate: 1\n"},
        {"overrides": ["--learning-rate", "2"]},
        {"learning_rate": 2},
    ),
    "key with dots": ({"c.yaml": '"a.b": 1\nc: 1\n'}, {"overrides": ['["a.b"]=2']}, {"a.b": 2, "c": 1}),
    "equals in value": ({"c.yaml": "a: x\n"}, {"overrides": ["a=k=v"]}, {"a": "k=v"}),
    "value with spaces": ({"c.yaml": "a: x\n"}, {"overrides": ["a=two words"]}, {"a": "two words"}),
    "url": ({"c.yaml": "a: x\n"}, {"overrides": ["--a", "http://h:80/p?q=1"]}, {"a": "http://h:80/p?q=1"}),
    "--no-flag": ({"c.yaml": "a: true\n"}, {"overrides": ["--no-a"]}, {"a": False}),
    "--flag false": ({"c.yaml": "a: true\n"}, {"overrides": ["--a", "false"]}, {"a": False}),
    "++ over mapping": ({"c.yaml": "a: {b: 1}\n"}, {"overrides": ["++a=3"]}, {"a": 3}),
    "override mapping with null": ({"c.yaml": "a: {b: 1}\n"}, {"overrides": ["a=null"]}, {"a": None}),
    "override with list over mapping": ({"c.yaml": "a: {b: 1}\n"}, {"overrides": ["a=[1]"]}, "a is a mapping"),
    "interp to list and dict": (
        {"c.yaml": "a: [1, {b: 2}]\nc: ${a}\nd: ${a[1].b}\ne: ${a.1.b}\n"},
        {},
        {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": 2, "e": 2},
    ),
    "interp keeps type": (
        {"c.yaml": "a: 1e-5\nb: ${a}\nc: true\nd: ${c}\ne: n\nf: ${e}ull\n"},
        {},
        {"a": 1e-05, "b": 1e-05, "c": True, "d": True, "e": "n", "f": "null"},
    ),
    "nested interp": ({"c.yaml": "sel: b\na: 1\nb: 2\nc: ${${sel}}\n"}, {}, {"sel": "b", "a": 1, "b": 2, "c": 2}),
    "interp through override": ({"c.yaml": "a: 1\nb: ${a}\n"}, {"overrides": ["b=5"]}, {"a": 1, "b": 5}),
    "interp in base sees child": (
        {"c.yaml": "extends: b.yaml\na: 2\n", "b.yaml": "a: 1\nb: x${a}\n"},
        {},
        {"a": 2, "b": "x2"},
    ),
    "shell style default": ({"c.yaml": "a: ${HOME:-/root}\n"}, {}, "is not known"),
    "escaped": ({"c.yaml": "a: \\${b}\nb: 1\n"}, {}, {"a": "${b}", "b": 1}),
    "interp to missing section of other key": ({"c.yaml": "a: ${b.c}\nb: {d: 1}\n"}, {}, "there is no key b.c"),
    "relative": (
        {"c.yaml": "a:\n  b: 1\n  c: ${.b}\n  d:\n    e: ${..b}\n"},
        {},
        {"a": {"b": 1, "c": 1, "d": {"e": 1}}},
    ),
    "python star import": (
        {"c.py": "from base import *\nlr = 2\n", "base.py": "lr = 1\nwd = 3\n_p = 4\n"},
        {},
        {"lr": 2, "wd": 3},
    ),
    "python rel import": (
        {
            "e/c.py": "from .base import *\nfrom ..other import size as n\nlr = n * 2\n",
            "e/base.py": "wd = 3\n",
            "other.py": "size = 5\n",
        },
        {},
        {"wd": 3, "n": 5, "lr": 10},
    ),
    "python import of stdlib": ({"c.py": "from math import pi\nfrom os import *\nlr = 2\n"}, {}, {"lr": 2}),
}


@pytest.mark.parametrize("name", STACKS)
def test_a_small_stack(write: Write, name: str) -> None:
    """The first file with its layers, as it is or refused."""
    files, layers, whole = STACKS[name]
    write(files)
    main = next(iter(files))

    if isinstance(whole, str):
        with pytest.raises(ConfigError) as caught:
            load(main, **layers)
        assert whole in str(caught.value)
    else:
        assert to_dict(load(main, **layers)) == whole
