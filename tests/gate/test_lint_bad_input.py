"""Configs and scripts made to break a reader: a finding or a listed skip, bounded, and nothing of them is run."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from antifoul.gate.lint.run import lint
from antifoul.gate.survey import open_world
from worlds import Repo

SCHEMA = (
    "from dataclasses import dataclass\n\n\n@dataclass\nclass C:\n"
    + "".join(f"    {name}: int\n" for name in "abcd")
    + "\n\ndef load(x):\n    return C(**x)\n"
)
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{one}'] * 9)}]\n" for one, after in zip("abcdefgh", "bcdefghi", strict=True)
)
UNREADABLE: Mapping[str, str | bytes] = {
    "bomb.yaml": BOMB,
    "deep.yaml": f"a: {'[' * 5000}{']' * 5000}",
    "levels.yaml": "".join(f"{'  ' * depth}a:\n" for depth in range(300)),
    "deep.json": f"{'[' * 100_000}{']' * 100_000}",
    "tab.yaml": "a:\n\tb: 1\n",
    "nul.yaml": "a: \0\n",
    "bad.yaml": b"a: 1\nb: \xff\xfe\n",
    "undefined.yaml": "a: *nowhere\n",
}
READABLE = {
    "anchors.yaml": "a: &x 1\nb: &x 2\nc: *x\nd: 4\n",
    "tags.yaml": "a: !python/object/apply:os.system ['touch ran']\nb: !Custom {x: 1}\nc: 1\nd: 2\n",
    "many.yaml": "a: 1\nb: 2\nc: 3\nd: 4\n---\na: 1\nb: 2\nc: 3\nd: 4\n",
    "date.toml": "when = 1979-05-27T07:32:00Z\n",
    "keys.yaml": "1: a\ntrue: c\nnull: d\n? [a]\n: b\n",
    "itself.yaml": "x: &x\n  a: 1\ny:\n  <<: *x\n",
    "list.yaml": "- 1\n",
    "empty.yaml": "",
    "bom.yaml": "\ufeffa: 1\nb: 2\nc: 3\nd: 4\n",
}
SKIPPED = {"jinja.yaml": "a: {{ x }}\n{% if y %}\nb: 2\n{% endif %}\n", "large.yaml": "a: 1\n" * 1_100_000}
SCRIPTS = {
    "open.sh": "if [ $(( \n cat <<EOF\nnever ends\n python 'unclosed\n ${a:-${b:-\n",
    "grows.sh": "A=x\n" + 'A="$A$A"\n' * 60 + "python train.py $A\n",
    "long.sh": "python train.py " + "--x " * 50_000 + "\n",
    "circle.py": "from circle import *\nfrom other import B\n@dataclass\nclass A(B): pass\n",
    "other.py": "from circle import A\n@dataclass\nclass B(A): x: int\n",
    "same.py": "X = Y\nY = X\n\n\ndef f(p):\n    g(p)\n\n\ndef g(p):\n    f(p)\n\n\nf(ArgumentParser())\n",
    "train.py": "import argparse\n\np = argparse.ArgumentParser()\np.parse_args()\n",
}


@pytest.fixture
def written(repo: Repo) -> Repo:
    """A repository with all of them."""
    files: dict[str, str | bytes | None] = {"schema.py": SCHEMA, **SCRIPTS}
    folders: dict[str, Mapping[str, str | bytes]] = {
        "unreadable": UNREADABLE,
        "readable": READABLE,
        "skipped": SKIPPED,
    }
    for folder, some in folders.items():
        files |= {f"{folder}/{name}": text for name, text in some.items()}
    repo.write(files)
    return repo


def test_what_cannot_be_read_is_a_finding_and_what_is_no_config_a_skip(written: Repo) -> None:
    """Each unreadable file has one finding, each template or data file one skip; the readable ones have neither."""
    report = lint(open_world(str(written.root), None, {**written.env, "ANTIFOUL_CACHE": ""}))

    broken = {Path(one.path).name for one in report.findings if one.rule == "config-unreadable"}
    assert broken == set(UNREADABLE)
    assert {Path(one.path).name for one in report.skipped if one.path.startswith("skipped/")} == set(SKIPPED)
    assert [one for one in report.findings if one.path.startswith("readable/")] == []
    assert not (written.root / "ran").exists()


def test_a_flag_that_stands_often_in_a_command_is_told_once(written: Repo) -> None:
    """Fifty thousand times `--x` is one finding, at its first place."""
    report = lint(open_world(str(written.root), None, {**written.env, "ANTIFOUL_CACHE": ""}))

    found = [(one.path, one.line, one.column) for one in report.findings if one.rule == "flag-unknown"]
    assert found == [("long.sh", 1, 17)]


def test_what_was_said_of_the_same_files_is_said_again(written: Repo, tmp_path: Path) -> None:
    """From the cache as from the files: the second run is equal to the first, and one changed file is seen."""
    world = open_world(str(written.root), None, {**written.env, "ANTIFOUL_CACHE": str(tmp_path)})

    first = lint(world)
    assert lint(world) == first
    written.write({"long.sh": "python train.py\n"})
    assert json.dumps(lint(world)) != json.dumps(first)
