"""What {tiny_model}, {tiny_sft} and their like stand for in a command, a config or an override."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from antifoul.smoke.building import BuildError
from antifoul.smoke.minimal import StandIns
from antifoul.smoke.minimal_file import is_here, minimal_file
from antifoul.smoke.tiny_model import tiny_model
from antifoul.smoke.tiny_rows import Rows, preferences, prompts, sft
from antifoul.smoke.tiny_tokenizer import CHAT, usual

_HOLDER = re.compile(r"\{(tiny_model|tiny_tokenizer|tiny_sft|tiny_preferences|tiny_prompts|config|tmp)(?::([^{}]+))?\}")
_ROWS: Mapping[str, Callable[[Path], Rows]] = {
    "tiny_sft": sft,
    "tiny_preferences": preferences,
    "tiny_prompts": prompts,
}


class Placeholders:
    """Fills them, each made once, in a folder. `config` is the file that {config} is cut from."""

    def __init__(self, folder: Path, config: str, overrides: Mapping[str, Any]) -> None:
        self._folder = folder
        self._config = config
        self._overrides = overrides
        self._made: dict[tuple[str, str], str] = {}
        self.examples: list[Any] = []  # the rows that were asked for
        self.changes: tuple[str, ...] = ()  # what was cut in the config

    def fill(self, value: Any) -> Any:  # noqa: ANN401  a text, or what holds texts
        """The value with every placeholder in its texts filled.

        Raises:
            BuildError: one of them cannot be had.
        """
        if isinstance(value, str):
            return _HOLDER.sub(lambda found: self._one(found[1], found[2] or ""), value)
        if isinstance(value, Mapping):
            return {key: self.fill(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(one) for one in value]
        return value

    def _one(self, name: str, shape: str) -> str:
        if (name, shape) not in self._made:
            self._made[name, shape] = self._make(name, shape)
        return self._made[name, shape]

    def _make(self, name: str, shape: str) -> str:
        if name == "tmp":
            return str(self._folder / "out")
        if name == "config":
            return self._minimal(shape or self._config)
        if name in _ROWS:
            return self._rows(name, shape)
        try:
            words = usual(CHAT) if shape.isalnum() or not shape else None  # those of a family or of none
            return tiny_model(self._folder / f"tiny-{len(self._made)}", shape or "llama", words)
        except ImportError as problem:
            raise BuildError(f"{{{name}}} needs transformers: {problem}") from problem

    def _rows(self, name: str, shape: str) -> str:
        rows = _ROWS[name](self._folder)
        shape, _, ending = shape.partition(".")
        try:
            rows = rows.shaped(shape) if shape else rows
        except ValueError as problem:
            raise BuildError(f"{{{name}:{shape}}}: {problem}") from problem
        self.examples += list(rows)
        return rows.file if ending else rows.path

    def _minimal(self, config: str) -> str:
        if not config:
            raise BuildError("{config} names no file: write config = ... beside the script, or {config:path}")
        data = "tiny_preferences" if _is_preference(config) else "tiny_prompts" if _is_prompts(config) else "tiny_sft"
        folders = (Path.cwd(), Path(config).resolve().parent)
        here = partial(_here, folders=folders)
        stand_ins = StandIns(self._one("tiny_model", ""), self._one(data, ""), self._one("tmp", ""), here)
        cut = minimal_file(config, stand_ins, self._folder / "config", self.fill(dict(self._overrides)))
        self.changes = tuple(f"{config}: {one}" for one in cut.changes)
        return cut.path


def _here(text: str, folders: tuple[Path, ...]) -> bool:
    return is_here(text, *folders)


def _is_preference(path: str) -> bool:
    text = Path(path).read_text(encoding="utf-8", errors="replace").lower() if Path(path).is_file() else ""
    words = re.findall(r"[a-z]+", f"{Path(path).name.lower()} {text}")
    return bool({"dpo", "orpo", "kto", "simpo", "ipo", "cpo", "preference", "reward", "rm"} & set(words))


def _is_prompts(path: str) -> bool:
    return bool({"grpo", "ppo", "rloo", "reinforce"} & set(re.findall(r"[a-z]+", Path(path).name.lower())))
