"""The laws inside of a test that a user writes."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.run import Unjudged
from antifoul.gate.smoke import BuildError, Smoke, Subject, Verdict, failure, judged, laws, laws_named
from antifoul.smoke.adapters import Program
from antifoul.smoke.world import World


class Tried:
    """A target, built at the first law that is checked, and once.

    `found` is what a target may be: MODULE:NAME, a factory, a Trainer, or an object or dict with a model, an
    optimizer and a step.
    """

    def __init__(self, found: Any, *, seed: int = 0, root: Path | None = None) -> None:  # noqa: ANN401  see above
        self._found = found
        self._seed = seed
        self._root = root or Path.cwd()
        self._world = World()

    @property
    def name(self) -> str:
        """What messages call it."""
        if isinstance(self._found, str):
            return self._found
        return str(getattr(self._found, "__name__", type(self._found).__name__))

    @cached_property
    def _smoke(self) -> Smoke:
        return Smoke(self._seed)

    @cached_property
    def _out(self) -> Path:
        folder = tempfile.mkdtemp(prefix="antifoul-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def _subject(self) -> Subject:
        def out() -> Path:
            return self._out

        if isinstance(self._found, str):
            return self._smoke.named(self._found, out)
        return self._smoke.given(self.name, self._found, out)

    def judge(self, law: str) -> Verdict | Unjudged:
        """What the law says of the target, or why it cannot say anything.

        Raises:
            BuildError: the target's own code stopped.
        """
        with self._world.open(self._root, self._seed):
            recorded = self._subject().record(law)
        return recorded if isinstance(recorded, Unjudged) else judged(law, recorded)

    def program(self) -> Program:
        """The target as something that can be driven, built.

        Raises:
            BuildError: the target's own code stopped.
        """
        return self._subject().program

    def check(self, law: str = "", *, expected_failures: Iterable[str] = ()) -> None:
        """Fail if the law is broken; without a law, if any is broken that is not expected to be.

        One law that cannot be judged skips the test, with the reason; of all of them, those are left out.
        """
        __tracebackhide__ = True
        (law,) = laws_named(law) if law else ("",)
        broken = []
        for one in (law,) if law else laws():
            said = self._asked(one)
            if isinstance(said, Unjudged):
                if law:
                    pytest.skip(f"{self.name}: {law}: {said}")
            elif said.errors and one not in expected_failures:
                broken.append(failure(f"{self.name}::{one}", said.errors, "this test"))
        if broken:
            pytest.fail("\n".join(broken), pytrace=False)

    def _asked(self, law: str) -> Verdict | Unjudged:
        __tracebackhide__ = True
        try:
            return self.judge(law)
        except BuildError as problem:
            raise pytest.fail.Exception(f"ERROR {self.name}   {problem}", pytrace=False) from problem


def tried(found: Any, *, seed: int = 0) -> Tried:  # noqa: ANN401  see Tried
    """A target whose laws can be checked one by one, or all together: `tried(make_trainer).check("labels")`."""
    return Tried(found, seed=seed)


class Law:
    """One law of one target, in a test: call it."""

    def __init__(self, name: str, target: Tried) -> None:
        self.name = name
        self._target = target

    def __call__(self) -> None:
        """Fail if the law is broken, skip if it cannot be judged."""
        __tracebackhide__ = True
        self._target.check(self.name)

    def __repr__(self) -> str:
        return self.name


def parametrize_with_laws(
    target: Any,  # noqa: ANN401  see Tried
    *,
    expected_failures: Mapping[str, str] | None = None,
    only: Iterable[str] = (),
    seed: int = 0,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a test one item a law, in its argument `law`: calling it judges. The target is built once.

    ```python
    @parametrize_with_laws(make_trainer, expected_failures={"resume": "the sampler keeps no state yet"})
    def test_trainer(law):
        law()
    ```

    An expected failure that does not fail is one, so that the list stays true.
    """
    expected = expected_failures or {}
    laws_named(",".join(expected))
    one = Tried(target, seed=seed)
    return pytest.mark.parametrize(
        "law",
        [
            pytest.param(
                Law(name, one),
                id=name,
                marks=[pytest.mark.xfail(reason=expected[name], strict=True)] if name in expected else [],
            )
            for name in laws_named(",".join(only))
        ],
    )
