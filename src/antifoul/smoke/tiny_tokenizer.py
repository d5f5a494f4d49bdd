"""A tokenizer that needs no network: bytes, a few merges, distinct special tokens, a chat template."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from antifoul.smoke.tiny_rows import sft

_VOCABULARY = 320
_SPECIAL = {"pad_token": "<|pad|>", "bos_token": "<|begin|>", "eos_token": "<|end|>", "unk_token": "<|unknown|>"}
# What a trained assistant says stands in {% generation %}: tokenizers then tell which tokens are its own.
_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}"
    "<|assistant|>{% generation %}{{ message['content'] }}{{ eos_token }}{% endgeneration %}"
    "{% else %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}{{ eos_token }}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|tool|>")
# What programs ask of the tokenizers of published chat models, each one token there.
CHAT = (
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|begin_of_text|>", "<|end_of_text|>"),
    *("<|start_header_id|>", "<|end_header_id|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>"),
    *("<s>", "</s>", "<unk>", "[INST]", "[/INST]", "<|finetune_right_pad_id|>", "<think>", "</think>"),
)


def tiny_tokenizer(texts: Iterable[str] = (), also: Iterable[str] = ()) -> Any:  # noqa: ANN401  of transformers
    """A fast tokenizer of transformers that can write and read any text, with merges learned from some.

    Padding, beginning and end have tokens of their own, and encoding adds none of them. `also` are more special tokens.
    """
    from tokenizers import (  # noqa: PLC0415  the user's own, like transformers
        AddedToken,
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
        trainers,
    )
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    words = dict.fromkeys((*_SPECIAL.values(), *_ROLES, *also))
    special = [AddedToken(one, special=True, normalized=False) for one in words]
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY + len(special) - len((*_SPECIAL, *_ROLES)),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bare.train_from_iterator(list(texts) or ["What is two plus three? It is 5."], trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=bare, model_max_length=1024, **_SPECIAL)
    made.chat_template = _TEMPLATE
    return made


def usual(also: Iterable[str] = ()) -> Any:  # noqa: ANN401  see above
    """The tiny tokenizer with merges learned from the tiny data."""
    rows = sft(Path())
    return tiny_tokenizer((one["content"] for row in rows for one in row["messages"]), also)
