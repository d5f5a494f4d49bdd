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


def role_by(settings: Settings) -> Callable[[RepoPath], Role]:
    """The role of a path: a test where the settings' globs say so, otherwise told by folder and name."""
    tests = matcher(settings.tests)
    return lambda path: "test" if settings.tests and tests(path) else role_of(path)
