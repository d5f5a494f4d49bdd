"""A model with random weights, small enough for a step in milliseconds, of the architecture that is asked for.

On disk, because trainers load a reference model or a second copy by path.
"""

import contextlib
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from antifoul.smoke.building import BuildError, told
from antifoul.smoke.tiny_tokenizer import usual

_HEADS = 2
_HEAD = 16
_WIDTH = _HEADS * _HEAD
_FEED = 2 * _WIDTH
# What each size of an architecture becomes. Names as transformers' configs have them.
_SIZES: Mapping[str, int] = {
    **dict.fromkeys(("num_hidden_layers", "n_layer", "n_layers", "num_layers"), 2),
    **dict.fromkeys(("encoder_layers", "decoder_layers", "num_decoder_layers", "depth"), 2),
    **dict.fromkeys(("hidden_size", "n_embd", "d_model", "dim", "embed_dim", "word_embed_proj_dim"), _WIDTH),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), _HEADS),
    **dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), _HEADS),
    **dict.fromkeys(("intermediate_size", "ffn_dim", "d_ff", "ffn_hidden_size", "n_inner"), _FEED),
    **dict.fromkeys(("encoder_ffn_dim", "decoder_ffn_dim", "shared_expert_intermediate_size"), _FEED),
    **dict.fromkeys(("moe_intermediate_size",), _WIDTH),
    **dict.fromkeys(("head_dim", "d_kv", "v_head_dim"), _HEAD),
    **dict.fromkeys(("qk_nope_head_dim", "qk_rope_head_dim"), _HEAD // 2),
    **dict.fromkeys(("q_lora_rank", "kv_lora_rank"), _HEAD),
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts"), 4),
    **dict.fromkeys(("n_group", "topk_group", "first_k_dense_replace", "n_shared_experts"), 1),
}
_AT_MOST: Mapping[str, int] = {
    "num_experts_per_tok": 2,
    "max_position_embeddings": 1024,
    "n_positions": 1024,
    "n_ctx": 1024,
    "sliding_window": 64,
    "max_window_layers": 1,
}
_SPARE = 64  # the vocabulary is a multiple, as that of published models: a few added tokens have a row
_DROPPED = ("quantization_config", "rope_scaling", "auto_map", "pretraining_tp")
_FAMILIES = {"llama": "LlamaConfig", "gpt2": "GPT2Config", "qwen2": "Qwen2Config", "mistral": "MistralConfig"}


class TinyModel(str):
    """The folder of a tiny model, as a path; called, that of another one."""

    __slots__ = ("_folder",)
    _folder: Callable[[], Path]

    def __new__(cls, folder: Callable[[], Path]) -> Self:
        """The usual one, written into a folder of its own."""
        made = super().__new__(cls, tiny_model(folder()))
        made._folder = folder
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """A copy is a plain path."""
        return str, (str(self),)

    def __call__(self, like: Any = "llama", tokenizer: Any = None) -> str:  # noqa: ANN401  see tiny_model
        """The folder of another one, see `tiny_model`."""
        return tiny_model(self._folder(), like, tokenizer)


def tiny_model(folder: Path, like: Any = "llama", tokenizer: Any = None) -> str:  # noqa: ANN401  see below
    """The folder of a tiny model and its tokenizer.

    Args:
        folder: where it is written.
        like: "llama", "gpt2", ...; a folder, or a hub id in the local cache; a config; or a model.
        tokenizer: a tokenizer or where it is found; None is that of `like` where it has one, else a tiny one.

    Raises:
        BuildError: the architecture or the tokenizer cannot be had here.
    """
    import torch

    words = _tokenizer(like, tokenizer)
    config = shrunk(_config(like), words)
    kept = torch.get_rng_state()
    try:
        torch.manual_seed(0)
        model = _class_of(config)(config).to(torch.float32)
    except Exception as problem:  # whatever an architecture has against its new size
        raise BuildError(f"a {type(config).__name__} cannot be made tiny: {told(problem)}") from problem
    finally:
        torch.set_rng_state(kept)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    _told_to_others(words, folder / "tokenizer_config.json")
    return str(folder)


def _told_to_others(words: Any, file: Path) -> None:  # noqa: ANN401  a tokenizer
    """Have the chat template where other programs than transformers look for it, without what is transformers' own."""
    template = getattr(words, "chat_template", None)
    if not isinstance(template, str) or not file.is_file():
        return
    config = json.loads(file.read_text(encoding="utf-8"))
    plain = template.replace("{% generation %}", "").replace("{% endgeneration %}", "")
    file.write_text(json.dumps({"chat_template": plain, **config}, indent=1, ensure_ascii=False), encoding="utf-8")


