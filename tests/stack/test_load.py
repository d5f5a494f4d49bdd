"""`antifoul.lab.config.load`: the layers of a run, their order, and what is refused."""

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antifoul.lab.config import ConfigError, Frozen, fingerprint, load, notes, snapshot, to_dict, why
from stack.conftest import Write

BASE = "optimizer:\n  name: adamw\n  lr: 1e-5\n  betas: [0.9, 0.999]\nmodel:\n  dim: 64\nseed: 0\n"
CHILD = "extends: base.yaml\noptimizer:\n  lr: 2e-5\n"


def test_a_child_stands_on_its_base(write: Write) -> None:
    """What it does not set is the base's, and the key that names the base is gone; each value knows its line."""
    write({"base.yaml": BASE, "sft.yaml": CHILD})

    config = load("sft.yaml")

    assert to_dict(config) == {
        "optimizer": {"name": "adamw", "lr": 2e-5, "betas": [0.9, 0.999]},
        "model": {"dim": 64},
        "seed": 0,
    }
    assert why(config, "optimizer.lr") == (
        "optimizer.lr = 2.0e-05: set by experiment, sft.yaml:3\n  over experiment, base.yaml:3: 1.0e-05"
    )
    assert why(config, "model.dim") == "model.dim = 64: set by experiment, base.yaml:6"


@pytest.mark.parametrize("word", ["base", "_base_", "__base__", "base_config", "extends", "inherits", "inherit_from"])
@pytest.mark.parametrize("value", ["base.yaml", "[base.yaml]", "./base.yaml", "../b/base.yaml"])
def test_a_base_is_named_by_the_usual_words(write: Write, word: str, value: str) -> None:
    """One file or a list of them, beside the config."""
    write({"b/base.yaml": "x: 1\n", "b/c.yaml": f"{word}: {value}\ny: 2\n"})

    assert to_dict(load("b/c.yaml")) == {"x": 1, "y": 2}


def test_of_several_bases_a_later_one_is_over_an_earlier_one(write: Write) -> None:
    """And the file itself over all."""
    write({"a.yaml": "x: 1\ny: 1\nz: 1\n", "b.toml": "y = 2\nz = 2\n", "c.yaml": "_base_: [a.yaml, b.toml]\nz: 3\n"})

    assert to_dict(load("c.yaml")) == {"x": 1, "y": 2, "z": 3}


def test_bases_of_every_format(write: Write) -> None:
    """YAML on TOML on JSON on Python; five levels, each over the one below."""
    write(
        {
            "one.py": "a = b = c = d = 1\n",
            "two.json": '{"extends": "one.py", "b": 2, "c": 2, "d": 2}',
            "three.toml": 'extends = "two.json"\nc = 3\nd = 3\n',
            "four.yml": "extends: three.toml\nd: 4\n",
        }
    )

    assert to_dict(load("four.yml")) == {"a": 1, "b": 2, "c": 3, "d": 4}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("base: 10000\n", {"base": 10000}),
        ("base: gpt2\n", {"base": "gpt2"}),
        ("base: null\n", {"base": None}),
        ("base: {dim: 1}\n", {"base": {"dim": 1}}),
        ("base_config: meta/llama\n", {"base_config": "meta/llama"}),
        ("model: {extends: x}\n", {"model": {"extends": "x"}}),
    ],
)
def test_a_word_that_names_no_file_is_data(write: Write, text: str, kept: dict[str, Any]) -> None:
    """A number, a model's name, a mapping: `base` is a word that data uses too."""
    write({"c.yaml": text})

    assert to_dict(load("c.yaml")) == kept


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"c.yaml": "extends: no.yaml\n"}, "c.yaml:1: extends: there is no no.yaml"),
        ({"c.yaml": "x: 1\nbase: no.yaml\n"}, "c.yaml:2: base: there is no no.yaml"),
        ({"c.yaml": "extends: c.yaml\n"}, "c.yaml:1: extends: the bases go in a circle: c.yaml -> c.yaml"),
        ({"c.yaml": "extends: d.yaml\n", "d.yaml": "_base_: c.yaml\n"}, "c.yaml -> d.yaml -> c.yaml"),
        ({"c.yaml": "x: 1\nx: 2\n"}, "c.yaml:2: 'x' is set again, first at line 1"),
        ({"c.yaml": "x: ???\n"}, "c.yaml:1: x: it must be set"),
        ({"c.yaml": "x: ${y}\n"}, "c.yaml:1: x: ${y} is not known: there is no key y"),
        ({"c.yaml": "x: ${y}\ny: ${x}\n"}, "refers to itself"),
        ({"c.yaml": "x: ${oc.env:HOME}\n"}, "the environment was not given, for HOME"),
        ({"c.yaml": "x: ${now:%Y}\n"}, "the resolver 'now' is only known when it runs"),
        ({"c.yaml": "- 1\n"}, "c.yaml:1: its top is no mapping"),
        ({"c.txt": "x"}, "it is no yaml, yml, json, toml or py file"),
    ],
)
def test_what_no_run_may_start_with(write: Write, files: dict[str, str], said: str) -> None:
    """One sentence, with the file and the line."""
    write(files)

    with pytest.raises(ConfigError) as caught:
        load(next(iter(files)))

    assert said in str(caught.value)


