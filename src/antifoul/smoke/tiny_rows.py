"""Tiny data: rows that a run on the spot can learn from, in the shapes that training code asks for."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_COUNT = 24
_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine")


class Rows(list[Row]):
    """Rows as a plain list, which can also be had as files that `datasets.load_dataset` reads, and in other shapes."""

    def __init__(self, rows: Sequence[Row], folder: Path, name: str) -> None:
        super().__init__(rows)
        self._folder = folder
        self._name = name

    @property
    def path(self) -> str:
        """A folder with train.jsonl and test.jsonl, written at first use."""
        folder = self._folder / self._name
        if not folder.is_dir():
            folder.mkdir(parents=True)
            for split, rows in (("train", self), ("test", self[:4])):
                lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
                (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
        return str(folder)

    @property
    def file(self) -> str:
        """The training rows as one JSON Lines file."""
        return str(Path(self.path) / "train.jsonl")

    def shaped(self, shape: str) -> "Rows":
        """The same rows in another shape, see SHAPES.

        Raises:
            ValueError: there is no such shape, or it needs a column that these rows do not have.
        """
        if shape not in SHAPES:
            raise ValueError(f"there is no shape {shape!r}: there are {', '.join(SHAPES)}")
        try:
            return Rows([SHAPES[shape](row) for row in self], self._folder, f"{self._name}-{shape}")
        except KeyError as missing:
            raise ValueError(f"{self._name} has no {missing.args[0]!r}, which the shape {shape!r} needs") from None


def _facts(seed: int = 0) -> Iterator[tuple[str, str, str]]:
    """Questions, each with its right answer and a wrong one, of different lengths."""
    for number in range(_COUNT):
        left, right = number % 8, (3 * number + 1 + seed) % 8
        question = f"What is {_NAMES[left]} plus {_NAMES[right]}?"
        total = left + right + 4
        answers = (f"{total}.", f"It is {total}.", f"{_NAMES[left]} plus {_NAMES[right]} is {total}.")
        yield question, answers[number % 3], f"It is {total + 1 + number % 5}, I think."


def _said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def sft(folder: Path) -> Rows:
    """Conversations of a question and an answer, in `messages`."""
    rows = [{"messages": [_said("user", one), _said("assistant", good)]} for one, good, _ in _facts()]
    return Rows(rows, folder, "tiny_sft")


def preferences(folder: Path) -> Rows:
    """Conversations with `prompt`, `chosen` and `rejected`."""
    rows = [
        {
            "prompt": [_said("user", one)],
            "chosen": [_said("assistant", good)],
            "rejected": [_said("assistant", bad)],
        }
        for one, good, bad in _facts()
    ]
    return Rows(rows, folder, "tiny_preferences")


def prompts(folder: Path) -> Rows:
    """Conversations to be answered, in `prompt`, each with its `solution`."""
    rows = [{"prompt": [_said("user", one)], "solution": good, "answer": good} for one, good, _ in _facts()]
    return Rows(rows, folder, "tiny_prompts")


def _prompt(row: Row) -> str:
    said = row["prompt"] if "prompt" in row else row["messages"][:1]
    return str(said[0]["content"])


def _answer(row: Row, name: str = "chosen") -> str:
    if name == "chosen" and "messages" in row:
        return str(row["messages"][-1]["content"])
    return str(row[name][-1]["content"])


SHAPES: Mapping[str, Callable[[Row], Row]] = {
    "messages": lambda row: {"messages": [_said("user", _prompt(row)), _said("assistant", _answer(row))]},
    "text": lambda row: {"text": f"{_prompt(row)} {_answer(row)}"},
    "prompt": lambda row: {"prompt": _prompt(row), "completion": " " + _answer(row)},
    "alpaca": lambda row: {"instruction": _prompt(row), "input": "", "output": _answer(row)},
    "sharegpt": lambda row: {
        "conversations": [{"from": "human", "value": _prompt(row)}, {"from": "gpt", "value": _answer(row)}]
    },
    "plain": lambda row: {
        **{name: " " + _answer(row, name) for name in ("chosen", "rejected") if name in row},
        **{name: value for name, value in row.items() if isinstance(value, str)},
        "prompt": _prompt(row),
    },
    "pairs": lambda row: {name: [*row["prompt"], *row[name]] for name in ("chosen", "rejected")},
}
