"""added-tokens."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.tokens import Added
from antifoul.rules.registry import rule
from antifoul.rules.telling import told


@rule("added-tokens", severity="error", cost="run")
def added_tokens(added: Added) -> Iterator[Hit]:
    """A token that was added to the vocabulary and that the model cannot learn.

    Without a resize its id lies beyond the embeddings, which stops on a CPU and reads foreign memory elsewhere. With
    adapters the embeddings are frozen, so that a new token stays the average word that the resize made of it.

    The tokens of the data are looked up in the model's embeddings. Added tokens with frozen embeddings fail where the
    row is still what a resize makes, and are warned about otherwise: a chat model has learnt its own.

    Bad::

        tokenizer.add_tokens(["<tool>"])
        model = get_peft_model(model, LoraConfig(...))

    Good::

        tokenizer.add_tokens(["<tool>"])
        model.resize_token_embeddings(len(tokenizer))
        model = get_peft_model(model, LoraConfig(..., modules_to_save=["embed_tokens", "lm_head"]))
    """
    if added.beyond:
        number, text = added.beyond[0]
        yield told(
            f"{len(added.beyond)} tokens of the data have no embedding",
            f"where: token {text!r} has id {number}, and the model has {added.rows} rows",
            "likely cause: tokens were added, and the model was not resized",
            "fix: model.resize_token_embeddings(len(tokenizer))",
        )
    fresh = [text for number, text in added.frozen if number in added.fresh]
    if fresh:
        yield told(
            f"{len(fresh)} added tokens are not trained",
            f"tokens: {', '.join(map(repr, fresh[:6]))}: their embeddings are frozen, and are what a resize made",
            "likely cause: adapters leave the embeddings frozen",
            "seen in: LLaMA-Factory (PR 10547)",
            'fix: modules_to_save=["embed_tokens", "lm_head"], or trainable_token_indices',
        )
    elif added.frozen:
        yield told(
            f"{len(added.frozen)} added tokens have frozen embeddings",
            f"tokens: {', '.join(repr(text) for _, text in added.frozen[:6])}",
            "likely cause: the base model knows them already, or adapters leave the embeddings frozen",
            'fix: none, if the base has learnt them; else modules_to_save=["embed_tokens", "lm_head"]',
            severity="warning",
        )
