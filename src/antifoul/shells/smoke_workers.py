"""How smoke items are spread over xdist's workers. Imported only where xdist distributes."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from antifoul.gate.smoke import laws
from antifoul.gate.smoke_configs import ASPECTS


class ByTarget(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """As xdist's `load`, but the laws of one target stay together: it is built once, by one worker."""

    _names = frozenset({*laws(), *ASPECTS, "compare"})

    def _split_scope(self, nodeid: str) -> str:
        target, _, law = nodeid.rpartition("::")
        return target if law in self._names else nodeid


def scheduler(config: pytest.Config, log: Any) -> ByTarget:  # noqa: ANN401  xdist's own, without a public type
    """The scheduler of this session."""
    return ByTarget(config, log)
