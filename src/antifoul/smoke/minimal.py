"""A config cut to a run on the spot: tiny model, data and steps, put in place of its own keys.

Only keys that are there are changed, so that a config that its program refuses stays refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_STEPS = 3


def _nothing(_: str) -> bool:
    return False


class StandIns(NamedTuple):
    """What takes the place of models, data and output: paths. Data that `has` is true of is there, and stays."""

    model: str
    data: str
    out: str
    has: Callable[[str], bool] = _nothing


class Cut(NamedTuple):
    """A config after the cut, and what was changed: "key: old -> new"."""

    config: Any
    changes: tuple[str, ...]


_MODELS = {
    "model_name_or_path", "model_name", "base_model", "model_path", "pretrained_model_name_or_path", "model_id",
    "pretrain", "pretrained", "ref_model", "reference_model", "reward_model", "reward_pretrain", "teacher_model",
    "tokenizer", "tokenizer_name", "tokenizer_name_or_path", "tokenizer_path", "processor", "base_model_config",
    "reward_model_path", "sft_model_path", "ref_model_name_or_path", "model_name_or_id",
}  # fmt: skip
_DATA = {
    "dataset_name", "dataset", "dataset_path", "data_path", "train_file", "train_files", "train_data", "eval_file",
    "train_dataset", "eval_dataset", "val_files", "validation_file", "dataset_id", "prompt_data",
    "dataset_name_or_path",
}  # fmt: skip
_OUT = {"output_dir", "out_dir", "save_dir", "save_path", "logging_dir", "ckpt_path", "log_dir"}
_GONE = {
    "deepspeed", "fsdp", "fsdp_config", "device_map", "quantization_config", "quantization_bit",
    "resume_from_checkpoint", "dataset_config", "dataset_config_name", "adapter_name_or_path", "model_revision",
    "tokenizer_revision", "hub_model_id",
}  # fmt: skip
_OFF = {
    "bf16", "fp16", "tf32", "pure_bf16", "bf16_full_eval", "fp16_full_eval", "load_in_4bit", "load_in_8bit", "use_vllm",
    "compile", "torch_compile", "use_liger_kernel", "use_liger", "use_unsloth", "push_to_hub", "use_wandb", "wandb_log",
    "load_best_model_at_end", "auto_find_batch_size", "flash_attention", "use_flash_attn", "predict_with_generate",
    "dataloader_pin_memory", "dataloader_persistent_workers", "enable_activation_offloading",
}  # fmt: skip
_SET: Mapping[str, Any] = {
    "report_to": "none",
    "attn_implementation": "eager",
    "flash_attn": "disabled",
    "save_strategy": "no",
    "eval_strategy": "no",
    "evaluation_strategy": "no",
    "logging_steps": 1,
    "num_train_epochs": 1,
    "num_epochs": 1,
    "dataloader_num_workers": 0,
    "dataloader_prefetch_factor": None,
    "num_workers": 0,
    "dataset_num_proc": None,
    "preprocessing_num_workers": None,
    "device": "cpu",
}
_PRECISIONS = {"dtype", "torch_dtype", "precision", "compute_dtype", "param_dtype", "model_dtype"}
_AT_MOST: Mapping[str, int] = {
    **dict.fromkeys(("max_steps", "total_steps", "max_iters", "train_iters", "max_train_steps"), _STEPS),
    **dict.fromkeys(("max_steps_per_epoch", "max_samples", "lr_decay_iters"), 24),
    **dict.fromkeys(("per_device_train_batch_size", "per_device_eval_batch_size", "micro_batch_size"), 2),
    **dict.fromkeys(("batch_size", "train_batch_size", "eval_batch_size", "micro_train_batch_size"), 2),
    **dict.fromkeys(("gradient_accumulation_steps", "grad_accum_steps"), 2),
    **dict.fromkeys(("warmup_steps", "warmup_iters", "num_warmup_steps"), 1),
    **dict.fromkeys(("max_length", "max_seq_length", "max_seq_len", "cutoff_len", "sequence_len", "seq_length"), 256),
    **dict.fromkeys(("block_size", "context_length", "max_prompt_length", "model_max_length", "max_len"), 256),
    **dict.fromkeys(("max_completion_length", "max_new_tokens", "response_length", "generate_max_len"), 16),
    **dict.fromkeys(("num_generations", "n_samples_per_prompt", "num_sample_generations"), 2),
    **dict.fromkeys(("n_layer", "num_layers", "num_hidden_layers"), 2),
    **dict.fromkeys(("eval_iters",), 1),
}


def minimal(config: Any, stand_ins: StandIns) -> Cut:  # noqa: ANN401  a config as read
    """The config with its own keys cut to a run on the spot."""
    changes: list[str] = []
    return Cut(_cut(config, "", stand_ins, changes), tuple(changes))


def _cut(node: Any, path: str, stand_ins: StandIns, changes: list[str]) -> Any:  # noqa: ANN401  a part of a config
    if isinstance(node, Mapping):
        cut = {}
        for key, value in node.items():
            here = f"{path}.{key}" if path else str(key)
            new = value_for(_full(str(key), path), value, stand_ins)
            if new is _SAME:
                cut[key] = _cut(value, here, stand_ins, changes)
                continue
            cut[key] = new
            if new != value:
                changes.append(f"{here}: {_shown(value)} -> {_shown(new)}")
        return cut
    if isinstance(node, list):
        return [_cut(one, f"{path}[{number}]", stand_ins, changes) for number, one in enumerate(node)]
    return node


_SAME = object()
_WITHIN = {
    **dict.fromkeys(("data", "dataset", "datasets", "train_data", "train_dataset", "eval_dataset"), "dataset"),
    **dict.fromkeys(("model", "tokenizer", "ref_model", "policy", "actor"), "model"),
}
_NAMES = {"path", "name", "id", "name_or_path", "repo", "repo_id", "source", "hf_path", "train", "files"}


def _full(key: str, path: str) -> str:
    """The key, or where it is as plain as `path`, what it is the path of."""
    around = _WITHIN.get(path.rpartition(".")[2].partition("[")[0].lower())
    return around if around is not None and key.lower() in _NAMES else key


def value_for(key: str, value: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401  see above
    """What a key of that name gets in place of its value; `_SAME` where the name says nothing."""
    name = key.replace("-", "_").lower()
    if isinstance(value, Mapping) and name not in _GONE:
        return _SAME
    path = next((path for names, path in _places(stand_ins) if name in names), None)
    if path is not None:
        there = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        kept = name in _DATA and there and all(map(stand_ins.has, there))
        return _SAME if kept else _stand_in(value, path)
    if name in _GONE or name in _SET:
        return _SET.get(name)
    if name in _PRECISIONS:
        return _full_precision(value)
    return _number_for(name, value)


def _full_precision(value: Any) -> Any:  # noqa: ANN401  see above
    """Single precision, spelled as the config spells its own."""
    prefix, _, kind = str(value).rpartition(".")
    if str(value) == "16":  # bits
        return type(value)(32)
    if kind.lower() in {"bf16", "fp16"}:
        return "fp32"
    if kind.lower().endswith(("-mixed", "-true")):
        return "32-true"
    if kind.lower() in {"bfloat16", "float16", "half", "auto"}:
        return f"{prefix}.float32" if prefix else "float32"
    return _SAME


def _places(stand_ins: StandIns) -> tuple[tuple[set[str], str], ...]:
    return ({*_MODELS, "model"}, stand_ins.model), (_DATA, stand_ins.data), (_OUT, stand_ins.out)


def _number_for(name: str, value: Any) -> Any:  # noqa: ANN401  see above
    if isinstance(value, bool):
        return False if name in _OFF else _SAME
    if name in _AT_MOST and isinstance(value, int):
        return _AT_MOST[name] if value > _AT_MOST[name] or value < 0 else value
    if name == "optim" and isinstance(value, str) and any(word in value for word in ("bit", "paged", "fused")):
        return "adamw_torch"
    return _SAME


def _stand_in(value: Any, path: str) -> Any:  # noqa: ANN401  see above
    if isinstance(value, str):
        return path
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return [path]
    return _SAME


def _shown(value: Any) -> str:  # noqa: ANN401  see above
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def overridden(config: Any, overrides: Mapping[str, Any]) -> Any:  # noqa: ANN401  a config as read
    """The config with dotted keys set; mappings on the way are made where there are none."""
    for path, value in overrides.items():
        *parents, last = path.split(".")
        node = config
        for part in parents:
            if not isinstance(node.get(part), dict):
                node[part] = {}
            node = node[part]
        node[last] = value
    return config
