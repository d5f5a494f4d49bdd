"""A tokenizer of any kind, asked for the same few things: texts as ids, ids as texts, the special tokens."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Words:
    """A tokenizer behind one face. None of what it is asked raises: what it cannot tell is empty."""

    def __init__(self, tokenizer: Any, model: Any = None) -> None:  # noqa: ANN401  the user's tokenizer and model
        self.tokenizer = getattr(tokenizer, "tokenizer", None) or tokenizer  # a processor holds one
        self._model = model
        self.eos = self._id("eos")
        self.bos = self._id("bos")
        self.pad = self._id("pad")

    def _id(self, name: str) -> int | None:
        places = (self.tokenizer, getattr(self._model, "config", None))
        for place in places:
            for attribute in (f"{name}_token_id", f"{name}_id", f"{name}_idx", name, name.upper()):
                found = getattr(place, attribute, None)
                if isinstance(found, int) and not isinstance(found, bool):
                    return found
                if isinstance(found, list | tuple) and found and isinstance(found[0], int):
                    return int(found[0])
        return None

    @property
    def ends(self) -> frozenset[int]:
        """All tokens that can end an answer: the tokenizer's, and those that the model stops at."""
        found = {self.eos}
        for place in ("generation_config", "config"):
            one = getattr(getattr(self._model, place, None), "eos_token_id", None)
            found |= set(one) if isinstance(one, list | tuple) else {one}
        return frozenset(one for one in found if isinstance(one, int))

    @property
    def specials(self) -> frozenset[int]:
        """Tokens that stand for no text."""
        listed = getattr(self.tokenizer, "all_special_ids", None) or ()
        added = getattr(self.tokenizer, "added_tokens_decoder", None) or {}
        special = [key for key, one in added.items() if getattr(one, "special", False)] if _is_mapping(added) else []
        found = {*listed, *special, self.eos, self.bos, self.pad}
        return frozenset(one for one in found if isinstance(one, int))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of these tokens, special ones left out; "" where there is no tokenizer."""
        return self.spell([one for one in ids if one not in self.specials])

    def spell(self, ids: Sequence[int]) -> str:
        """The text of these tokens, special ones included."""
        if self.tokenizer is None:
            return ""
        try:
            return str(self.tokenizer.decode(list(ids)))
        except Exception:  # noqa: BLE001  a guest's tokenizer
            return ""

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, special ones left out where the tokenizer lets us."""
        for call in (self._called, self._encoded):
            try:
                return [int(one) for one in call(text) if int(one) not in self.specials]
            except Exception:  # noqa: BLE001, S112  a guest's tokenizer: the next way to ask
                continue
        return []

    def _called(self, text: str) -> Any:  # noqa: ANN401  whatever the tokenizer gives
        found = self.tokenizer(text)
        return found["input_ids"] if _is_mapping(found) or hasattr(found, "keys") else found

    def _encoded(self, text: str) -> Any:  # noqa: ANN401  whatever the tokenizer gives
        found = self.tokenizer.encode(text)
        return getattr(found, "ids", found)

    def round_trip(self, text: str) -> str:
        """The text as it comes back from the tokenizer: what it normalises is no fault of the labels."""
        ids = self.encode(text)
        return self.decode(ids) if ids else ""

    def pieces(self, ids: Iterable[int]) -> dict[int, str]:
        """How each of these tokens reads by itself."""
        return {one: self.spell([one]) or f"#{one}" for one in set(ids)}


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)
