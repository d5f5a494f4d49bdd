"""Read a file in newer syntax, in a process of its own: the parser that can do it may crash on hostile input."""

import os
import sys
from collections.abc import Mapping

from antifoul.facts.errors import ReadError
from antifoul.facts.source import Source, parse
from antifoul.measures.newer import may_be_newer
from antifoul.readers.spawn import spawn

_MOST_CHARACTERS = 2_000_000


def in_older_syntax(source: Source, why: str, environ: Mapping[str, str] = os.environ) -> Source | None:
    """The same file, written back to syntax that this interpreter parses; None when that cannot be done.

    Raises:
        ReadError: the file cannot be decoded.
    """
    text = source.text
    if len(text) > _MOST_CHARACTERS or not may_be_newer(text, why):
        return None
    # -P and absolute folders alone: nothing is imported from the folder that is judged
    paths = os.pathsep.join(one for one in sys.path if os.path.isabs(one))  # noqa: PTH117  as sys.path has them
    argv = [sys.executable, "-P", "-c", "from antifoul.measures.newer import main; main()"]
    outcome = spawn(argv, {**environ, "PYTHONPATH": paths}, text.encode("utf-8", "surrogatepass"))
    if outcome.code != 0:
        return None
    older = outcome.out.decode("utf-8", "surrogatepass")
    try:
        tree = parse(older)
    except ReadError:
        return None
    rewritten = Source(source.path, outcome.out, source.role)
    rewritten.adopt(older, tree)
    return rewritten
