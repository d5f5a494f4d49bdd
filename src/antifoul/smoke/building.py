"""From a target's name to the object: import it, and call it with what its signature accepts."""

import inspect
import re
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from antifoul.facts.errors import UsageError

_TWICE = re.compile(r"multiple values for keyword argument '(\w+)'")
_SPEC = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


class BuildError(Exception):
    """A target could not be built, or stopped in its own code: one line says where and why."""


def is_spec(text: str) -> bool:
    """The text names a target: MODULE:NAME."""
    return _SPEC.fullmatch(text) is not None


def checked_spec(text: str) -> str:
    """The target's name, if it is one.

    Raises:
        UsageError: it is not MODULE:NAME.
    """
    if is_spec(text):
        return text
    raise UsageError(f"{text!r} does not name a target: write MODULE:NAME, as in my_pkg.train:make_trainer")


def imported(spec: str) -> Any:  # noqa: ANN401  whatever the user has there
    """The object that a target's name stands for.

    Raises:
        BuildError: there is no such module or name, or the import stops.
    """
    module, _, name = spec.partition(":")
    found: Any = guarded(lambda: import_module(module), f"{module} cannot be imported")
    for part in name.split("."):
        if not hasattr(found, part):
            close = _close(part, dir(found))
            raise BuildError(f"{module} has no {name}{close}")
        found = getattr(found, part)
    return found


def _close(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

    close = get_close_matches(name, known, n=1)
    return f": did you mean {close[0]}?" if close else ""


def guarded(call: Callable[[], Any], what: str) -> Any:  # noqa: ANN401  whatever the call gives
    """The call's result; what goes wrong in the user's code becomes one line with the place it stopped at.

    Raises:
        BuildError: the call raised.
    """
    try:
        return call()
    except BuildError:
        raise
    except (Exception, SystemExit) as problem:
        raise BuildError(f"{what}: {told(problem)}") from problem


def told(problem: BaseException) -> str:
    """An exception as one line: its type, first line and the last place outside of installed packages."""
    text = next((line for line in str(problem).splitlines() if line.strip()), "").strip()
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if _is_own(frame)]
    place = f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
    return f"{type(problem).__name__}: {text}{place}" if text else f"{type(problem).__name__}{place}"


def _is_own(frame: traceback.FrameSummary) -> bool:
    """The frame is in the user's code: not installed, not ours, and in a file ("<frozen ...>" is none)."""
    dotted = frame.filename.replace("\\", "/").replace("/", ".")
    return not dotted.startswith("<") and "site-packages" not in dotted and __package__ not in dotted


def is_factory(found: object) -> bool:
    """The object makes a target when it is called, rather than being one."""
    if isinstance(found, type):
        return True
    parts = ("model", "train_step", "named_parameters", "configure_optimizers")
    if isinstance(found, Mapping) or any(hasattr(found, name) for name in parts):
        return False
    return callable(found)


def made(factory: Callable[..., Any], out: Path, seed: int, overrides: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What the factory makes, called with `output_dir`, `seed` and those overrides that its signature accepts.

    Raises:
        BuildError: it asks for more, or raised.
    """
    name = getattr(factory, "__name__", type(factory).__name__)
    offered = {"output_dir": str(out), "seed": seed, **overrides}
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]  # no signature to read: called bare
    open_ended = any(one.kind is one.VAR_KEYWORD for one in parameters)
    named = {one.name: one for one in parameters if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}}
    missing = [key for key, one in named.items() if one.default is one.empty and key not in offered]
    if missing:
        raise BuildError(
            f"{name}() asks for {', '.join(missing)}: give them defaults; `output_dir`, `seed` and the fields of "
            "training arguments are given by name"
        )
    given = {key: value for key, value in offered.items() if key in named or (open_ended and key != "seed")}
    positional = [given.pop(key) for key, one in named.items() if one.kind is one.POSITIONAL_ONLY and key in given]
    while True:
        try:
            return guarded(lambda: factory(*positional, **given), f"{name}() stopped")
        except BuildError as problem:
            # The factory sets the field itself beside its **overrides: its own value stands.
            twice = _TWICE.search(str(problem.__cause__))
            if twice is None or twice[1] not in given:
                raise
            del given[twice[1]]


def config_of(factory: Callable[..., Any]) -> tuple[str, Any]:
    """The parameter of the factory that is a configuration, and its default; empty where there is none."""
    try:
        parameters = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return "", None
    for name in ("config", "cfg", "conf", "settings", "args"):
        if name in parameters and isinstance(parameters[name].default, Mapping):
            return name, parameters[name].default
    return "", None


def names_seed(factory: Callable[..., Any]) -> bool:
    """The factory has a parameter `seed`."""
    try:
        return "seed" in inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return False


def takes(factory: Callable[..., Any], names: tuple[str, ...]) -> bool:
    """The factory can be told these overrides."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return False
    known = {one.name for one in parameters}
    return any(one.kind is one.VAR_KEYWORD for one in parameters) or known.issuperset(names)


class Renamed:
    """A target whose parts have other names, seen under those that antifoul understands."""

    def __init__(self, found: Any, names: Mapping[str, str], declared: Mapping[str, Any]) -> None:  # noqa: ANN401
        self._found = found
        self._names = names
        self._declared = declared

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the user has there
        part = self._found
        for step in self._names.get(name, name).split("."):
            part = part.get(step) if isinstance(part, Mapping) else getattr(part, step, None)
        if part is None and name in self._declared:
            return self._declared[name]
        if part is None:
            raise AttributeError(name)
        return part


def renamed(found: Any, names: Mapping[str, str], declared: Mapping[str, Any]) -> Any:  # noqa: ANN401  see above
    """The target itself, or where names are mapped or something is declared of a plain one, a view of it."""
    is_trainer = hasattr(found, "args") and hasattr(found, "get_train_dataloader")
    return found if is_trainer or not (names or declared) else Renamed(found, names, declared)
