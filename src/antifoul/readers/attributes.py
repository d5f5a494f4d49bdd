"""What the `.gitattributes` files mark as generated or vendored, as linguist reads them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from antifoul.facts.paths import RepoPath

    Matches = Callable[[RepoPath], bool]

FILE = ".gitattributes"
_MARKS = ("linguist-generated", "linguist-vendored")


def marked(read: Callable[[RepoPath], bytes | None]) -> Matches:
    """Whether a path is marked; `read` gives the content of a `.gitattributes` file, None where there is none.

    Each file is read once, when a path below its folder is first asked for. As in git the last line that speaks of a
    path decides, and a deeper file speaks after a higher one.
    """
    known: dict[str, tuple[tuple[Matches, str, bool], ...]] = {}

    def lines(folder: str) -> tuple[tuple[Matches, str, bool], ...]:
        if folder not in known:
            known[folder] = _lines(read(f"{folder}{FILE}") or b"")
        return known[folder]

    def is_marked(path: RepoPath) -> bool:
        said: dict[str, bool] = {}
        for folder in above(path):
            for matches, mark, on in lines(folder):
                said |= {mark: on} if matches(path[len(folder) :]) else {}
        return any(said.values())

    return is_marked


def above(path: RepoPath) -> list[str]:
    """The folders that a path lies in, the root first, each with its slash at the end."""
    parts = path.split("/")[:-1]
    return ["", *("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))]


def _lines(data: bytes) -> tuple[tuple[Matches, str, bool], ...]:
    """For each mark that a line sets or takes back: what it matches, which mark, and whether it is set."""
    if b"linguist-" not in data:
        return ()
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  only where something is marked

    out: list[tuple[Matches, str, bool]] = []
    for line in data.decode("utf-8", "replace").splitlines():
        glob, *words = line.split() or ["#"]
        for word in words if not glob.startswith(("#", "!")) else ():
            name, _, value = word.lstrip("-!").partition("=")
            if name in _MARKS:
                on = not word.startswith(("-", "!")) and value.lower() != "false"
                out.append((GitIgnoreSpec.from_lines([glob]).match_file, name, on))
    return tuple(out)
