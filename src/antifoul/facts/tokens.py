"""Tokens that were added to a vocabulary, and columns and settings that nobody reads."""

from typing import NamedTuple


class Added(NamedTuple):
    """Tokens that the data uses, beside the embeddings that the model has for them."""

    beyond: tuple[tuple[int, str], ...]  # ids that the embeddings have no row for, and how they read
    rows: int  # of the embeddings
    frozen: tuple[tuple[int, str], ...]  # added tokens in use whose embeddings are not trained
    fresh: tuple[int, ...]  # of those, the ones whose embedding is still what a resize makes


class Columns(NamedTuple):
    """Columns of a data set that never reach the model's loss."""

    removed: tuple[str, ...]
    kept: tuple[str, ...]


class Unread(NamedTuple):
    """Keys of a configuration that nothing asked for."""

    keys: tuple[str, ...]
    total: int
