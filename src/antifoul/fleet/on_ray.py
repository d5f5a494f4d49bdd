"""Each item as a task on Ray: on the cluster that RAY_ADDRESS names, otherwise on this machine."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from antifoul.facts.errors import UsageError
from antifoul.fleet.answers import Answer, Value

Item = TypeVar("Item")

_RETRIES = 2  # of a task whose worker died


def spread(work: Callable[[Item], Value], items: Sequence[Item], workers: int) -> Iterator[Answer[Value]]:
    """The answer for each item as it comes; a task whose worker dies is tried again, twice, and is then lost.

    Raises:
        UsageError: Ray is not installed, or its cluster cannot be reached.
    """
    try:
        import ray  # noqa: PLC0415  an extra
    except ImportError:
        raise UsageError("--engine ray needs Ray").with_remedy("pip install 'antifoul[ray]'") from None
    _join(workers)
    task = ray.remote(max_retries=_RETRIES, num_cpus=1)(_done)
    places = {task.remote(work, item): place for place, item in enumerate(items)}
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
