"""What a training step trains: the tokens that the model saw, and what each position was pushed to predict."""

from collections.abc import Mapping
from typing import NamedTuple


class Target(NamedTuple):
    """A position whose logits got a gradient."""

    at: int  # the position of the logits, from 0
    token: int  # the one that they are pushed to, or away from
    weight: float  # how strongly; negative: away from the token


class Row(NamedTuple):
    """One sequence of a batch as the model saw it."""

    ids: tuple[int, ...]
    attended: tuple[bool, ...] | None  # None: no attention mask was given
    targets: tuple[Target, ...]
    wanted: tuple[int, ...] | None = None  # the tokens that the data set's own labels or masks want to be learnt
    example: int | None = None  # the number of the example that it was made of
    text: str = ""  # of the attended tokens, special ones left out
    trained: str = ""  # of the target tokens, special ones left out

    @property
    def real(self) -> tuple[int, ...]:
        """The positions that are attended: all, where no mask was given."""
        return tuple(at for at in range(len(self.ids)) if self.attended is None or self.attended[at])


class Example(NamedTuple):
    """One answer of the user's examples as text, as it comes back from the tokenizer."""

    kind: str  # "completion", "chosen", "rejected", "messages", "text"
    prompt: str
    answers: tuple[str, ...]  # one, but for a conversation
    asked: tuple[str, ...] = ()  # of a conversation: what others than the assistant say
    number: int = 0  # of the user's example that it is of

    @property
    def answer(self) -> str:
        """All that is answered."""
        return "".join(self.answers)


class Targets(NamedTuple):
    """The rows of one training step."""

    rows: tuple[Row, ...]
    pieces: Mapping[int, str]  # how a token reads; empty without a tokenizer
    ends: frozenset[int]  # tokens that end an answer
    bos: int | None
    pad: int | None
    specials: frozenset[int]
    examples: tuple[Example, ...] = ()
    train_on: str = ""  # what the program declares: "completion", "assistant", "all"; "" where it does not
    task: str = "sft"  # or "preference", "reinforcement", "reward"
    trainer: str = ""  # the class of the Trainer, "" for a plain loop

    @property
    def shift(self) -> int | None:
        """How far ahead of its position the token lies that it is trained on: 1, if right; None if none fits."""
        votes = dict.fromkeys((1, 0, 2, -1), 0)
        for row in self.rows:
            for target in row.targets:
                for ahead in votes:
                    votes[ahead] += 0 <= target.at + ahead < len(row.ids) and row.ids[target.at + ahead] == target.token
        total = sum(len(row.targets) for row in self.rows)
        best = max(votes, key=lambda ahead: votes[ahead])
        return best if total and votes[best] > 0.8 * total else None

    def read(self, ids: tuple[int, ...] | list[int]) -> str:
        """These tokens as text to show."""
        if not self.pieces:
            return " ".join(map(str, ids))
        return "".join(self.pieces.get(one, f"#{one}") for one in ids)


def squashed(text: str) -> str:
    """A text without white space: tokenizers disagree about it."""
    return "".join(text.split())
