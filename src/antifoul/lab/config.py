"""Configs for experiment code: one call reads all layers, checks them, and says where each value came from.

from antifoul.lab.config import load, why

config = load("configs/sft.yaml", overrides=sys.argv[1:], environ=os.environ, schema=TrainConfig)
config.optimizer.lr
print(why(config, "optimizer.lr"))
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from antifoul.facts.errors import AntifoulError, UsageError
from antifoul.facts.stack.dump import fingerprint as _fingerprint
from antifoul.facts.stack.dump import yaml_text
from antifoul.facts.stack.environment import PREFIX
from antifoul.facts.stack.explain import Flag, explained, flags_of, usage_of
from antifoul.facts.stack.frozen import Frozen, path_of, source_of, table_of
from antifoul.facts.stack.hiding import HIDDEN, hidden
from antifoul.facts.stack.nodes import Note, Table, to_plain
from antifoul.facts.stack.paths import parsed
from antifoul.facts.stack.stack import Step
from antifoul.readers.stack.assembly import Asked, Assembled, assembled
from antifoul.readers.stack.building import built, inferred
from antifoul.readers.stack.classes import Declared, schema_of

__all__ = [
    "ConfigError",
    "Frozen",
    "build",
    "changes",
    "fingerprint",
    "flags",
    "history",
    "load",
    "notes",
    "snapshot",
    "to_dict",
    "usage",
    "why",
]

T = TypeVar("T")
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


class ConfigError(UsageError):
    """A config that no run may start with: each problem with its file and line."""


@dataclass(frozen=True)
class _Source:
    whole: Assembled
    declared: Declared | None


def load(  # noqa: PLR0913  keyword-only, each one thing that a config may be made of
    path: str | os.PathLike[str],
    *,
    overrides: Sequence[str] | Mapping[str, object] = (),
    environ: Mapping[str, str] | None = None,
    schema: Any = None,  # noqa: ANN401  a class of any library, a function, a JSON Schema
    defaults: Paths = (),
    user: Paths = (),
    prefix: str = PREFIX,
    resolvers: Mapping[str, Callable[..., object]] | None = None,
    infer: Mapping[str, Callable[[Frozen], object]] | None = None,
    unresolved: Literal["refuse", "keep"] = "refuse",
    run_python: bool = False,
) -> Frozen:
    """The config of a file and its bases, with the environment and the command line on top: frozen, and checked.

    Priority, the highest first: `overrides` (the command line), `environ`, the file over its bases, `user`,
    `defaults`, the schema's own defaults.

    Raises:
        ConfigError: a file, an override or a value is wrong; every problem is said, with its place.
    """
    try:
        declared = schema_of(schema) if schema is not None else None
        whole = assembled(
            os.fspath(path),
            Asked(
                defaults=_paths(defaults),
                user=_paths(user),
                overrides=overrides,
                environ=environ,
                prefix=prefix,
                schema=declared.schema if declared else None,
                resolvers=resolvers or {},
                infer=infer or {},
                run_python=run_python,
            ),
        )
    except ConfigError:
        raise
    except AntifoulError as problem:
        error = ConfigError(str(problem))
        for remedy in problem.remedies:
            error.add_note(remedy)
        raise error from None
    problems = (*whole.problems, *(whole.unknown if unresolved == "refuse" else ()))
    if problems:
        raise ConfigError(problems[0] if len(problems) == 1 else "\n".join((f"{len(problems)} problems:", *problems)))
    return Frozen(whole.tree, _Source(whole, declared))


def _paths(given: Paths) -> tuple[str, ...]:
    if isinstance(given, str | os.PathLike):
        return (os.fspath(given),)
    return tuple(os.fspath(one) for one in given)


def _source(config: Frozen) -> _Source:
    source = source_of(config)
    if not isinstance(source, _Source):
        raise UsageError("this config was not loaded: it has no layers")
    return source


def why(config: Frozen, key: str) -> str:
    """Who set the key, in a line for each layer, the one that won first."""
    source = _source(config)
    return explained(source.whole.stack, source.whole.tree, (*path_of(config), *parsed(key)))


def history(config: Frozen, key: str) -> tuple[Step, ...]:
    """What each layer does to the key, the highest first."""
    return _source(config).whole.stack.history((*path_of(config), *parsed(key)))


def notes(config: Frozen) -> tuple[Note, ...]:
    """What there is to know about the config: values that were inferred, words that other loaders read otherwise."""
    return _source(config).whole.notes


def to_dict(config: Frozen) -> dict[Any, Any]:
    """Fresh dictionaries and lists: changing them changes nothing else."""
    plain = to_plain(table_of(config))
    return plain if isinstance(plain, dict) else {}


def fingerprint(config: Frozen) -> str:
    """16 hex digits that are the same for the same values, wherever they were set. Secrets do not count."""
    shown = hidden(table_of(config), sign=HIDDEN)
    return _fingerprint(shown) if isinstance(shown, Table) else ""


def snapshot(config: Frozen) -> str:
    """The values in force as YAML that `load` reads again, each with its place; a secret must be set anew."""
    shown = hidden(table_of(config))
    body = yaml_text(shown, places=True) if isinstance(shown, Table) else ""
    return f"# fingerprint: {fingerprint(config)}\n{body}"


@overload
def build(config: Frozen, cls: type[T]) -> T: ...
@overload
def build(config: Frozen, cls: None = None) -> Any: ...  # noqa: ANN401  an object of the schema's class
def build(config: Frozen, cls: Any = None) -> Any:
    """An object of the schema's class, or of `cls`, that holds these values.

    What the class changes on its own (in `__post_init__`, in a validator) is in `changes(config, object)`.

    Raises:
        ConfigError: the class does not take them; each problem is said with its file and line.
    """
    declared = schema_of(cls) if cls is not None else _source(config).declared
    if declared is None:
        raise ConfigError("no schema was given: build(config, TrainConfig)")
    try:
        return built(table_of(config), declared)
    except UsageError as problem:
        raise ConfigError(str(problem)) from problem


def changes(config: Frozen, made: object) -> tuple[Note, ...]:
    """The values that an object has otherwise than the config: its class inferred or rewrote them."""
    return inferred(made, table_of(config))


def flags(schema: Any, *, prefix: str = PREFIX) -> tuple[Flag, ...]:  # noqa: ANN401  as in load
    """Each key as a flag and as a variable, with its type and default, in groups of sections."""
    return flags_of(schema_of(schema).schema, prefix)


def usage(schema: Any, *, prefix: str = PREFIX) -> str:  # noqa: ANN401  as in load
    """The text for `--help`."""
    return usage_of(flags(schema, prefix=prefix))