def _tokenizer(like: Any, asked: Any) -> Any:  # noqa: ANN401  see tiny_model
    import transformers

    if asked is not None and not isinstance(asked, str | Path):
        return asked
    if asked is not None:
        return loaded(transformers.AutoTokenizer, str(asked))
    if isinstance(like, str | Path) and str(like) not in _FAMILIES:
        try:
            return loaded(transformers.AutoTokenizer, str(like))
        except BuildError:
            pass  # a folder with a config alone
    return usual()


def _config(like: Any) -> Any:  # noqa: ANN401  see tiny_model
    import transformers

    if isinstance(like, str) and like in _FAMILIES:
        return getattr(transformers, _FAMILIES[like])()
    if isinstance(like, str | Path):
        return loaded(transformers.AutoConfig, str(like))
    return copy.deepcopy(getattr(like, "config", like))


def loaded(auto: Any, name: str) -> Any:  # noqa: ANN401  one of transformers' Auto classes
    """What the Auto class loads from a folder, or by hub id from the local cache: nothing is fetched.

    Raises:
        BuildError: it is not there; the message has the line that fetches it.
    """
    try:
        return auto.from_pretrained(name, local_files_only=True)
    except Exception as problem:
        what = "a config" if "Config" in auto.__name__ else "a tokenizer"
        if Path(name).is_dir():
            raise BuildError(f"{name} holds no {what[2:]} that can be read: {told(problem)}") from problem
        files = "config.json" if "Config" in auto.__name__ else '--include "*token*" "*.json" "*.jinja"'
        raise BuildError(
            f"{what} named {name!r} is neither a folder nor in the local cache: fetch it with: "
            f"hf download {name} {files}"
        ) from problem


def shrunk(config: Any, tokenizer: Any) -> Any:  # noqa: ANN401  of transformers
    """The config with few layers and little width, for this tokenizer's vocabulary; parts of it likewise."""
    for part in _parts(config):
        _shrink(part)
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    for part in {id(config): config, id(text): text}.values():
        for name, value in (
            ("vocab_size", _SPARE * (len(tokenizer) // _SPARE + 1)),
            ("bos_token_id", tokenizer.bos_token_id),
            ("eos_token_id", tokenizer.eos_token_id),
            ("pad_token_id", tokenizer.pad_token_id),
        ):
            if hasattr(part, name):
                setattr(part, name, value)
    return config


def _parts(config: Any) -> Iterator[Any]:  # noqa: ANN401  of transformers
    yield config
    for value in vars(config).values():
        if hasattr(value, "to_dict") and hasattr(value, "model_type"):
            yield from _parts(value)


def _shrink(part: Any) -> None:  # noqa: ANN401  of transformers
    for name in _DROPPED:
        if getattr(part, name, None) is not None:
            with contextlib.suppress(Exception):  # a few are computed from others
                delattr(part, name)
    keys, heads = _number(part, "num_key_value_heads"), _number(part, "num_attention_heads")
    wanted = dict(_SIZES) | ({"num_key_value_heads": 1 if keys == 1 or keys < heads else _HEADS} if keys else {})
    wanted |= {name: most for name, most in _AT_MOST.items() if _number(part, name) > most}
    for name, size in wanted.items():
        if _number(part, name) > 0:
            setattr(part, name, size)
    if _number(part, "qk_rope_head_dim"):
        part.head_dim = part.qk_rope_head_dim  # of DeepSeek's attention, the part that is turned
    for name in ("layer_types", "mlp_layer_types"):
        if isinstance(kinds := getattr(part, name, None), list):
            setattr(part, name, _both(kinds))
    for name in ("dtype", "torch_dtype"):
        if name in vars(part):
            setattr(part, name, None)


def _both(kinds: list[str]) -> list[str]:
    """Two layers, of different kinds where there are different ones."""
    other = next((one for one in kinds if one != kinds[0]), kinds[0])
    return [kinds[0], other]


def _number(part: Any, name: str) -> int:  # noqa: ANN401  of transformers
    value = getattr(part, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _class_of(config: Any) -> Any:  # noqa: ANN401  of transformers
    import transformers

    for name in getattr(config, "architectures", None) or ():
        if hasattr(transformers, name):
            return getattr(transformers, name)
    auto = transformers.AutoModelForCausalLM
    return auto.from_config
