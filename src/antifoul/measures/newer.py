"""Read syntax that is newer than the running interpreter: libcst finds it, and it is written back to older syntax.

Type parameters are taken out, a `type` statement becomes an assignment, an f-string that reuses its quotes or
a t-string becomes the tuple of what it formats. Lines stay where they are, so every number keeps its place.
"""

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst

_SIGNS = re.compile(
    r"^[ \t]*(?:type[ \t]+\w+[^\n]*=|(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*\[)|\b[tT][rR]?[\"']", re.MULTILINE
)


class _Edit(NamedTuple):
    """Replace what stands between two places (line from 1, column from 0) by text."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def may_be_newer(text: str, why: str) -> bool:
    """The text shows signs of syntax that a newer Python reads; anything else that does not parse is broken."""
    return "f-string" in why or bool(_SIGNS.search(text))


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
    places = wrapper.resolve(PositionProvider)
    edits: list[_Edit] = []

    def edit(node: libcst.CSTNode, text: str) -> None:
        place = places[node]
        start, end = (place.start.line, place.start.column), (place.end.line, place.end.column)
        missing = end[0] - start[0] - text.count("\n")
        edits.append(_Edit(start, end, text.replace("(", "(" + "\n" * missing, 1) if missing > 0 else text))

    class Finder(libcst.CSTVisitor):
        def visit_TypeParameters(self, node: libcst.TypeParameters) -> bool:  # noqa: N802  libcst's naming
            edit(node, "")
            return False

        def visit_TypeAlias(self, node: libcst.TypeAlias) -> bool:  # noqa: N802
            edit(node, f"{node.name.value} = ({module.code_for_node(node.value)})")
            return False

        def visit_FormattedString(self, node: libcst.FormattedString) -> bool:  # noqa: N802
            return self._formatted(node)

        def visit_TemplatedString(self, node: libcst.CSTNode) -> bool:  # noqa: N802
            return self._formatted(node)

        def _formatted(self, node: libcst.CSTNode) -> bool:
            values = [getattr(part, "expression", None) for part in getattr(node, "parts", ())]
            texts = [module.code_for_node(value).replace("\n", " ") for value in values if value is not None]
            edit(node, "(" + "".join(f"({one})," for one in texts) + ")")
            return False

    wrapper.visit(Finder())
    return edits


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
