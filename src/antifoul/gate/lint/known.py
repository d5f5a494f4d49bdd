"""Configs that are a library's by their keys: accelerate's, deepspeed's; and those of other tools."""

from __future__ import annotations

from antifoul.measures.schemas.code import Definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.keys import Node, Path
    from antifoul.measures.schemas.shapes import Shape, Shapes

_ACCELERATE = "accelerate.commands.config.config_args.ClusterConfig"
_ZERO = "deepspeed.runtime.zero.config.DeepSpeedZeroConfig"
_DEEPSPEED_KEYS = frozenset({
    "train_micro_batch_size_per_gpu", "train_batch_size", "gradient_accumulation_steps", "gradient_clipping", "fp16",
    "bf16", "zero_optimization", "optimizer", "scheduler", "zero_allow_untested_optimizer", "steps_per_print",
    "wall_clock_breakdown",
})  # fmt: skip

# What only another tool's file has together: Kubernetes, workflows, compose, SkyPilot, sweeps, conda, hooks.
_FOREIGN = (
    {"apiVersion", "kind"}, {"on", "jobs"}, {"services", "volumes"}, {"services", "networks"}, {"workdir", "run"},
    {"method", "parameters"}, {"channels", "dependencies"}, {"repos"},
)  # fmt: skip


def is_foreign(document: Node) -> bool:
    """The file is another tool's by its keys, whatever class its keys also fit."""
    keys = {entry.key for entry in document.entries}
    return any(each <= keys for each in _FOREIGN)


def parts(shapes: Shapes, document: Node) -> Iterator[tuple[Path, Node, Shape]]:
    """The nodes of a document that a library's class judges, each with the way to it."""
    keys = {entry.key for entry in document.entries}
    if {"compute_environment", "distributed_type"} <= keys:
        yield from _by(shapes, _ACCELERATE, (), document)
    zero = document.get("zero_optimization")
    if zero is not None and zero.kind == "map" and len(keys & _DEEPSPEED_KEYS) > 2:
        yield from _by(shapes, _ZERO, ("zero_optimization",), zero)


def _by(shapes: Shapes, name: str, path: Path, node: Node) -> Iterator[tuple[Path, Node, Shape]]:
    found = shapes.code.dotted(name)
    shape = shapes.of(found) if isinstance(found, Definition) else None
    if shape is not None and not shape.open and shape.make != "class":
        yield path, node, shape
