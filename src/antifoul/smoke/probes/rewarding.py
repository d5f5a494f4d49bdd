"""What the reward function says of completions in two orders, and of a known good and a known bad answer."""

import inspect
from collections.abc import Callable
from typing import Any

from antifoul.facts.reinforcement import Rewards
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.building import told
from antifoul.smoke.examples import fields, text_of

_TURN = 3  # places


def record(program: Program, _seed: int) -> Rewards | Unjudged:
    """The rewards, or why there are none."""
    if program.task != "reinforcement":
        return ELSEWHERE
    function = program.get("reward_fn") if isinstance(program, Loop) else _of_trainer(program)
    if not callable(function) or hasattr(function, "parameters"):
        return Unjudged("no reward_fn", "reward_fn = lambda prompts, completions: ...  # one number a completion")
    prompts = [text for raw in program.examples() if (text := text_of(fields(raw).get("prompt")))] or ["question"]
    answers = ["", "4", "the answer is 42.", "no", "yes, of course, and here is why", prompts[0]]
    pair = _pair(program)
    if pair is not None:
        answers = [*pair, *answers]
    given_prompt = _prompt(program)
    asked = [given_prompt or prompts[0]] * len(answers)
    try:
        ask = _ask(function)
        given = ask(asked, answers)
        turned = ask(asked, [*answers[_TURN:], *answers[:_TURN]])
        turned = [*turned[-_TURN:], *turned[:-_TURN]]  # a reversal would not show a function that reverses
        again = ask(asked, answers)
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"reward_fn stopped ({told(problem)})")
    if len(given) != len(answers):
        return Unjudged("reward_fn gives another number of rewards than completions")
    good, bad = (given[0], given[1]) if pair is not None else (None, None)
    return Rewards(tuple(given), tuple(turned), good, bad, tuple(again))


def _of_trainer(program: Program) -> Any:  # noqa: ANN401  the user's
    found = getattr(program.trainer, "reward_funcs", None) if isinstance(program, HfTrainer) else None
    return found[0] if isinstance(found, list) and len(found) == 1 else None


def _prompt(program: Program) -> str:
    """The prompt that the two known answers are of, where it is given with them."""
    given = program.get("good_bad") if isinstance(program, Loop) else None
    return (text_of(given.get("prompt")) or "") if isinstance(given, dict) else ""


def _pair(program: Program) -> tuple[str, str] | None:
    given = program.get("good_bad") if isinstance(program, Loop) else None
    if isinstance(given, dict):
        given = (given.get("good"), given.get("bad"))
    if isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(one, str) for one in given):
        return given[0], given[1]
    return None


def _ask(function: Callable[..., Any]) -> Callable[[list[str], list[str]], list[float]]:
    """The function with its arguments in place: by their names, or prompts and completions in order."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    by_name = "completions" in names and "prompts" in names

    def ask(prompts: list[str], completions: list[str]) -> list[float]:
        if by_name:
            found = function(prompts=prompts, completions=completions)
        elif names and names[0] in {"completions", "responses", "answers"}:
            found = function(completions)
        else:
            found = function(prompts, completions)
        found = found.tolist() if hasattr(found, "tolist") else found
        return [float("nan") if one is None else float(one) for one in found]

    return ask
