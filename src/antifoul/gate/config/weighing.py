"""How complex the configs of a folder are."""

from antifoul.facts.stack.views import Heaviness, Weighed
from antifoul.gate.config.asking import tried
from antifoul.gate.config.listing import configs_of, named_from_here
from antifoul.gate.survey import World
from antifoul.measures.config_complexity import LIMIT, complexity
from antifoul.readers.stack.assembly import Assembled


def weigh(name: str, world: World) -> Heaviness:
    """Every config, the most complex first."""
    found, notes = [], []
    for config in configs_of(world):
        place = named_from_here(world, config)
        whole = tried(place)
        if not isinstance(whole, Assembled):
            notes += [whole] if whole else []
            continue
        weight = complexity(whole.tree)
        found.append(Weighed(place, weight.leaves, weight.depth, weight.score))
    ranked = sorted(found, key=lambda one: (-one.score, one.name))
    return Heaviness(name, tuple(ranked), LIMIT, tuple(notes))
