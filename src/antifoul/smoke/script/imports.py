"""Change a module right after it was imported, whoever imports it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

Change = Callable[[Any], None]


class AfterImport(MetaPathFinder):
    """Finds modules as they are found without it, and lets their change follow their own code."""

    def __init__(self, changes: Mapping[str, Change]) -> None:
        self._changes = changes
        self._looking = False

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's own spec, with the change in its loader."""
        if name not in self._changes or self._looking:
            return None
        self._looking = True
        try:
            spec = find_spec(name)
        finally:
            self._looking = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Changing(spec.loader, self._changes[name])
        return spec

    def install(self) -> None:
        """From now on; modules that are there already are changed at once."""
        sys.meta_path.insert(0, self)
        for name, change in self._changes.items():
            if name in sys.modules:
                change(sys.modules[name])


class _Changing(Loader):
    """Another loader, and a change after it."""

    def __init__(self, loader: Any, change: Change) -> None:  # noqa: ANN401  a loader of any kind
        self._loader = loader
        self._change = change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other does."""
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """As the other does, then the change."""
        self._loader.exec_module(module)
        self._change(module)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else the other can
        return getattr(self._loader, name)