LEVELS = ("default", "user", "experiment", "environment", "command line")


@settings(max_examples=40)
@given(st.lists(st.sets(st.sampled_from("abc")), min_size=5, max_size=5))
def test_the_order_of_the_layers_holds(tmp_path_factory: pytest.TempPathFactory, sets: list[set[str]]) -> None:
    """Whichever layers set a key, the highest has the last word, and `why` names it: command line, environment, ..."""
    folder = tmp_path_factory.mktemp("layers")
    sets[0] = {"a", "b", "c"}  # so that every key may be set from above
    for level, keys in zip(LEVELS[:3], sets[:3], strict=True):
        (folder / f"{level}.yaml").write_text("".join(f"{key}: {level}\n" for key in sorted(keys)), encoding="utf-8")

    config = load(
        folder / "experiment.yaml",
        defaults=folder / "default.yaml",
        user=folder / "user.yaml",
        environ={f"CONFIG__{key.upper()}": "environment" for key in sets[3]},
        overrides=[f"{key}=command line" for key in sorted(sets[4])],
    )

    for key in "abc":
        highest = [level for level, keys in zip(LEVELS, sets, strict=True) if key in keys][-1]
        assert config[key] == highest
        assert f"{key} = {highest}: set by {highest}, " in why(config, key).replace('"', "")


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["optimizer.lr=3e-4"], "optimizer.lr", 3e-4),
        (["--optimizer.lr", "3e-4"], "optimizer.lr", 3e-4),
        (["--optimizer.lr=3e-4"], "optimizer.lr", 3e-4),
        (["--seed", "-1"], "seed", -1),
        (["optimizer.betas=[0.8,0.9]"], "optimizer.betas", (0.8, 0.9)),
        (["--optimizer.betas", "0.8", "0.9"], "optimizer.betas", (0.8, 0.9)),
        (["optimizer.betas[1]=0.5"], "optimizer.betas", (0.9, 0.5)),
        (["optimizer.betas.1=0.5"], "optimizer.betas", (0.9, 0.5)),
        (["optimizer.betas+=0.5"], "optimizer.betas", (0.9, 0.999, 0.5)),
        (["optimizer.betas+=[1,2]"], "optimizer.betas", (0.9, 0.999, 1, 2)),
        (["+optimizer.eps=1e-8"], "optimizer.eps", 1e-8),
        (["++optimizer.eps=1e-8"], "optimizer.eps", 1e-8),
        (["seed=1", "seed=2"], "seed", 2),
        (["optimizer={lr: 1}"], "optimizer.name", "adamw"),
        (["seed='1'"], "seed", "1"),
        (["seed=null"], "seed", None),
    ],
)
def test_the_command_line_sets_keys(write: Write, words: list[str], key: str, value: object) -> None:
    """In Hydra's spelling and as flags; the last word counts."""
    write({"base.yaml": BASE})

    assert load("base.yaml", overrides=words)[key] == value


