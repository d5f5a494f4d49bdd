"""Each format as a layer: the values that its own parser reads, and the line that sets each."""

import json
import math
import tomllib
from typing import Any

import pytest
import yaml  # noqa: TID253  an oracle
from hypothesis import given
from hypothesis import strategies as st

from antifoul.facts.stack.dump import fingerprint, yaml_text
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table, Unknown, from_plain, leaves, to_plain
from antifoul.facts.stack.old_words import read_otherwise
from antifoul.facts.stack.paths import dotted, parsed
from antifoul.facts.stack.scalars import resolved
from antifoul.readers.stack.files import read_text

KEYS = st.one_of(st.text(max_size=6), st.sampled_from(("no", "1", "a.b", "null", "~x", "y+", "1e5", "a b", "#", "-")))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=8),
    st.sampled_from(
        ("no", "1e-5", "2026-01-01", "1:30", "0o7", "007", "null", "~", "yes", "1_000", ".inf", "=", "<<", "- a",
         "a: b", "# x", "'", '"', "\\", "\t", "\n", "é", "\u2028", "\x85", "\x00",
         "@", "`", "%", "!x", "&x", "*x", "${a}")
    ),
)  # fmt: skip
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        VALUES, lambda one: st.one_of(st.lists(one, max_size=3), st.dictionaries(KEYS, one, max_size=3)), max_leaves=6
    ),
    max_size=4,
)
HERE = Origin("experiment", "x.yaml", 1)


def read(name: str, text: str) -> Table:
    """The file's tree."""
    return read_text(name, text.encode("utf-8", "surrogatepass"), "experiment").tree


def lines(name: str, text: str) -> dict[str, int]:
    """The line of each value."""
    return {dotted(path): node.origin.line for path, node in leaves(read(name, text)) if path}


@given(TREES)
def test_a_dump_is_read_back_by_everyone(tree: dict[str, Any]) -> None:
    """It is the same to antifoul and to PyYAML, whose YAML is 1.1, and is written as the same again."""
    node = from_plain(tree, HERE)
    assert isinstance(node, Table)

    text = yaml_text(node)
    again = read("x.yaml", text)

    assert repr(to_plain(again)) == repr(to_plain(node))
    assert repr(yaml.safe_load(text)) == repr(to_plain(node))
    assert yaml_text(again) == text
    assert fingerprint(again) == fingerprint(node)


@given(TREES)
def test_json_is_read_as_its_parser_reads_it(tree: dict[str, Any]) -> None:
    """By the tokens, with lines, and by the standard library: the same values."""
    text = json.dumps(tree, indent=1)

    assert repr(to_plain(read("x.json", text))) == repr(json.loads(text))


@given(st.lists(st.one_of(st.text(max_size=5), st.integers(0, 9)), min_size=1, max_size=4).map(tuple))
def test_a_path_is_read_as_it_is_written(path: tuple[str | int, ...]) -> None:
    """Dots, brackets, quotes and numbers in keys come back as they were."""
    assert parsed(dotted(path)) == path


@given(st.text(alphabet="0123456789.eE+-_:xobnyNaif~", max_size=8))
def test_a_word_that_pyyaml_reads_otherwise_is_known(text: str) -> None:
    """`read_otherwise` is "" just where PyYAML and antifoul read the same value; a date counts as read otherwise."""
    try:
        theirs = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(theirs, dict | list) or (isinstance(theirs, str) and theirs != text):
        return
    ours = resolved(text)
    both_nan = all(isinstance(one, float) and math.isnan(one) for one in (ours, theirs))
    same = both_nan or (theirs == ours and type(theirs) is type(ours))

    assert same == (read_otherwise(text) == "")


def test_lines_of_yaml() -> None:
    """A value is found at its key; an item of a list at itself; what an alias brings at the alias's key or its own."""
    text = "a: 1\nb:\n  c: |\n    x\n  d: [1,\n    2]\nbase: &x\n  e: 1\ny:\n  <<: *x\nz: *x\n"

    assert lines("x.yaml", text) == {
        "a": 1, "b.c": 3, "b.d[0]": 5, "b.d[1]": 6, "base.e": 8, "y.e": 8, "z.e": 8,
    }  # fmt: skip


def test_lines_of_json() -> None:
    """By the tokens."""
    assert lines("x.json", '{"a": 1,\n "b": {\n "c": [1,\n 2], "d": {}}}') == {
        "a": 1, "b.c[0]": 3, "b.c[1]": 4, "b.d": 4,
    }  # fmt: skip


TOML = '''\
title = "x" # a = 1
[a]
b = 1
"c.d" = 2
e.f = 3
text = """
[not.a.table]
k = 1
"""
list = [
  1, # [x]
  "]",
]
[[s]]
p = 1
[[s]]
p = 2
[s.inner]
q = 3
[a.sub]
z = { x = 1, y = 2 }
when = 2026-01-31
lit = \'\'\'
[x]
\'\'\'
end = 1
'''


