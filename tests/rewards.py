# ruff: noqa: ANN401  what torch and its libraries give has no types here
"""Trainers of TRL that reward: GRPO and the reward model, with tiny models and rows of a few words."""

from collections.abc import Callable
from typing import Any

from programs import llama


def diversity(completions: list[str], **_: Any) -> list[float]:
    """More different words are better."""
    return [float(len(set(one.split()))) for one in completions]


def grpo(reward: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """A function that makes a GRPO trainer with this reward."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        import trl
        from test_trl import completions, saved, tokenizer

        usual = {"per_device_train_batch_size": 4, "num_generations": 4, "max_completion_length": 8, "bf16": False}
        return trl.GRPOTrainer(
            model=saved(f"{output_dir}/model"),
            reward_funcs=reward,
            args=trl.GRPOConfig(output_dir=output_dir, **{**usual, "max_steps": 20, **arguments, **overrides}),
            train_dataset=completions().select_columns(["prompt"]),
            processing_class=tokenizer(),
        )

    return make_trainer


def reward_model(kind: Any = None, **arguments: Any) -> Callable[..., Any]:
    """A function that makes a trainer of a reward model, of this kind or of TRL's own."""

    def make_trainer(output_dir: str, **overrides: Any) -> Any:
        import trl
        from test_trl import preferences, tokenizer

        llama().save_pretrained(f"{output_dir}/model")
        usual = {"per_device_train_batch_size": 4, "bf16": False, "max_length": 32, "max_steps": 20}
        return (kind or trl.RewardTrainer)(
            model=f"{output_dir}/model",
            args=trl.RewardConfig(output_dir=output_dir, **{**usual, **arguments, **overrides}),
            train_dataset=preferences(),
            processing_class=tokenizer(),
        )

    return make_trainer
