# ruff: noqa: ANN401, D102  the names and signatures are those of the real ones
"""What takes the place of wandb, mlflow and SummaryWriter: what is logged goes to a tracker, the rest does nothing."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Self

from antifoul.smoke.tracker import Tracker


class Quiet(ModuleType):
    """A module, or a thing in one, whose every other attribute can be called and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Quiet(name)

    def __call__(self, *_: Any, **__: Any) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def quiet(*_: Any, **__: Any) -> Quiet:
    """Do nothing, and give something that does nothing."""
    return Quiet("nothing")


def wandb(tracker: Tracker) -> Mapping[str, Any]:
    """What takes the place of wandb's names."""
    run = Quiet("run")
    config = _Config(tracker)

    def log(data: Mapping[str, Any], step: int | None = None, **_: Any) -> None:
        tracker.log(data, _own_step(data, step))

    def init(*_: Any, config: Any = None, **__: Any) -> Quiet:
        tracker.set(config or {})
        return run

    vars(run).update(log=log, config=config, summary=_Summary(tracker), id="smoke", name="smoke", url="", dir="")
    return {"init": init, "log": log, "config": config, "run": run, "summary": vars(run)["summary"]}


def _own_step(data: Mapping[str, Any], step: int | None) -> int | None:
    """The step that was given, or that transformers logs beside its metrics."""
    if step is not None:
        return int(step)
    named = data.get("train/global_step")
    return int(named) if isinstance(named, int) else None


class _Config(dict[str, Any]):
    """wandb.config: a mapping with `update`, and attributes."""

    def __init__(self, tracker: Tracker) -> None:
        super().__init__()
        self.__dict__["_tracker"] = tracker

    def update(self, *given: Any, **named: Any) -> None:
        named.pop("allow_val_change", None)
        for values in (*given, named):
            super().update(values)
            self._tracker.set(values)

    def __setitem__(self, name: str, value: object) -> None:
        self.update({name: value})

    def __setattr__(self, name: str, value: object) -> None:
        self.update({name: value})

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class _Summary(dict[str, Any]):
    """wandb.summary: what is set there is logged without a step."""

    def __init__(self, tracker: Tracker) -> None:
        super().__init__()
        self._tracker = tracker

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        self._tracker.log({name: value})


def mlflow(tracker: Tracker) -> Mapping[str, Any]:
    """What takes the place of mlflow's names."""

    def log_metric(key: str, value: Any, step: int | None = None, **_: Any) -> None:
        tracker.log({key: value}, step)

    def log_metrics(metrics: Mapping[str, Any], step: int | None = None, **_: Any) -> None:
        tracker.log(metrics, step)

    def log_param(key: str, value: Any, **_: Any) -> None:
        tracker.set({key: value})

    def log_params(params: Mapping[str, Any], **_: Any) -> None:
        tracker.set(params)

    return {
        "log_metric": log_metric,
        "log_metrics": log_metrics,
        "log_param": log_param,
        "log_params": log_params,
        "active_run": lambda: None,
    }


def summary_writer(tracker: Tracker) -> type:
    """A class that takes the place of SummaryWriter."""

    class SummaryWriter:
        """Keeps scalars and hyperparameters; the rest does nothing."""

        def __init__(self, log_dir: str = "", **_: Any) -> None:
            self.log_dir = log_dir

        def add_scalar(self, tag: str, value: Any, global_step: int | None = None, *_: Any, **__: Any) -> None:
            tracker.log({tag: value}, global_step)

        def add_scalars(self, tag: str, values: Mapping[str, Any], global_step: int | None = None, *_: Any) -> None:
            tracker.log(values, global_step, f"{tag}/")

        def add_hparams(self, params: Mapping[str, Any], metrics: Mapping[str, Any], **_: Any) -> None:
            tracker.set(params)
            tracker.log(metrics)

        def __getattr__(self, name: str) -> Callable[..., Any]:
            if name.startswith("__"):
                raise AttributeError(name)
            return quiet

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    return SummaryWriter
