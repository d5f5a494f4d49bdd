"""Variables as a layer, by one rule: `PREFIX__SECTION__KEY`, upper case, two underscores between the parts."""

import re
from collections.abc import Iterator, Mapping

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.apply import patched
from antifoul.facts.stack.elements import element
from antifoul.facts.stack.known import Known
from antifoul.facts.stack.nodes import Origin, Table, at
from antifoul.facts.stack.paths import KeyPath, dotted, shown_key
from antifoul.facts.stack.stack import Layer
from antifoul.facts.stack.words import nearest

ENVIRONMENT = "environment"
PREFIX = "CONFIG"


def variable_for(path: KeyPath, prefix: str = PREFIX) -> str:
    """The variable that sets a key."""
    return "__".join((prefix, *(_folded(shown_key(part)) for part in path)))


def _folded(part: str) -> str:
    return re.sub(r"\W", "_", part).upper()


def variables(known: Known, prefix: str) -> dict[str, KeyPath]:
    """The variable of each key.

    Raises:
        UsageError: two keys share one.
    """
    out: dict[str, KeyPath] = {}
    for path in known.paths():
        name = variable_for(path, prefix)
        if name in out and out[name] != path:
            raise UsageError(f"the variable {name} would set both {dotted(out[name])} and {dotted(path)}")
        out[name] = path
    return out


def layers_from(environ: Mapping[str, str], known: Known, prefix: str) -> Iterator[Layer]:
    """A layer for each variable that begins with the prefix.

    Raises:
        UsageError: there is no key for one.
        ReadError: a value cannot be read.
    """
    given = sorted(name for name in environ if name.upper().startswith(f"{prefix.upper()}__"))
    names = variables(known, prefix.upper()) if given else {}
    for name in given:
        path = names.get(name.upper()) or _freely(name, prefix, known)
        if path is None:
            close = nearest(name.upper(), names)
            raise UsageError(f"the variable {name} sets no key{f': did you mean {close}?' if close else ''}")
        origin = Origin(ENVIRONMENT, name)
        patch = patched(known.tree, path, element(environ[name], origin), origin)
        if isinstance(patch, Table):
            yield Layer(ENVIRONMENT, name, patch)


def _freely(name: str, prefix: str, known: Known) -> KeyPath | None:
    """A key that the layers below do not have, where the schema lets any key stand; its own words in lower case."""
    parts = tuple(part.lower() for part in name[len(prefix) + 2 :].split("__"))
    around = parts[:-1]
    real = known.real(parts)
    return real if real is not None and all(around) and at(known.tree, real) is None else None
