"""Tokens that were added to the vocabulary: has the model a row for them, and is it trained?"""

from collections.abc import Iterable, Mapping
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.tokens import Added
from antifoul.smoke.adapters import Program
from antifoul.smoke.words import Words

_FRESH = 0.3  # of the usual distance between embeddings: a resize fills in their mean


def record(program: Program, _seed: int) -> Added | Unjudged:
    """The added tokens in use, or why they cannot be told."""
    tokenizer = program.tokenizer
    if tokenizer is None:
        return Unjudged("no tokenizer", "tokenizer = ...  # beside model")
    words = Words(tokenizer, program.model)
    embedding = _embedding(program.model)
    if embedding is None:
        return Unjudged("the model has no embeddings of tokens")
    used = _used(program, words)
    rows = int(embedding.weight.shape[0])
    added = _added(words.tokenizer)
    beyond = sorted(one for one in used if one >= rows)
    size = getattr(words.tokenizer, "vocab_size", None)
    new = [one for one in added if one in used and one < rows and isinstance(size, int) and one >= size]
    frozen = [] if _is_trained(embedding) else new
    return Added(
        beyond=tuple((one, words.spell([one])) for one in beyond),
        rows=rows,
        frozen=tuple((one, words.spell([one])) for one in frozen),
        fresh=tuple(one for one in frozen if _is_fresh(embedding.weight.detach(), one)),
    )


def _embedding(model: Any) -> Any:  # noqa: ANN401  a torch module or None
    import torch

    ask = getattr(model, "get_input_embeddings", None)
    try:
        found = ask() if callable(ask) else None
    except Exception:  # noqa: BLE001  a guest's model
        found = None
    if hasattr(found, "weight"):
        return found
    many = [one for one in model.modules() if isinstance(one, torch.nn.Embedding)]
    return max(many, key=lambda one: one.num_embeddings, default=None)


def _is_trained(embedding: Any) -> bool:  # noqa: ANN401  a torch module
    """Its weight is trained, or a copy or some rows of it are (modules_to_save, trainable tokens)."""
    return any(one.requires_grad for one in embedding.parameters())


def _used(program: Program, words: Words) -> set[int]:
    """The token ids of the data: as the model saw them, and as the tokenizer makes them of the examples."""
    found: set[int] = set()
    for raw in program.examples():
        values = raw.values() if isinstance(raw, Mapping) else ()
        for value in values:
            if isinstance(value, str):
                found |= set(_ids(words, value))
            elif isinstance(value, Iterable):
                found |= {one for one in value if isinstance(one, int) and not isinstance(one, bool) and one >= 0}
    return found


def _ids(words: Words, text: str) -> list[int]:
    for ask in (words.tokenizer, getattr(words.tokenizer, "encode", None)):
        try:
            ids = ask(text)  # type: ignore[misc]  # the next way is tried where it is none
        except Exception:  # noqa: BLE001, S112  a guest's tokenizer
            continue
        ids = ids["input_ids"] if hasattr(ids, "keys") else getattr(ids, "ids", ids)
        return [int(one) for one in ids]
    return []


def _added(tokenizer: Any) -> set[int]:  # noqa: ANN401  the user's tokenizer
    ask = getattr(tokenizer, "get_added_vocab", None)
    found = ask() if callable(ask) else {}
    return set(found.values()) if isinstance(found, Mapping) else set()


def _is_fresh(weight: Any, row: int) -> bool:  # noqa: ANN401  a torch tensor
    """The row is zero, or nearly the mean of the others."""
    others = weight.double()
    mean = others.mean(0)
    usual = float((others - mean).norm(dim=1).median())
    return not float(others[row].norm()) or float((others[row] - mean).norm()) < _FRESH * usual
