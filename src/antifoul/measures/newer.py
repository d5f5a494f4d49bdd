"""Read syntax that is newer than the running interpreter: libcst finds it, and it is written back to older syntax.

Type parameters are taken out, a `type` statement becomes an assignment, f-strings and t-strings become the tuple of
what they format, exceptions get their parentheses, `lazy` is dropped, and so are stars in comprehensions. Lines stay
where they are, so every number keeps its place.
"""

import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst
    from libcst.metadata import CodeRange

_SIGNS = re.compile(
    r"""
    ^[ \t]*(?: type[ \t]+\w+[^\n]*=                          # a type statement
      | (?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*\[       # type parameters
      | except\b[^\n:(]*,                                    # several exceptions without parentheses
      | lazy[ \t]+(?:import|from)\b )                        # lazy imports
    | \b(?:[tT][rR]?|[rR][tT])["']                            # template strings
    """,
    re.MULTILINE | re.VERBOSE,
)
_FORMATTED = re.compile(r"\b(?:[fF][rR]?|[rR][fF])[\"']")
_LAZY = re.compile(r"lazy[ \t]+")
_SAID = ("f-string", "unpacking cannot be used in comprehension")  # by the interpreter, of what newer ones read


class _Edit(NamedTuple):
    """Replace what stands between two places (line from 1, column from 0) by text."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def may_be_newer(text: str, why: str) -> bool:
    """The text shows signs of syntax that a newer Python reads; anything else that does not parse is broken."""
    if any(one in why for one in _SAID) or _SIGNS.search(text):
        return True
    return "unterminated string" in why and bool(_FORMATTED.search(text))  # quotes used again inside an f-string


def older_text(text: str) -> str | None:
    """The same file in syntax that this interpreter parses; None when libcst cannot read it either.

    libcst's parser can crash the process on code nested without end: run this in a process of its own.
    """
    import libcst

    try:
        edits = _edits(libcst.parse_module(text))
        return _applied(text, edits) if edits else None
    except (libcst.ParserSyntaxError, libcst.CSTLogicError, RecursionError, ValueError):
        return None


def main() -> None:
    """Rewrite standard input to standard output; the exit status is 1 where that cannot be done."""
    text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    older = older_text(text)
    if older is None:
        sys.exit(1)
    sys.stdout.buffer.write(older.encode("utf-8", "surrogatepass"))


def _edits(module: "libcst.Module") -> list[_Edit]:
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    finder = _Rewriter(module, wrapper.resolve(PositionProvider))

    class Finder(libcst.CSTVisitor):
        def on_visit(self, node: libcst.CSTNode) -> bool:
            return finder.rewrite(node)

    wrapper.visit(Finder())
    return finder.edits


class _Rewriter:
    """Collects the edits. Kinds are known by name: some of them only newer versions of libcst have."""

    def __init__(self, module: "libcst.Module", places: "Mapping[libcst.CSTNode, CodeRange]") -> None:
        self._module = module
        self._places = places
        self.edits: list[_Edit] = []

    def rewrite(self, node: "libcst.CSTNode") -> bool:
        """Note what this node needs; whether to look inside it."""
        act = getattr(self, f"_{type(node).__name__}", None)
        return True if act is None else bool(act(node))

    def _start(self, node: "libcst.CSTNode") -> tuple[int, int]:
        place = self._places[node].start
        return place.line, place.column

    def _end(self, node: "libcst.CSTNode") -> tuple[int, int]:
        place = self._places[node].end
        return place.line, place.column

    def _put(self, node: "libcst.CSTNode", text: str) -> bool:
        """Put text in a node's place, on as many lines; nothing inside it is looked at."""
        start, end = self._start(node), self._end(node)
        missing = end[0] - start[0] - text.count("\n")
        self.edits.append(_Edit(start, end, text.replace("(", "(" + "\n" * missing, 1) if missing > 0 else text))
        return False

    def _TypeParameters(self, node: "libcst.TypeParameters") -> bool:  # noqa: N802  named for libcst's kinds
        return self._put(node, "")

    def _TypeAlias(self, node: "libcst.TypeAlias") -> bool:  # noqa: N802
        return self._put(node, f"{node.name.value} = ({self._module.code_for_node(node.value)})")

    def _FormattedString(self, node: "libcst.CSTNode") -> bool:  # noqa: N802
        formatted = [self._module.code_for_node(one).replace("\n", " ") for one in _formatted(node)]
        return bool(formatted) and self._put(node, "(" + "".join(f"({one})," for one in formatted) + ")")

    _TemplatedString = _ConcatenatedString = _FormattedString

    def _LazyImport(self, node: "libcst.CSTNode") -> bool:  # noqa: N802
        line, column = self._start(node)
        found = _LAZY.match(self._module.code_for_node(node))
        self.edits.append(_Edit((line, column), (line, column + (found.end() if found else 0)), ""))
        return False

    _LazyImportFrom = _LazyImport

    def _ExceptHandler(self, node: "libcst.ExceptHandler | libcst.ExceptStarHandler") -> bool:  # noqa: N802
        import libcst

        caught = node.type
        if isinstance(caught, libcst.Tuple) and not caught.lpar:
            start, end = self._start(caught), self._end(caught)
            self.edits += [_Edit(start, start, "("), _Edit(end, end, ")")]
        return True

    _ExceptStarHandler = _ExceptHandler

    def _StarredDictComp(self, node: Any) -> bool:  # noqa: ANN401, N802  not in every version of libcst
        self.edits.append(_Edit(self._start(node), self._start(node.value), "{"))
        return True

    def _ListComp(self, node: "libcst.ListComp | libcst.SetComp | libcst.GeneratorExp") -> bool:  # noqa: N802
        import libcst

        made: libcst.CSTNode = node.elt
        if isinstance(made, libcst.StarredElement):
            self.edits.append(_Edit(self._start(made), self._start(made.value), ""))
        return True

    _SetComp = _GeneratorExp = _ListComp


def _formatted(node: "libcst.CSTNode") -> "Iterator[libcst.CSTNode]":
    """The expressions of a string that formats, or of several that stand beside one another."""
    for part in getattr(node, "parts", ()):
        if (expression := getattr(part, "expression", None)) is not None:
            yield expression
    for side in ("left", "right"):
        if (inner := getattr(node, side, None)) is not None:
            yield from _formatted(inner)


def _applied(text: str, edits: list[_Edit]) -> str:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    out: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        first, last = starts[start[0] - 1] + start[1], starts[end[0] - 1] + end[1]
        if first < at:
            continue  # inside a place that was already replaced
        out += [text[at:first], new]
        at = last
    return "".join([*out, text[at:]])
