"""The subcommands of a program, and which flags are of which."""

from __future__ import annotations

import ast

from antifoul.measures.schemas.outline import constant, keywords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.measures.schemas.tracing import Call


class Branches:
    """Collects the names of subcommands."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._known = True

    @property
    def commands(self) -> frozenset[str]:
        """All of them; nothing where the name of one is only known when it runs."""
        return frozenset(self._names) if self._known else frozenset()

    def named(self, *names: str) -> frozenset[str]:
        """Take names in."""
        given = frozenset(name for name in names if name)
        self._names |= given
        return given

    def add(self, call: Call) -> None:
        """One `add_parser`."""
        names = _names(call.node)
        self._known = self._known and bool(names)
        self.named(*names)

    def of(self, call: Call) -> frozenset[str]:
        """The subcommand whose parser an `add_argument` is called on; nothing where it is another's, or not known.

        A parser that a function gets may be that of several: its flags count for all.
        """
        node: ast.expr | None = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
        for _ in range(4):  # a group of a group of a subcommand's parser
            if not isinstance(node, ast.Name) or node.id in call.scope.places:
                return frozenset()
            made = call.scope.locals.get(node.id)
            if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute):
                return frozenset()
            if made.func.attr == "add_parser":
                return frozenset(_names(made))
            if made.func.attr not in {"add_argument_group", "add_mutually_exclusive_group"}:
                return frozenset()
            node = made.func.value
        return frozenset()


def _names(call: ast.Call) -> list[str]:
    """The name of a subcommand and its aliases; nothing where one is not written down."""
    given = keywords(call)
    names = [constant(call.args[0] if call.args else given.get("name"))]
    aliases = given.get("aliases")
    if aliases is not None:
        listed = aliases.elts if isinstance(aliases, ast.List | ast.Tuple) else [None]
        names += [constant(one) for one in listed]
    return [name for name in names if name is not None] if None not in names else []
