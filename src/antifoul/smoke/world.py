"""Leave the process as it was found: random numbers, environment, folder, import path, torch's defaults."""

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# No hub, no tracker, no forked tokenizer threads: a few steps on the machine at hand, and nothing told to anyone.
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "WANDB_MODE": "disabled",
    "COMET_MODE": "disabled",
    "TOKENIZERS_PARALLELISM": "false",
}
# These read the variable when they are imported and keep what they read.
_REMEMBERED = (
    ("huggingface_hub.constants", "HF_HUB_OFFLINE"),
    ("datasets.config", "HF_HUB_OFFLINE"),
)
_UNSET = object()


@contextmanager
def offline(root: Path) -> Iterator[None]:
    """While open, the repository is on the import path, and hubs and trackers are off. Nothing else is put back."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    remembered = {pair: _remembered(*pair) for pair in _REMEMBERED}
    added = [str(folder) for folder in (root, root / "src") if folder.is_dir()]
    os.environ.update(_ENVIRONMENT)
    sys.path[:0] = added
    for (module, name), value in remembered.items():
        if value is not _UNSET:
            setattr(sys.modules[module], name, True)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for folder in added:
            if folder in sys.path:
                sys.path.remove(folder)
        for (module, name), value in remembered.items():
            if module in sys.modules:
                asked = (before.get(name) or "").upper() in {"1", "ON", "YES", "TRUE"}
                setattr(sys.modules[module], name, asked if value is _UNSET else value)


@contextmanager
def restored(root: Path, seed: int) -> Iterator[None]:
    """While open, `offline` holds and random numbers start from the seed; afterwards the process is as it was."""
    kept = _Kept()
    try:
        with offline(root), _lenient():
            set_seed(seed)
            yield
    finally:
        kept.put_back()


@contextmanager
def _lenient() -> Iterator[None]:
    """While open, a warning that the user made an error is shown again: a library's deprecation is no verdict."""
    with warnings.catch_warnings():
        for number, (action, *rest) in enumerate(warnings.filters):
            if action == "error":
                warnings.filters[number] = ("default", *rest)  # type: ignore[index]  # a list, typed as a sequence
        yield


def set_seed(seed: int) -> None:
    """Start the random numbers of Python, and of numpy and torch where they are loaded, from the seed."""
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)
    if torch := _torch():
        torch.manual_seed(seed)


def _torch() -> Any:  # noqa: ANN401  the user's torch, if they loaded it
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "get_rng_state") else None


class _Kept:
    """The state of the process, to be put back."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self.folder = Path.cwd()
        self.path = list(sys.path)
        self.random = random.getstate()
        numpy = sys.modules.get("numpy")
        self.numpy = numpy.random.get_state() if numpy else None
        self.torch = _torch_state(_torch())

    def put_back(self) -> None:
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        sys.path[:] = self.path
        random.setstate(self.random)
        if self.numpy is not None:
            sys.modules["numpy"].random.set_state(self.numpy)
        if self.torch is not None:
            _put_torch_back(self.torch)


def _remembered(module: str, name: str) -> object:
    return getattr(sys.modules.get(module), name, _UNSET)


def _torch_state(torch: Any) -> dict[str, Any] | None:  # noqa: ANN401  the user's torch
    if torch is None:
        return None
    cuda = torch.cuda.is_initialized() if hasattr(torch.cuda, "is_initialized") else False
    return {
        "cpu": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if cuda else None,
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "grad": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn": torch.is_deterministic_algorithms_warn_only_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
    }


def _put_torch_back(state: dict[str, Any]) -> None:
    torch = sys.modules["torch"]
    torch.set_rng_state(state["cpu"])
    if state["cuda"] is not None:
        torch.cuda.set_rng_state_all(state["cuda"])
    torch.set_default_dtype(state["dtype"])
    if torch.get_num_threads() != state["threads"]:
        torch.set_num_threads(state["threads"])
    torch.set_grad_enabled(state["grad"])
    torch.use_deterministic_algorithms(state["deterministic"], warn_only=state["warn"])
    torch.autograd.set_detect_anomaly(state["anomaly"])
