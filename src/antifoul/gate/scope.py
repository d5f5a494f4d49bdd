"""What is in scope: include, exclude, vendored and generated files, and what a path is for."""

from __future__ import annotations

from antifoul.facts.roles import Role, is_template, role_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Settings


def matcher(globs: tuple[str, ...]) -> Callable[[RepoPath], bool]:
    """Whether a path matches one of the globs, as git's ignore patterns do."""
    if not globs:
        return lambda _: False
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  only where globs are set

    spec = GitIgnoreSpec.from_lines(globs)
    return lambda path: bool(spec.match_file(path))


def in_scope(settings: Settings, only: tuple[str, ...] = ()) -> Callable[[RepoPath], bool]:
    """Whether the settings want a path judged: included, not excluded, no template, not vendored or generated.

    `only` are globs that narrow it further.
    """
    included, excluded, asked = matcher(settings.include), matcher(settings.exclude), matcher(only)

    def judged(path: RepoPath) -> bool:
        if excluded(path) or is_template(path) or role_of(path) in {"vendored", "generated"}:
            return False
        return (not settings.include or included(path)) and (not only or asked(path))

    return judged


def role_by(settings: Settings, marked: Callable[[RepoPath], bool] | None = None) -> Callable[[RepoPath], Role]:
    """The role of a path: what the settings' globs and source roots say, otherwise told by folder and name.

    Where source roots are set, what lies in one is told by its path below the root, and other code is a script.
    What the repository marks as generated or vendored is generated, wherever it lies.
    """
    tests = matcher(settings.tests)
    roots = tuple(root.strip("/").removeprefix("./") for root in settings.source)

    def role(path: RepoPath) -> Role:
        if marked is not None and marked(path):
            return "generated"
        if settings.tests and tests(path):
            return "test"
        root = next((root for root in roots if root in {"", "."} or path.startswith(f"{root}/")), None)
        if root is not None:
            return role_of(path[len(root) :].lstrip("/") if root not in {"", "."} else path)
        told = role_of(path)
        return "script" if roots and told == "package" else told

    return role
