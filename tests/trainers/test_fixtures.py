# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""The fixtures for people's own tests, with the real libraries."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.errors import UsageError
from antifoul.smoke.building import BuildError
from antifoul.smoke.tiny_rows import SHAPES, preferences, prompts, sft
from antifoul.testing import parametrize_with_laws
from programs import Loop, llama

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
datasets = pytest.importorskip("datasets")

pytestmark = pytest.mark.filterwarnings("default")  # a library's deprecations are not what is tested

ARCHITECTURES = (
    "GPT2Config", "LlamaConfig", "MistralConfig", "Qwen2Config", "Qwen3Config", "Gemma2Config", "Gemma3TextConfig",
    "Phi3Config", "GPTNeoXConfig", "OPTConfig", "Olmo2Config", "MixtralConfig", "Qwen3MoeConfig", "DeepseekV3Config",
)  # fmt: skip


def test_the_tokenizer_writes_any_text_and_has_a_template(tiny_tokenizer: Any) -> None:
    """Encoding loses nothing and adds nothing; the template marks the assistant's tokens, its end among them."""
    text = "Grüße, 世界\n\tx = 1e-5 🙂"
    said = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]
    encoded = tiny_tokenizer.apply_chat_template(
        said, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    own = [one for one, mine in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if mine]

    assert tiny_tokenizer.decode(tiny_tokenizer(text)["input_ids"]) == text
    assert len({tiny_tokenizer.pad_token_id, tiny_tokenizer.bos_token_id, tiny_tokenizer.eos_token_id}) == 3
    assert tiny_tokenizer.decode(own) == "ho" + tiny_tokenizer.eos_token


def test_the_model_is_found_by_its_folder(tiny_model: str, tiny_tokenizer: Any) -> None:
    """It loads back by path, with a tokenizer that fits, and is a Llama of under 100,000 weights."""
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_model)
    words = transformers.AutoTokenizer.from_pretrained(tiny_model)

    assert type(model).__name__ == "LlamaForCausalLM"
    assert model.num_parameters() < 100_000
    assert len(words) == len(tiny_tokenizer) < model.config.vocab_size


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture_is_kept_and_made_tiny(name: str, tiny_model: Any) -> None:
    """`like` a published size gives a model of the same class with two layers that takes a step."""
    config = getattr(transformers, name, None)
    if config is None:
        pytest.skip(f"this transformers has no {name}")
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_model(like=config()))
    rows = torch.randint(0, 100, (2, 12))

    loss = model(input_ids=rows, labels=rows).loss
    loss.backward()

    assert model.num_parameters() < 300_000
    assert bool(torch.isfinite(loss))


def test_a_model_keeps_the_tokenizer_it_is_given(tiny_model: Any, tiny_tokenizer: Any) -> None:
    """A user's tokenizer with a word of its own, for which the model has a row."""
    other = transformers.AutoTokenizer.from_pretrained(tiny_model)
    other.add_tokens(["<tool>"])
    made = tiny_model(like="gpt2", tokenizer=other)

    assert transformers.AutoConfig.from_pretrained(made).vocab_size > len(tiny_tokenizer) + 1
    assert transformers.AutoTokenizer.from_pretrained(made).tokenize("<tool>") == ["<tool>"]


def test_what_is_not_in_the_cache_is_named_with_the_line_that_fetches_it(tiny_model: Any) -> None:
    """Nothing is fetched by a test; who wants it is told how."""
    with pytest.raises(BuildError, match=r"fetch it with: hf download no-such-org/no-such-model"):
        tiny_model(like="no-such-org/no-such-model")


def test_rows_are_data_sets_in_every_shape(tmp_path: Path) -> None:
    """24 rows to train on and 4 to evaluate, as `load_dataset` reads a folder; shapes that lack a column say so."""
    for rows in (sft(tmp_path), preferences(tmp_path), prompts(tmp_path)):
        found = datasets.load_dataset(rows.path, cache_dir=tmp_path / "cache")
        assert (found["train"].num_rows, found["test"].num_rows) == (24, 4)
    assert {name: len(sft(tmp_path).shaped(name)) for name in SHAPES if name != "pairs"}
    with pytest.raises(ValueError, match="tiny_sft has no 'prompt'"):
        sft(tmp_path).shaped("pairs")


