"""Files that no config should be: each ends in one sentence with its place, in bounded time and memory."""

import resource
import time
from collections.abc import Mapping

import pytest

from antifoul.lab.config import ConfigError, load, notes, to_dict
from antifoul.shells.cli import main
from stack.conftest import Write

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"b{n}: &b{n} {{p: *{'a' if not n else f'b{n - 1}'}, q: *{'a' if not n else f'b{n - 1}'}}}\n" for n in range(40)
)
REFERENCES = "a0: xxxxxxxxxx\n" + "".join(f"a{n}: ${{a{n - 1}}}${{a{n - 1}}}\n" for n in range(1, 40))
TREES = "a0: {x: 1, y: 2}\n" + "".join(f"a{n}: {{p: '${{a{n - 1}}}', q: '${{a{n - 1}}}'}}\n" for n in range(1, 40))
CHAIN = "".join(f"a{n}: ${{a{n + 1}}}\n" for n in range(500)) + "a500: 1\n"

BAD: dict[str, tuple[Mapping[str, str | bytes], str]] = {
    "aliases that expand": ({"c.yaml": BOMB}, "its aliases expand to more than 1,000,000 values"),
    "mappings that expand": ({"c.yaml": MERGE_BOMB}, "its aliases expand to more than 1,000,000 values"),
    "an alias in itself": ({"c.yaml": "a: &a {b: *a}\n"}, "c.yaml:1:"),
    "an alias of nothing": ({"c.yaml": "a: *b\n"}, "*b is not defined"),
    "references that expand": ({"c.yaml": REFERENCES}, "it comes to more than 1,000,000 signs"),
    "references to trees that expand": ({"c.yaml": TREES}, "its references come to more than 20,000 values"),
    "references on references": ({"c.yaml": CHAIN}, "more than 60 references on each other"),
    "50 MB": ({"c.yaml": b"a: 1\n" + b"# a line\n" * 5_600_000}, "c.yaml: larger than 5 MB: data, not a config"),
    "depth in YAML": (
        {"c.yaml": "a: " + "[" * 300 + "]" * 300},
        "c.yaml:1:203: it is nested more than 200 levels deep",
    ),
    "great depth in YAML": ({"c.yaml": "[" * 100_000}, "c.yaml:1:1001: it is not YAML: exceeded maximum nesting"),
    "depth in JSON": ({"c.json": '{"a":' * 5_000 + "1" + "}" * 5_000}, "it is nested more than 200 levels deep"),
    "some depth in JSON": ({"c.json": '{"a":' * 300 + "1" + "}" * 300}, "it is nested more than 200 levels deep"),
    "depth in TOML": ({"c.toml": "a = " + "[" * 5_000 + "]" * 5_000}, "it is nested more than 200 levels deep"),
    "depth in Python": ({"c.py": "a = " + "[" * 500 + "]" * 500}, "c.py: "),
    "a tab": ({"c.yaml": "a:\n\tb: 1\n"}, "c.yaml:2:1: it is not YAML: the line is indented with a tab"),
    "two documents": ({"c.yaml": "a: 1\n---\na: 2\n"}, "c.yaml:2:1: it holds several documents"),
    "no UTF-8": ({"c.yaml": b"a: \xff\n"}, "c.yaml:1: byte 0xff is not UTF-8"),
    "a NUL": ({"c.yaml": b"a: 1\nb: \0\n"}, "c.yaml:2:4: it is not YAML"),
    "half of UTF-16": ({"c.yaml": b"\xff\xfea"}, "c.yaml"),
    "a list": ({"c.yaml": "- a\n"}, "c.yaml:1: its top is no mapping of keys"),
    "a word": ({"c.yaml": "hello\n"}, "c.yaml:1: its top is no mapping of keys"),
    "a template": ({"c.yaml": "{% if x %}\na: 1\n{% endif %}\n"}, "a template to be filled in, not a config yet"),
    "a template of values": ({"c.yaml": "a: {{ x }}\nb: {{ y }}\n"}, "a template to be filled in"),
    "a key that is a list": ({"c.yaml": "? [a, b]\n: 1\n"}, "c.yaml:1:3: a key that is a list or a mapping"),
    "a merge of a word": ({"c.yaml": "<<: x\na: 1\n"}, "<< takes in a mapping"),
    "a number without end": ({"c.yaml": f"a: {'9' * 5_000}\n"}, "c.yaml:1:4: a number of 5,000 digits"),
    "a tag that does not fit": ({"c.yaml": "a: !!int x\n"}, "c.yaml:1:4: 'x' is no !!int"),
    "a tag of someone's own": ({"c.yaml": "a: !include b.yaml\n"}, "c.yaml:1: a: !include b.yaml is not known"),
    "a call in a tag": (
        {"c.yaml": "a: !!python/object/apply:os.system [echo]\n"},
        "c.yaml:1: the tag !!python/object/apply:os.system is not acted on",
    ),
    "a circle of three": (
        {"c.yaml": "base: d.yaml\n", "d.yaml": "base: e.toml\n", "e.toml": 'base = "c.yaml"\n'},
        "e.toml:1: base: the bases go in a circle: c.yaml -> d.yaml -> e.toml -> c.yaml",
    ),
    "bases that double": (
        {**{f"b{n}.yaml": f"_base_: [b{n + 1}.yaml, b{n + 1}.yaml]\n" for n in range(30)}, "b30.yaml": "x: 1\n"},
        "its bases come to more than 200 layers",
    ),
    "open JSON": ({"c.json": '{"a": 1,}'}, "c.json:1:9: it is not JSON"),
    "JSON with a comment": ({"c.json": '{\n// x\n"a": 1}'}, "c.json:2:1: it is not JSON"),
    "a key twice in JSON": ({"c.json": '{"a": 1,\n"a": 2}'}, "c.json:2: 'a' is set again, first at line 1"),
    "open TOML": ({"c.toml": "a = 1\nb = \n"}, "c.toml:2:5: it is not TOML"),
    "a table twice": ({"c.toml": "[a]\nb = 1\n[a]\n"}, "c.toml:3:3: it is not TOML"),
    "open Python": ({"c.py": "a = (\n"}, "c.py: it does not parse"),
    "Python that computes": ({"c.py": "a = 10 ** 10 ** 10\n"}, "c.py:1: a: 10 ** 10 ** 10 is not known"),
    "Python that fills": ({"c.py": "a = 'x' * 10 ** 12\n"}, "c.py:1: a: 'x' * 10 ** 12 is not known"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence(write: Write, capfd: pytest.CaptureFixture[str], name: str) -> None:
    """The same from the library and from the command line, which ends with 2 or shows what is wrong; no traceback."""
    files, said = BAD[name]
    write(files)
    file = next(iter(files))
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(ConfigError) as caught:
        load(file)
    code = main(["config", "show", file])

    text = str(caught.value)
    assert said in text
    assert "\n" not in text or text.split("\n", maxsplit=1)[0].endswith("problems:")
    assert code in {0, 2}
    assert "fault of antifoul" not in capfd.readouterr().err
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000  # KiB


GOOD: dict[str, tuple[str, str, object]] = {
    "dates in TOML": ("c.toml", "a = 2026-01-31\nb = 2026-01-31T12:00:00Z\nc = 12:00:00\n", None),
    "anchors and merges": (
        "c.yaml",
        "base: &base {a: 1, b: 2}\nx: {<<: *base, b: 3}\ny:\n  <<: [*base, {a: 9, c: 4}]\n",
        {"base": {"a": 1, "b": 2}, "x": {"a": 1, "b": 3}, "y": {"a": 1, "c": 4, "b": 2}},
    ),
    "an anchor set again": ("c.yaml", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n", {"a": 1, "b": 1, "c": 2, "d": 2}),
    "an empty file": ("c.yaml", "", {}),
    "comments alone": ("c.yaml", "# nothing\n---\n# here\n", {}),
    "an empty second document": ("c.yaml", "a: 1\n---\n", {"a": 1}),
    "a BOM": ("c.yaml", "\ufeffa: 1\n", {"a": 1}),
    "CRLF": ("c.yaml", "a: 1\r\nb:\r\n  c: 2\r\n", {"a": 1, "b": {"c": 2}}),
    "tags of YAML": (
        "c.yaml",
        "a: !!str 5\nb: !!float 1\nc: !!int '7'\nd: !!set {x, y}\ne: !!null ''\nf: !!bool yes\ng: !!python/tuple [1]\n",
        {"a": "5", "b": 1.0, "c": 7, "d": ["x", "y"], "e": None, "f": True, "g": [1]},
    ),
    "keys of other types": ("c.yaml", "1: a\ntrue: b\nnull: c\n1.5: d\n", {1: "b", None: "c", 1.5: "d"}),
    "blocks": ("c.yaml", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
    "a template's sign in text": ("c.yaml", "a: '{{ x }}'\nb: \"{% y %}\"\n", {"a": "{{ x }}", "b": "{% y %}"}),
    "an expression of others": ("c.yaml", "a: ${{ secrets.X }}\n", {"a": "${{ secrets.X }}"}),
    "escapes": ("c.json", '{"a\\u00e9\\n": "\\ud83d\\ude00"}', {"aé\n": "😀"}),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_file_is_read(write: Write, name: str) -> None:
    """What is odd but means something is read as it is meant."""
    file, text, whole = GOOD[name]
    write({file: text})

    try:
        config = load(file)
    except ConfigError as problem:
        assert name == "keys of other types"
        assert "'true' is set again" in str(problem)  # noqa: PT017  1 and true are one key to Python
        return

    assert whole is None or to_dict(config) == whole


def test_what_other_loaders_refuse_is_noted(write: Write) -> None:
    """PyYAML refuses an anchor that is defined twice; YAML does not."""
    write({"c.yaml": "a: &x 1\nb: &x 2\n"})

    assert [note.message for note in notes(load("c.yaml"))] == ["the anchor &x is defined again: PyYAML refuses that"]
