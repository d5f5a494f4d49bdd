"""Who set a key: in one config, or in all of a folder."""

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.explain import found_at
from antifoul.facts.stack.known import Known
from antifoul.facts.stack.nodes import at, rows
from antifoul.facts.stack.paths import KeyPath, dotted, parsed
from antifoul.facts.stack.views import Place, Reason, Why
from antifoul.facts.stack.words import nearest
from antifoul.gate.config.asking import Question, answered, tried
from antifoul.gate.config.listing import configs_of, named_from_here
from antifoul.gate.survey import World
from antifoul.readers.stack.assembly import Assembled


def why(key: str, file: str, question: Question) -> Why:
    """Each value at or below the key, with what every layer did to it.

    Raises:
        UsageError: the config has no such key, or cannot be read.
    """
    whole = answered(file, question)
    path = parsed(key)
    steps = whole.stack.history(path)
    if steps and steps[0].act in {"removes", "replaces"} and at(whole.tree, path) is None:
        return Why(file, key, (Reason(path, None, steps),))
    real = found_at(whole.tree, path)
    node = at(whole.tree, real)
    inner = [(*real, *below) for below, _ in rows(node)] if node is not None else []
    return Why(file, key, tuple(_reason(whole, one) for one in inner))


def _reason(whole: Assembled, path: KeyPath) -> Reason:
    return Reason(path, at(whole.tree, path), whole.stack.history(path))


def why_anywhere(key: str, world: World) -> Why:
    """The value of the key in every config of a folder that has it.

    Raises:
        UsageError: no config has it.
    """
    path, places, notes, looked = parsed(key), [], [], 0
    names: set[str] = set()
    for config in configs_of(world):
        name = named_from_here(world, config)
        whole = tried(name)
        if not isinstance(whole, Assembled):
            notes += [whole] if whole else []
            continue
        looked += 1
        known = Known(whole.tree, None)
        names.update(dotted(one) for one in known.paths())
        real = known.real(path)
        node = at(whole.tree, real) if real is not None else None
        if node is not None:
            places.append(Place(name, node))
    if not places:
        close = nearest(dotted(path), names)
        raise UsageError(f"none of {looked} configs sets {key}{f': did you mean {close!r}?' if close else ''}")
    return Why("", key, places=tuple(places), looked=looked, skipped=tuple(notes))
