"""Put the stand-in in the place of wandb, mlflow and tensorboard, installed or not, imported or not."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from antifoul.smoke.quiet import replaced
from antifoul.smoke.stand_ins import Quiet, mlflow, quiet, summary_writer, wandb
from antifoul.smoke.tracker import Tracker

_WRITERS = ("torch.utils.tensorboard", "torch.utils.tensorboard.writer", "tensorboardX")

# These import a tracker when they are imported themselves, if it is installed.
_USERS = ("transformers.integrations.integration_utils",)


@contextmanager
def listening(tracker: Tracker) -> Iterator[None]:
    """While open, what a program logs goes to the tracker and nowhere else."""
    writer = summary_writer(tracker)
    with ExitStack() as stack:
        for name, names in (("wandb", wandb(tracker)), ("mlflow", mlflow(tracker))):
            stack.enter_context(_module(name, names))
        for name in _WRITERS:
            known = getattr(sys.modules.get(name), "SummaryWriter", None)
            stack.enter_context(_module(name, {"SummaryWriter": writer}) if known is None else _class(known, writer))
        yield


@contextmanager
def _class(known: type, writer: type) -> Iterator[None]:
    """While open, a class does what another does, also where it was imported by name before."""
    with ExitStack() as stack:
        for name, value in vars(known).items():
            if name == "__init__" or (callable(value) and not name.startswith("__")):
                stack.enter_context(replaced(known, name, vars(writer).get(name, quiet)))
        yield


@contextmanager
def _module(name: str, names: Mapping[str, Any]) -> Iterator[None]:
    """While open, these names of a module are others; a module that is not loaded is one that has only them."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        with ExitStack() as stack:
            for one, value in names.items():
                if hasattr(loaded, one):
                    stack.enter_context(replaced(loaded, one, value))
            yield
        return
    made = Quiet(name)
    vars(made).update(names, __version__="0.0", __spec__=ModuleSpec(name, None), __path__=[])
    finder = _Below(name)
    sys.modules[name] = made
    sys.meta_path.append(finder)
    with _known_to_users(name, made):
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for one in [
                one for one, module in sys.modules.items() if isinstance(module, Quiet) and _is_below(one, name)
            ]:
                del sys.modules[one]


@contextmanager
def _known_to_users(name: str, made: ModuleType) -> Iterator[None]:
    """While open, the modules that look for a tracker when they are imported have this one, found or not."""
    if "transformers" in sys.modules:
        for one in _USERS:
            with suppress(ImportError):
                import_module(one)  # what it found out about trackers may be kept from before
    asks = f"is_{name}_available"  # as transformers, TRL and accelerate ask, at import and again when they log
    loaded = [(one, getattr(module, "__dict__", {})) for one, module in sys.modules.items()]
    users = [names for one, names in loaded if one in _USERS or asks in names]
    before = [user.get(name) for user in users]
    for user in users:
        user[name] = made
    try:
        yield
    finally:
        for user, value in zip(users, before, strict=True):
            if value is None:
                user.pop(name, None)
            else:
                user[name] = value


def _is_below(one: str, name: str) -> bool:
    return one == name or one.startswith(f"{name}.")


class _Below:
    """Finds, for every module below a stand-in, another that does nothing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """The module, if it is below."""
        return ModuleSpec(name, _Loader(), is_package=True) if name.startswith(f"{self._name}.") else None


class _Loader(Loader):
    """Makes a module that does nothing."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module."""
        return Quiet(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""
