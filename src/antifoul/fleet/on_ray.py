"""Each item as a task on Ray: on the cluster that RAY_ADDRESS names, otherwise on this machine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from antifoul.facts.errors import UsageError
from antifoul.fleet.answers import Answer, Value

Item = TypeVar("Item")


def _one_core(_: object) -> Mapping[str, float]:
    return {"cpus": 1.0}


_RETRIES = 2  # of a task whose worker died


def spread(
    work: Callable[[Item], Value],
    items: Sequence[Item],
    workers: int,
    *,
    needs: Callable[[Item], Mapping[str, float]] = _one_core,
) -> Iterator[Answer[Value]]:
    """The answer for each item as it comes; a task whose worker dies is tried again, twice, and is then lost.

    `needs` of an item are `cpus`, `gpus`, `memory_gb` and resources of the cluster's own. One that no node can ever
    have is lost at once, instead of waited for.

    Raises:
        UsageError: Ray is not installed, or its cluster cannot be reached.
    """
    try:
        import ray  # noqa: PLC0415  an extra
    except ImportError:
        raise UsageError("--engine ray needs Ray").with_remedy("pip install 'antifoul[ray]'") from None
    _join(workers)
    task = ray.remote(max_retries=_RETRIES)(_done)
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    places: dict[Any, int] = {}
    for place, item in enumerate(items):
        asked = _asked(needs(item))
        if unfit := _unfit(asked, nodes):
            yield Answer(place, None, unfit)
        else:
            places[task.options(**_options(asked)).remote(work, item)] = place
    left = list(places)
    try:
        while left:
            done, left = ray.wait(left)
            for one in done:
                try:
                    yield Answer(places[one], ray.get(one))
                except ray.exceptions.RayTaskError as problem:
                    cause = problem.cause or problem
                    yield Answer(places[one], None, f"{type(cause).__name__}: {cause}")
                except ray.exceptions.RayError as problem:
                    said = str(problem).strip().splitlines() or ["no reason given"]
                    yield Answer(places[one], None, f"its worker died {1 + _RETRIES} times ({said[0]})")
    finally:
        for one in left:
            ray.cancel(one, force=True)
        ray.shutdown()


def _done(work: Callable[[Item], Value], item: Item) -> Value:
    return work(item)  # Ray takes functions for tasks, and nothing else that can be called


def _asked(needs: Mapping[str, float]) -> dict[str, float]:
    """The needs under Ray's own names."""
    known = {"cpus": "CPU", "gpus": "GPU", "memory_gb": "memory"}
    return {known.get(name, name): value * 2**30 if name == "memory_gb" else value for name, value in needs.items()}


def _options(asked: Mapping[str, float]) -> dict[str, Any]:
    own = {"CPU": "num_cpus", "GPU": "num_gpus", "memory": "memory"}
    others = {name: value for name, value in asked.items() if name not in own}
    return {own[name]: value for name, value in asked.items() if name in own} | {"resources": others}


def _unfit(asked: Mapping[str, float], nodes: Sequence[Mapping[str, float]]) -> str:
    """Why no node can ever take it; "" where one can."""
    if any(all(node.get(name, 0.0) >= value for name, value in asked.items()) for node in nodes):
        return ""
    short = [name for name, value in asked.items() if all(node.get(name, 0.0) < value for node in nodes)]
    most = [_amount(name, max((node.get(name, 0.0) for node in nodes), default=0.0)) for name in short]
    wanted = ", ".join(_amount(name, value) for name, value in asked.items())
    there = f"; the most that one has is {', '.join(most)}" if most else ""
    return f"it needs {wanted} on one node, and no node of the cluster has that{there}"


def _amount(name: str, value: float) -> str:
    return f"{value / 2**30:.3g} GiB of memory" if name == "memory" else f"{value:g} {name}"


def _join(workers: int) -> None:
    """Join the cluster that the environment names, or start one on this machine."""
    import os  # noqa: PLC0415  only here

    import ray  # noqa: PLC0415  as above

    try:
        if os.environ.get("RAY_ADDRESS"):
            ray.init(log_to_driver=False)
        else:
            ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError) as problem:
        raise UsageError(f"Ray's cluster cannot be reached: {problem}").with_remedy("see RAY_ADDRESS") from None