def test_the_command_line_takes_keys_away(write: Write) -> None:
    """`~key`, with what is in it."""
    write({"base.yaml": BASE})

    assert to_dict(load("base.yaml", overrides=["~optimizer", "~model.dim"])) == {"model": {}, "seed": 0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimiser.lr=1"], "there is no key optimiser.lr: did you mean 'optimizer.lr'?"),
        (["optimizer.lrr=1"], "did you mean 'optimizer.lr'?"),
        (["lr=1"], "did you mean 'optimizer.lr'?"),
        (["--optimizer.nam", "x"], "no flag may be shortened: write it in full: --optimizer.name"),
        (["optimizer=adam"], "optimizer is a mapping: set one of optimizer.name, optimizer.lr"),
        (["+seed=1"], "seed is there already"),
        (["~sed"], "did you mean 'seed'?"),
        (["optimizer.betas[2]=1"], "there is no key optimizer.betas[2]"),
        (["seed"], "'seed' sets nothing"),
        (["--seed"], "it wants a value"),
        (["--seed", "1", "2"], "'2' sets nothing"),
        (["-s", "1"], "there is no flag -s"),
        (["seed=[1"], "the value is not closed"),
        (["optimizer..lr=1"], "is no key"),
    ],
)
def test_the_command_line_is_refused(write: Write, words: list[str], said: str) -> None:
    """What is not there is not set, and what was probably meant is said."""
    write({"base.yaml": BASE})

    with pytest.raises(ConfigError) as caught:
        load("base.yaml", overrides=words)

    assert said in str(caught.value)


def test_overrides_may_be_values(write: Write) -> None:
    """A mapping of keys to values: nothing is read out of text."""
    write({"base.yaml": BASE})

    config = load("base.yaml", overrides={"optimizer.lr": 0.5, "optimizer.betas": [1, 2], "seed": "7"})

    assert (config.optimizer.lr, config.optimizer.betas, config.seed) == (0.5, (1, 2), "7")


def test_variables_set_keys_by_one_rule(write: Write) -> None:
    """`PREFIX__SECTION__KEY`; what does not begin so is not looked at."""
    write({"base.yaml": BASE})

    config = load("base.yaml", environ={"CONFIG__OPTIMIZER__LR": "0.5", "CONFIGURE": "x", "SEED": "9"})
    other = load("base.yaml", environ={"SFT__SEED": "9", "CONFIG__X": "1"}, prefix="SFT")

    assert (config.optimizer.lr, config.seed, other.seed) == (0.5, 0, 9)
    assert "set by environment, CONFIG__OPTIMIZER__LR" in why(config, "optimizer.lr")


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        (BASE, {"CONFIG__OPTIMIZER__LRR": "1"}, "sets no key: did you mean CONFIG__OPTIMIZER__LR?"),
        ("lr: 1\nLR: 2\n", {"CONFIG__LR": "1"}, "would set both lr and LR"),
    ],
)
def test_a_variable_is_refused(write: Write, text: str, environ: dict[str, str], said: str) -> None:
    """One that sets nothing, and one that would set two keys."""
    write({"base.yaml": text})

    with pytest.raises(ConfigError) as caught:
        load("base.yaml", environ=environ)

    assert said in str(caught.value)


def test_references_are_followed(write: Write) -> None:
    """Over all layers, last: a reference sees what the command line set, and `why` shows it as written."""
    write({"c.yaml": "dim: 64\nheads: 4\nname: run-${dim}\ncopy: ${dim}\nhome: ${oc.env:HOME}\n"})

    config = load("c.yaml", overrides=["dim=128"], environ={"HOME": "/h"})

    assert (config.name, config.copy, config.home) == ("run-128", 128, "/h")
    assert why(config, "copy") == "copy = 128: set by experiment, c.yaml:4, as ${dim}"