def test_training_arguments_make_a_run_on_the_spot(
    tiny_model: str, tiny_sft: Any, smoke_trainer_args: dict[str, Any], llm_run: Any
) -> None:
    """Three optimizer steps of a real trainer, asserted by `llm_run`; its losses and rates are told."""
    trl = pytest.importorskip("trl")
    data = datasets.Dataset.from_list(list(tiny_sft))

    def make_trainer(output_dir: str) -> Any:
        args = trl.SFTConfig(**{**smoke_trainer_args, "output_dir": output_dir})
        return trl.SFTTrainer(model=tiny_model, args=args, train_dataset=data)

    ran = llm_run(make_trainer, steps=3)

    assert (ran.steps, len(ran.losses)) == (3, 3)
    assert all(0 < loss < 10 for loss in ran.losses)


def test_a_target_that_does_not_step_fails_llm_run(llm_run: Any) -> None:
    """A loop whose optimizer is never stepped took none of the three steps."""
    loop = Loop(llama(), optimizer=torch.optim.SGD(llama().parameters(), lr=0.1))
    loop.optimizer.step = lambda: None

    with pytest.raises(AssertionError, match="took 0 optimizer steps where 3 were asked for"):
        llm_run(loop)


def summed() -> Loop:
    """A loop that does not divide its loss."""
    return Loop(llama(), scaled=lambda loss, _: loss)


@parametrize_with_laws(summed, expected_failures={"accumulation": "the sum is meant"}, only=["accumulation", "finite"])
def test_laws_are_items_with_expected_failures(law: Any) -> None:
    """One item a law; the broken one is expected to be."""
    law()


def test_a_wrong_law_is_an_error_of_use() -> None:
    """A law that there is not is named at once, with what was meant."""
    with pytest.raises(UsageError, match="did you mean 'finite'"):
        parametrize_with_laws(summed, expected_failures={"finit": "x"})


def test_the_runner_checks_one_law_or_all(llm_smoke: Any) -> None:
    """`check` fails by the law that is broken, and passes with it expected."""
    tried = llm_smoke(summed)

    tried.check("finite")
    tried.check(expected_failures={"accumulation"})
    with pytest.raises(pytest.fail.Exception, match=r"FAIL summed::accumulation .* 4.00 x"):
        tried.check()


def test_a_minimal_config_is_tiny_by_its_own_keys(llm_minimal_config: Any, tmp_path: Path) -> None:
    """The tiny model stands where the 7B was; what the config did not say is not added."""
    (tmp_path / "sft.yaml").write_text("model_name_or_path: org/big-7b\nbf16: true\nlearning_rate: 1.0e-5\n")
    found = llm_minimal_config(tmp_path / "sft.yaml")

    assert Path(found.config["model_name_or_path"]).is_dir()
    assert {key: value for key, value in found.config.items() if key != "model_name_or_path"} == {
        "bf16": False,
        "learning_rate": 1e-5,
    }


def test_trackers_are_heard(llm_tracker: Any, tmp_path: Path) -> None:
    """wandb, mlflow and SummaryWriter, installed or not, log into one recorder."""
    wandb, mlflow = import_module("wandb"), import_module("mlflow")
    from torch.utils.tensorboard import SummaryWriter

    run = wandb.init(project="x", config={"lr": 1e-3})
    wandb.log({"loss": torch.tensor(2.0)}, step=1)
    run.log({"loss": 1.0}, step=2)
    mlflow.log_metric("loss", 0.5, step=3)
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("loss", 0.25, 4)
        writer.add_histogram("weights", torch.zeros(3), 4)

    assert llm_tracker["loss"] == [2.0, 1.0, 0.5, 0.25]
    assert llm_tracker.params == {"lr": 1e-3}


def test_a_trainer_reports_to_the_tracker(llm_tracker: Any, tiny_model: str, tiny_sft: Any, tmp_path: Path) -> None:
    """Transformers' own callback takes the stand-in for wandb, and logs a loss at each of two steps."""
    trl = pytest.importorskip("trl")
    args = trl.SFTConfig(
        output_dir=str(tmp_path), max_steps=2, logging_steps=1, report_to=["wandb"], use_cpu=True, bf16=False
    )
    trl.SFTTrainer(model=tiny_model, args=args, train_dataset=datasets.Dataset.from_list(list(tiny_sft))).train()

    assert len(llm_tracker["train/loss"]) == 2
