"""`pytest --llm-smoke`. Loaded by every pytest of an environment: without the switch it adds options and fixtures.

Each fixture imports what it needs when a test asks for it.
"""

# ruff: noqa: PLC0415  see above
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all of which begin with --llm-smoke."""
    group = parser.getgroup("llm-smoke", "try training loops and configs against the laws of post-training")
    group.addoption("--llm-smoke", action="store_true", help="add one test a law for each target and config file")
    group.addoption(
        "--llm-smoke-target",
        action="append",
        default=[],
        metavar="MODULE:NAME",
        help="a Trainer, a loop, or a function that makes one (repeatable; also `targets` in [tool.antifoul.smoke])",
    )
    group.addoption(
        "--llm-smoke-script",
        action="append",
        default=[],
        metavar="COMMAND",
        help="a script left as it is, such as 'train.py --model {tiny_model} --data {tiny_sft}' (repeatable)",
    )
    group.addoption("--llm-smoke-laws", default="", metavar="LAW,LAW", help="try these laws only")
    group.addoption(
        "--llm-smoke-budget",
        type=float,
        default=None,
        metavar="SECONDS",
        help="computing time a target may take once its first optimizer is built (60)",
    )
    group.addoption("--llm-smoke-seed", type=int, default=None, metavar="N", help="start random numbers here (0)")
    group.addoption(
        "--llm-smoke-compare",
        default="",
        metavar="REV",
        help="lay the first steps of each target beside those at that revision",
    )
    group.addoption("--llm-smoke-explain", action="store_true", help="print a batch: trained, ignored, padding")
    group.addoption("--llm-smoke-json", default="", metavar="FILE", help="write what came of it as JSON")


_LINES = (
    "llm_smoke: a test that --llm-smoke added",
    "llm_smoke_skip(law, reason=...): do not try this law on the target",
    "unit: a test of a part, without a training step",
    "integration: a test of parts together, with real steps of a tiny model",
    "smoke: a test of a whole program or config, cut to a few steps",
)
# Options that say something under the switch alone.
_NEEDING = ("target", "script", "laws", "budget", "seed", "compare", "explain", "json")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; with the switch, the session that does the work."""
    for line in _LINES:
        config.addinivalue_line("markers", line)
    if config.getoption("--llm-smoke"):
        from antifoul.shells.smoke_session import SmokeSession
        from antifoul.shells.smoke_telling import Telling

        session = SmokeSession(config)
        config.pluginmanager.register(session, "llm-smoke-session")
        telling = Telling(config, session.smoke.seed, config.getoption("--llm-smoke-json"))
        config.pluginmanager.register(telling, "llm-smoke-telling")
        return
    given = {f"--llm-smoke-{name}": config.getoption(f"--llm-smoke-{name}") for name in _NEEDING}
    for name, value in given.items():
        if value not in (None, "", [], False):
            raise pytest.UsageError(f"{name} needs --llm-smoke")


@pytest.fixture(scope="session")
def tiny_tokenizer() -> Any:  # noqa: ANN401  of the user's transformers
    """A fast tokenizer that needs no network: any text, distinct special tokens, a chat template."""
    from antifoul.smoke.tiny_tokenizer import usual

    return usual()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401  a str that can be called
    """The folder of a random Llama and its tokenizer; `tiny_model(like=..., tokenizer=...)` is that of another."""
    from antifoul.smoke.tiny_model import TinyModel

    return TinyModel(lambda: tmp_path_factory.mktemp("tiny_model"))


@pytest.fixture
def tiny_sft(tmp_path: Any) -> Any:  # noqa: ANN401  Rows, a list
    """Conversations in `messages`; `.path` is a folder for `load_dataset`, `.shaped("text")` another shape."""
    from antifoul.smoke.tiny_rows import sft

    return sft(tmp_path)


@pytest.fixture
def tiny_preferences(tmp_path: Any) -> Any:  # noqa: ANN401  Rows, a list
    """Rows with `prompt`, `chosen` and `rejected`."""
    from antifoul.smoke.tiny_rows import preferences

    return preferences(tmp_path)


@pytest.fixture
def tiny_prompts(tmp_path: Any) -> Any:  # noqa: ANN401  Rows, a list
    """Rows with a `prompt` and its `solution`."""
    from antifoul.smoke.tiny_rows import prompts

    return prompts(tmp_path)


@pytest.fixture
def smoke_trainer_args(tmp_path: Any) -> dict[str, Any]:  # noqa: ANN401  a Path; pathlib is not imported for it
    """Training arguments of a run on the spot: `SFTConfig(**smoke_trainer_args)`."""
    return {
        "output_dir": str(tmp_path / "out"),
        "max_steps": 3,
        "per_device_train_batch_size": 2,
        "learning_rate": 1e-3,
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": [],
        "use_cpu": True,
        "bf16": False,
        "disable_tqdm": True,
        "seed": 0,
    }


@pytest.fixture
def llm_tracker() -> Iterator[Any]:
    """What the test's program logs by wandb, mlflow or SummaryWriter; at the end it must be finite and in order.

    A step that goes back, a number that is not finite and a secret fail the test.
    """
    from antifoul.smoke.tracker import Tracker
    from antifoul.smoke.trackers import listening

    tracker = Tracker(dict(os.environ))
    with listening(tracker):
        yield tracker
    tracker.check()


@pytest.fixture
def llm_config() -> Callable[..., Any]:
    """`llm_config(path, {"optim.lr": 1e-4})`: the config in force, frozen, by `antifoul.lab.config.load`.

    A Python config is run; a value that only the run itself could tell stays as it is written.
    """
    from antifoul.lab.config import load

    def config(path: Any, overrides: Any = (), **layers: Any) -> Any:  # noqa: ANN401  as `load` has it
        return load(path, overrides=overrides, **{"run_python": True, "unresolved": "keep", **layers})

    return config


@pytest.fixture
def llm_minimal_config(
    request: pytest.FixtureRequest,
    tmp_path: Any,  # noqa: ANN401  a Path
    tiny_model: str,
) -> Callable[..., Any]:
    """`llm_minimal_config(path).path`: the config cut by its own keys to a tiny model, tiny data and a few steps."""
    from antifoul.smoke.minimal import StandIns
    from antifoul.smoke.minimal_file import MinimalFile, is_here, minimal_file
    from antifoul.smoke.tiny_rows import sft

    def minimal(path: Any, overrides: Mapping[str, Any] | None = None, data: str = "") -> MinimalFile:  # noqa: ANN401
        folders = (request.config.rootpath, request.config.rootpath.joinpath(path).parent)
        stand_ins = StandIns(
            str(tiny_model), data or sft(tmp_path).path, str(tmp_path / "out"), lambda text: is_here(text, *folders)
        )
        return minimal_file(str(path), stand_ins, tmp_path / "minimal", overrides or {})

    return minimal


@pytest.fixture
def llm_smoke(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`llm_smoke(target).check("labels")`: a law on a target; without a name, every law that can be judged."""
    from antifoul.testing.laws import Tried

    def runner(target: object, *, seed: int = 0) -> Tried:
        return Tried(target, seed=seed, root=request.config.rootpath)

    return runner


@pytest.fixture
def llm_run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`llm_run(target, steps=3)`: takes so many optimizer steps, and fails if it was another number."""
    from antifoul.testing.runs import Ran, run

    def runner(target: object, steps: int = 3, *, seed: int = 0) -> Ran:
        return run(target, steps, seed=seed, root=request.config.rootpath)

    return runner
