"""What a script has at hand where it trains: found by kind and by name in the frames of its own code."""

import gc
import sys
import threading
from collections.abc import Iterator, Mapping
from itertools import islice
from types import SimpleNamespace
from typing import Any

from antifoul.smoke.script.notes import Notes
from antifoul.smoke.script.stage import Stage

_SETTINGS = ("args", "config", "cfg", "hparams", "script_args", "training_args", "opt", "options", "params")
_TEXT = frozenset(
    {"messages", "conversations", "prompt", "completion", "chosen", "rejected", "text", "response", "answer", "output"}
)
_FEW = 24


def found(stage: Stage, notes: Notes, tokenizer: Any, examples: list[Any]) -> SimpleNamespace:  # noqa: ANN401
    """The parts of the script's loop under the names that antifoul understands."""
    names = list(_frames(notes))
    model = stage.model()
    optimizers = list(stage.optimizers.values())
    rows = examples or _examples(names)
    preference = any("chosen" in key for key in (*_keys(stage.pulled), *_keys(rows[:1])))
    return SimpleNamespace(
        model=model,
        optimizer=optimizers[0] if len(optimizers) == 1 else optimizers,
        scheduler=_held_by(optimizers, "LRScheduler"),
        scaler=next(iter(_alive("GradScaler")), None),
        tokenizer=_tokenizer(names) or tokenizer,
        ref_model=stage.reference(model) if preference else None,
        beta=_setting(names, "beta") if preference else None,
        loss_type=_setting(names, "loss_type") if preference else None,
        dataloader=_loader(names),
        examples=rows or None,
        train_step=stage.advance,
    )


def _frames(notes: Notes) -> Iterator[Mapping[str, Any]]:
    """The names of the script's own frames, the innermost first, each followed by those of its module."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001  the only way to see them
    while frame is not None:
        if notes.of(frame.f_code.co_filename, frame.f_lineno):
            yield frame.f_locals
            yield frame.f_globals
        frame = frame.f_back


def _keys(batches: list[Any]) -> Iterator[str]:
    for batch in batches:
        if isinstance(batch, Mapping) or hasattr(batch, "keys"):
            yield from map(str, batch.keys())


def _kinds(value: object) -> set[str]:
    return {kind.__name__ for kind in type(value).__mro__}


def _alive(kind: str) -> list[Any]:
    return [one for one in gc.get_objects() if kind in {base.__name__ for base in type(one).__mro__}]


def _held_by(optimizers: list[Any], kind: str) -> Any:  # noqa: ANN401  a scheduler or None
    own = {id(one) for one in optimizers}
    return next((one for one in _alive(kind) if id(getattr(one, "optimizer", None)) in own), None)


def _tokenizer(names: list[Mapping[str, Any]]) -> Any:  # noqa: ANN401  a tokenizer or None
    for scope in names:
        for value in scope.values():
            if "PreTrainedTokenizerBase" in _kinds(value):
                return value
    return None


def _loader(names: list[Mapping[str, Any]]) -> Any:  # noqa: ANN401  a data loader or None
    loaders = {name: one for scope in names for name, one in scope.items() if "DataLoader" in _kinds(one)}
    trained = [one for name, one in loaders.items() if "train" in name.lower()]
    return trained[0] if trained else next(iter(loaders.values()), None) if len(loaders) == 1 else None


def _setting(names: list[Mapping[str, Any]], name: str) -> Any:  # noqa: ANN401  a setting or None
    for scope in names:
        if isinstance(scope.get(name), int | float | str):
            return scope[name]
        for holder in _SETTINGS:
            value = scope.get(holder)
            inner = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
            if isinstance(inner, int | float | str):
                return inner
    return None


def _examples(names: list[Mapping[str, Any]]) -> list[Any]:
    """The first rows of the data that the script has as text; empty where there is none of a known shape."""
    for scope in names:
        for value in list(scope.values()):
            is_rows = isinstance(value, list) or hasattr(value, "column_names")
            if is_rows and (rows := _rows(value)):
                return rows
    return []


def _rows(value: Any) -> list[Any]:  # noqa: ANN401  a list or a data set
    try:
        rows = list(islice(iter(value), _FEW))
    except Exception:  # noqa: BLE001  a guest's data set
        return []
    fits = rows and all(isinstance(one, Mapping) and _TEXT & one.keys() for one in rows)
    return rows if fits else []