def test_what_is_inferred_is_reported_and_rewrites_nothing(write: Write) -> None:
    """A function fills in what is null, `auto` or not there; over what was set it only says so."""
    write({"c.yaml": "bf16: auto\nworkers: null\nbatch: 8\n"})

    config = load(
        "c.yaml",
        infer={"bf16": lambda _: True, "workers": lambda c: c.batch // 2, "batch": lambda _: 4, "new": lambda _: 1},
    )

    assert to_dict(config) == {"bf16": True, "workers": 4, "batch": 8, "new": 1}
    said = [note.message for note in notes(config)]
    assert said[0] == "bf16 was inferred: true"
    assert said[2] == "batch stays 8, as it was set; <lambda> would make it 4"
    assert why(config, "bf16").startswith("bf16 = true: set by inferred, <lambda>\n  over experiment, c.yaml:1: auto")


def test_the_result_is_frozen(write: Write) -> None:
    """It is read by attribute and by key, and changed by neither; copies for other processes are the same."""
    write({"base.yaml": BASE})
    config = load("base.yaml")

    assert config.optimizer.lr == config["optimizer"]["lr"] == config["optimizer.lr"] == 1e-5
    assert isinstance(config.optimizer, Frozen)
    assert config.optimizer.betas == (0.9, 0.999)
    with pytest.raises(AttributeError, match=r"not changed while it is used: set 'optimizer\.lr'"):
        config.optimizer.lr = 1
    with pytest.raises(AttributeError):
        del config.seed
    with pytest.raises(TypeError):
        config["seed"] = 1
    with pytest.raises(AttributeError, match=r"did you mean 'lr'\?"):
        _ = config.optimizer.lrr
    with pytest.raises(KeyError, match=r"did you mean 'seed'\?"):
        _ = config["sed"]
    assert pickle.loads(pickle.dumps(config)) == copy.deepcopy(config) == config  # noqa: S301  its own bytes
    assert dict(**config.optimizer) == dict(config.optimizer)


def test_what_is_handed_out_changes_nothing(write: Write) -> None:
    """The dictionaries are fresh each time."""
    write({"base.yaml": BASE})
    config = load("base.yaml")

    to_dict(config)["optimizer"]["betas"].append(3)

    assert to_dict(config)["optimizer"]["betas"] == [0.9, 0.999]


def test_a_fingerprint_is_of_the_values(write: Write) -> None:
    """The same from one file or from two, in any order and format; another for another value or type."""
    write(
        {
            "base.yaml": BASE,
            "sft.yaml": CHILD,
            "one.json": '{"seed": 0, "optimizer": {"betas": [0.9, 0.999], "lr": 2e-05, "name": "adamw"}, '
            '"model": {"dim": 64}}',
            "two.yaml": "x: 1\n",
            "three.yaml": "x: 1.0\n",
            "four.yaml": "x: true\n",
        }
    )

    assert fingerprint(load("sft.yaml")) == fingerprint(load("one.json"))
    assert (
        len({fingerprint(load(name)) for name in ("sft.yaml", "base.yaml", "two.yaml", "three.yaml", "four.yaml")}) == 5
    )


def test_a_snapshot_is_a_config_again(write: Write) -> None:
    """It says the fingerprint and where each value was set, and loads to the same; a token is left out."""
    folder = write(
        {"base.yaml": BASE, "sft.yaml": CHILD, "t.yaml": "hub_token: hf_abcdefghijklmnopqrstuvwx\npad_token: x\n"}
    )
    config = load("sft.yaml")

    text = snapshot(config)
    Path(folder / "again.yaml").write_text(text, encoding="utf-8")

    assert text.startswith(f"# fingerprint: {fingerprint(config)}\n")
    assert "  lr: 2.0e-05  # sft.yaml:3\n" in text
    assert load("again.yaml") == config
    assert snapshot(load("t.yaml")).split("\n")[1:3] == ['hub_token: "???"  # t.yaml:1', "pad_token: x  # t.yaml:2"]
