"""Leave the process as it was found: random numbers, environment, folder, import path, torch's defaults."""

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

# No hub, no tracker, no forked tokenizer threads: a few steps on the machine at hand, and nothing told to anyone.
ENVIRONMENT = {
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
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    remembered = {pair: _remembered(*pair) for pair in _REMEMBERED}
    added = [str(folder) for folder in (root, root / "src") if folder.is_dir()]
    os.environ.update(ENVIRONMENT)
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
def undisturbed() -> Iterator[None]:
    """While open, random numbers may be drawn and torch's defaults changed; afterwards they are as before."""
    kept = _Kept()
    try:
        yield
    finally:
        kept.put_numbers_back()


class World:
    """What a target made of the process while it was built: environment, folder, import path, torch's defaults."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    @contextmanager
    def open(self, root: Path, seed: int) -> Iterator[None]:
        """While open, the process is as the target left it, `offline` holds and random numbers start from the seed.

        Afterwards the process is as it was.
        """
        before = _Kept()
        try:
            if self._kept is not None:
                self._kept.put_back()
            with offline(root), _lenient():
                set_seed(seed)
                yield
                self._kept = _Kept()
        finally:
            before.put_back()


def restored(root: Path, seed: int) -> AbstractContextManager[None]:
    """While open, `offline` holds and random numbers start from the seed; afterwards the process is as it was."""
    return World().open(root, seed)


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
        self.arguments = list(sys.argv)
        self.random = random.getstate()
        numpy = sys.modules.get("numpy")
        self.numpy = numpy.random.get_state() if numpy else None
        self.torch = _torch_state(_torch())

    def put_back(self) -> None:
        self.put_numbers_back()
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        sys.path[:] = self.path
        sys.argv[:] = self.arguments

    def put_numbers_back(self) -> None:
        random.setstate(self.random)
        if self.numpy is not None:
            sys.modules["numpy"].random.set_state(self.numpy)
        if _torch() is not None:
            _put_torch_back(self.torch or _FRESH)


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
        "device": torch.get_default_device() if hasattr(torch, "get_default_device") else None,
        "matmul": torch.get_float32_matmul_precision(),
        "threads": torch.get_num_threads(),
        "grad": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn": torch.is_deterministic_algorithms_warn_only_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        "cudnn": (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark),
    }


# What torch starts with, for a target that was the first to import it.
_FRESH: dict[str, Any] = {
    "cpu": None,
    "cuda": None,
    "dtype": None,
    "device": None,
    "matmul": "highest",
    "threads": None,
    "grad": True,
    "deterministic": False,
    "warn": False,
    "anomaly": False,
    "cudnn": (False, False),
}


def _put_torch_back(state: dict[str, Any]) -> None:
    torch = sys.modules["torch"]
    if state["cpu"] is not None:
        torch.set_rng_state(state["cpu"])
    if state["cuda"] is not None:
        torch.cuda.set_rng_state_all(state["cuda"])
    torch.set_default_dtype(state["dtype"] or torch.float32)
    if hasattr(torch, "get_default_device") and torch.get_default_device() != (state["device"] or torch.device("cpu")):
        torch.set_default_device(state["device"])
    torch.set_float32_matmul_precision(state["matmul"])
    if state["threads"] not in {None, torch.get_num_threads()}:
        torch.set_num_threads(state["threads"])
    torch.set_grad_enabled(state["grad"])
    if torch.are_deterministic_algorithms_enabled() != state["deterministic"]:  # asking for it imports a compiler
        torch.use_deterministic_algorithms(state["deterministic"], warn_only=state["warn"])
    torch.autograd.set_detect_anomaly(state["anomaly"])
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = state["cudnn"]