def test_lines_of_toml() -> None:
    """Through tables, arrays of tables, dotted and quoted keys, past what looks like a key in a long string."""
    assert lines("x.toml", TOML) == {
        "title": 1, "a.b": 3, 'a["c.d"]': 4, "a.e.f": 5, "a.text": 6, "a.list[0]": 10, "a.list[1]": 10,
        "a.sub.z.x": 21, "a.sub.z.y": 21, "a.sub.when": 22, "a.sub.lit": 23, "a.sub.end": 26,
        "s[0].p": 15, "s[1].p": 17,
        "s[1].inner.q": 19,
    }  # fmt: skip
    assert to_plain(read("x.toml", TOML)) == tomllib.loads(TOML)


PYTHON: list[tuple[str, object]] = [
    ("lr = 1e-4\nsteps = 4 * 1024 - 1\n", {"lr": 1e-4, "steps": 4095}),
    ("a = b = 2\nc, d = 3, [a, b]\n", {"a": 2, "b": 2, "c": 3, "d": [2, 2]}),
    ("a: int = 3\na += 2\nname = f'run-{a}'\n", {"a": 5, "name": "run-5"}),
    (
        "model = dict(dim=64, **dict(heads=4))\nmodel['dim'] = 32\nmodel.update(layers=2)\n",
        {"model": {"dim": 32, "heads": 4, "layers": 2}},
    ),
    (
        "x = -1\ny = not True\nz = 2 ** 10\nw = 7 // 2\nv = 1 / 4\n",
        {"x": -1, "y": False, "z": 1024, "w": 3, "v": 0.25},
    ),
    ("import os\nfrom a import b\ndef f(): pass\nclass C: pass\n_x = 1\ny = _x + 1\n", {"y": 2}),
    ("debug = False\nif debug:\n    lr = 1\nelse:\n    lr = 2\n", {"debug": False, "lr": 2}),
    ("lr = 3\nif __name__ == '__main__':\n    lr = 4\n", {"lr": 3}),
    (
        "a = 1 if True else 2\nb = [*[1, 2], 3]\nc = {**{'x': 1}, 'y': 2}\nd = (1,)\n",
        {"a": 1, "b": [1, 2, 3], "c": {"x": 1, "y": 2}, "d": [1]},
    ),
    (
        (
            "def get_config():\n    c = ConfigDict()\n    c.lr = 1\n    c.model = ConfigDict()\n    c.model.dim = 2\n"
            "    return c\n"
        ),
        {"lr": 1, "model": {"dim": 2}},
    ),
    ("a = 1\ndel a\nb = 'x' * 3\nc = [1] + [2]\nd = int('7')\n", {"b": "xxx", "c": [1, 2], "d": 7}),
    (
        "from pathlib import Path\np = Path('a')\ncfg = TrainConfig(lr=1, inner=Inner(x=2))\n",
        {"p": "a", "cfg": {"lr": 1, "inner": {"x": 2}}},
    ),
]


@pytest.mark.parametrize(("text", "whole"), PYTHON)
def test_python_is_read_without_being_run(text: str, whole: object) -> None:
    """The values that running the file would leave, each derived by hand."""
    assert to_plain(read("x.py", text)) == whole


UNKNOWN = [
    ("import torch\nlr = torch.tensor(1)\n", "lr", "a call"),
    (
        "lr = 1\nfor i in range(3):\n    lr = lr * 2\n",
        "lr",
        "it is set at line 3, where only running the file tells whether",
    ),
    (
        "import os\nif os.cpu_count() > 1:\n    lr = 1\n",
        "lr",
        "it is set at line 3, where only running the file tells whether",
    ),
    ("lr = undefined\n", "lr", "it is computed when the file runs"),
    ("lr = 1 / 0\n", "lr", "it fails when the file runs"),
    ("lr = 2 ** 99999999\n", "lr", "it is computed when the file runs"),
    ("d = {}\nd.update(f())\n", "d", "it is computed when the file runs"),
]


@pytest.mark.parametrize(("text", "key", "why"), UNKNOWN)
def test_what_only_running_could_tell_is_not_known(text: str, key: str, why: str) -> None:
    """It is shown as it is written, with the reason."""
    node: Node | None = read("x.py", text).items.get(key)

    assert isinstance(node, Unknown)
    assert node.why == why


def test_a_literal_is_one_line() -> None:
    """Lists and mappings inline, text quoted where a reader could take it for something else."""
    items = (Scalar("no", HERE), Scalar(1e-5, HERE), Scalar("a b", HERE), Scalar(None, HERE), Scalar("x\ny", HERE))

    assert literal(Listing(items, HERE)) == '["no", 1.0e-05, a b, null, "x\\ny"]'
