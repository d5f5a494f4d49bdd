"""How complex the configs of a folder are."""

from antifoul.facts.errors import AntifoulError
from antifoul.facts.stack.views import Heaviness, Weighed
from antifoul.gate.config.asking import Question, answered, skipped
from antifoul.gate.config.listing import configs_of, named_from_here
from antifoul.gate.survey import World
from antifoul.measures.config_complexity import LIMIT, complexity


def weigh(name: str, world: World) -> Heaviness:
    """Every config, the most complex first."""
    found, notes = [], []
    for config in configs_of(world):
        place = named_from_here(world, config)
        try:
            weight = complexity(answered(place, Question()).tree)
        except AntifoulError as problem:
            notes.append(skipped(problem, place))
            continue
        found.append(Weighed(place, weight.leaves, weight.depth, weight.score))
    ranked = sorted(found, key=lambda one: (-one.score, one.name))
    return Heaviness(name, tuple(ranked), LIMIT, tuple(notes))
