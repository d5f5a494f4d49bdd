"""The user's examples as text: prompt and completion, a conversation, a text, or a preference."""

from collections.abc import Mapping, Sequence
from typing import Any

from antifoul.facts.targets import Example
from antifoul.smoke.words import Words

_PROMPTS = ("prompt", "question", "instruction", "query", "input", "context", "source")
_ANSWERS = ("completion", "response", "answer", "output", "target")
_CHOSEN = ("chosen", "preferred", "better", "winner", "accepted", "chosen_response", "response_chosen")
_REJECTED = ("rejected", "dispreferred", "worse", "loser", "rejected_response", "response_rejected")
_ASSISTANTS = {"assistant", "gpt", "model", "bot"}
_TEXTS = ("text", "content", "document")


def fields(raw: Any) -> Mapping[str, Any]:  # noqa: ANN401  an example of any kind
    """An example's fields by their names; empty where it has none."""
    if isinstance(raw, Mapping):
        return raw
    if isinstance(raw, tuple) and hasattr(raw, "_asdict"):
        return dict(raw._asdict())
    if isinstance(raw, tuple | list) and len(raw) == 2 and all(isinstance(one, str) for one in raw):
        return {"prompt": raw[0], "completion": raw[1]}
    if isinstance(raw, str):
        return {"text": raw}
    return dict(vars(raw)) if hasattr(raw, "__dict__") else {}


def text_of(value: Any) -> str | None:  # noqa: ANN401  a field of an example
    """A field's text: itself, or what a conversation's messages say; None for anything else."""
    if isinstance(value, str):
        return value
    said = messages_of(value)
    return "".join(text for _, text in said) if said else None


def messages_of(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401  a field of an example
    """The messages of a conversation, as role and text; empty where it is none."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return []
    found = []
    for one in value:
        if not isinstance(one, Mapping):
            return []
        role = one.get("role", one.get("from"))
        text = one.get("content", one.get("value"))
        if not isinstance(role, str) or not isinstance(text, str):
            return []
        found.append((role, text))
    return found


def examples_of(raw: Any, words: Words, number: int) -> list[Example]:  # noqa: ANN401  an example of any kind
    """What an example of the user's has its model answer, as it comes back from the tokenizer.

    Two answers of a preference; none where it holds no text that is understood.
    """
    if words.tokenizer is None:
        return []
    found = {str(key).lower(): value for key, value in fields(raw).items()}
    if pair := preference_of(raw):
        asked, chosen, rejected = map(words.round_trip, pair)
        return [Example(kind, asked, (one,), (), number) for kind, one in (("chosen", chosen), ("rejected", rejected))]
    prompt = next((text for name in _PROMPTS if (text := text_of(found.get(name)))), None)
    answer = next((text for name in _ANSWERS if (text := text_of(found.get(name)))), None)
    if prompt is not None and answer is not None:
        return [Example("completion", words.round_trip(prompt), (words.round_trip(answer),), (), number)]
    if talk := next((said for said in map(messages_of, found.values()) if said), []):
        answers = tuple(words.round_trip(text) for role, text in talk if role in _ASSISTANTS)
        others = tuple(words.round_trip(text) for role, text in talk if role not in _ASSISTANTS)
        return [Example("messages", "", answers, others, number)]
    texts = [found[name] for name in _TEXTS if isinstance(found.get(name), str)]
    return [Example("text", "", (words.round_trip(texts[0]),), (), number)] if texts else []


def preference_of(raw: Any) -> tuple[str, str, str] | None:  # noqa: ANN401  an example of any kind
    """Prompt, chosen and rejected answer of a preference, None where it is none.

    Where both answers begin with the prompt, it is taken off.
    """
    found = {str(key).lower(): value for key, value in fields(raw).items()}
    chosen = next((text for name in _CHOSEN if (text := text_of(found.get(name)))), None)
    rejected = next((text for name in _REJECTED if (text := text_of(found.get(name)))), None)
    if chosen is None or rejected is None:
        return None
    prompt = next((text for name in _PROMPTS if (text := text_of(found.get(name)))), None)
    if prompt is None:
        same = _shared(found, chosen, rejected)
        return same, chosen[len(same) :], rejected[len(same) :]
    if chosen.startswith(prompt) and rejected.startswith(prompt):
        return prompt, chosen[len(prompt) :], rejected[len(prompt) :]
    return prompt, chosen, rejected


def _shared(found: Mapping[str, Any], chosen: str, rejected: str) -> str:
    """What both answers begin with: whole messages of conversations, else the characters up to the last space."""
    pairs = [messages_of(next((found[name] for name in names if name in found), ())) for names in (_CHOSEN, _REJECTED)]
    if all(pairs):
        same = [text for (_, text), (_, other) in zip(*pairs, strict=False) if text == other]
        return "".join(same)
    size = next((at for at, (one, other) in enumerate(zip(chosen, rejected, strict=False)) if one != other), 0)
    return chosen[: chosen.rfind(" ", 0, size) + 1]
