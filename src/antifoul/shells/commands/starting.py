"""`antifoul init`: look at a repository and write what it needs to start."""

import argparse
import os
import shlex
import sys
from difflib import unified_diff
from shutil import which
from typing import TYPE_CHECKING

from antifoul.facts.errors import UsageError
from antifoul.facts.paths import visible
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command
from antifoul.shells.outputs import say
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.starting import Proposal
    from antifoul.gate.survey import World


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", default=".", metavar="PATH", help="a repository (default: here)")
    parser.add_argument("--write", action="store_true", help="write the files; without it they are only shown")
    parser.add_argument("--yes", action="store_true", help="with --write: add to existing files without asking")
    parser.add_argument("--git-hooks", action="store_true", help="native git hooks instead of the files")
    parser.add_argument(
        "--source", metavar="URL", default="", help="the git repository, or the clone, to install antifoul from"
    )
    parser.add_argument("--rev", metavar="REV", default="", help="its tag or commit (default: this version's tag)")


def _init(given: argparse.Namespace) -> int:
    from antifoul.gate.survey import open_world  # noqa: PLC0415  each command imports what it needs

    world = open_world(given.place, getattr(given, "config", None), os.environ, progress(given))
    proposals = _proposals(given, world)
    written, declined = 0, ""
    for one in proposals:
        name = visible(one.path)
        if one.text is None:
            say(f"{name}: left alone: {''.join(_lines(one.why))}")
        elif not given.write:
            say(f"{name}: would be {'added to' if one.before is not None else 'written'}:\n{_shown(one)}\n")
        elif one.before is None or given.yes or _agreed(one):
            _write(world.root, one)
            written += 1
            say(f"{name}: {'added to' if one.before is not None else 'written'}\n")
        else:
            declined = name
            say(f"{name}: left alone: it is yours; --yes adds this to it:\n{_shown(one)}\n")
    say(_next_steps(given, proposals, written, declined))
    return exits.OK


def _proposals(given: argparse.Namespace, world: "World") -> "tuple[Proposal, ...]":
    if given.git_hooks:
        from antifoul.gate.native_hooks import propose_hooks  # noqa: PLC0415

        return propose_hooks(world)
    from importlib.metadata import metadata  # noqa: PLC0415  slow to import

    from antifoul import __version__  # noqa: PLC0415
    from antifoul.gate.starting import propose  # noqa: PLC0415
    from antifoul.reports.starter import Origin  # noqa: PLC0415

    source = os.path.realpath(given.source) if os.path.isdir(given.source or "\0") else given.source  # noqa: PTH112
    urls = dict(str(one).split(", ", 1) for one in metadata("antifoul").get_all("Project-URL") or [])
    return propose(world, Origin(source or urls["Repository"], given.rev or _commit(source) or f"v{__version__}"))


def _commit(source: str) -> str:
    """The commit that a clone on this machine stands at; "" for an address elsewhere."""
    from antifoul.readers.git import open_repository  # noqa: PLC0415

    git = open_repository(source, os.environ) if source and os.path.isdir(source) else None  # noqa: PTH112
    return git.line("rev-parse", "HEAD") if git else ""


def _lines(text: str) -> list[str]:
    return [f"{visible(line)}\n" for line in text.splitlines()]


def _shown(one: "Proposal") -> str:
    """A new file's text, or what is added to one that is there."""
    lines = (one.text or "").splitlines()
    if one.before is not None:
        lines = list(unified_diff(one.before.splitlines(), lines, one.path, one.path, lineterm=""))
    return "".join(f"  {visible(line.expandtabs(4))}".rstrip() + "\n" for line in lines)


def _agreed(one: "Proposal") -> bool:
    """What the user says to a change of a file of theirs; no, where nobody can be asked."""
    if not sys.stdin.isatty():
        return False
    say(f"{visible(one.path)} is there; this would be added:\n{_shown(one)}")
    sys.stderr.write("add it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _write(root: str, one: "Proposal") -> None:
    """Write a file below the root, or at its absolute place: a new one, or one that is there and has not changed."""
    place = os.path.join(root, one.path)  # noqa: PTH118  bytes in names
    folder = os.path.dirname(place)  # noqa: PTH120
    try:
        if not os.path.isabs(one.path) and not _is_inside(folder, root):  # noqa: PTH117
            raise UsageError(f"{visible(one.path)}: its folder lies outside of the repository")
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        flags |= os.O_TRUNC if one.before is not None else os.O_CREAT | os.O_EXCL
        mode = 0o755 if os.path.isabs(one.path) else 0o644  # noqa: PTH117  hooks are programs
        with os.fdopen(os.open(place, flags, mode), "w", encoding="utf-8", newline="\n") as file:
            file.write(one.text or "")
    except OSError as problem:
        raise UsageError(f"{visible(one.path)} cannot be written: {problem.strerror}") from None


def _is_inside(folder: str, root: str) -> bool:
    real, top = os.path.realpath(folder), os.path.realpath(root)
    return os.path.commonpath([real, top]) == top


def _next_steps(given: argparse.Namespace, proposals: "tuple[Proposal, ...]", written: int, declined: str) -> str:
    if not given.write:
        left = any(one.text is not None for one in proposals)
        return f"Nothing was written: `{_again(given)}` does it.\n" if left else "There is nothing to write.\n"
    if given.git_hooks:
        lost = "" if which("antifoul-hook") else f" antifoul must be on PATH for them: {os.path.dirname(sys.argv[0])}"  # noqa: PTH120
        return f"To undo it, delete them.{lost}\n" if written else ""
    if declined:
        return f"Next: add the lines above to {declined} yourself, or `{_again(given)} --yes` does it.\n"
    placeholder = any(one.text and "/OWNER/" in one.text for one in proposals)
    first = "set the address of antifoul, which is a placeholder (or `--source URL`); then " if placeholder else ""
    return f"Next: {first}`pre-commit install` (or `prek install`), and commit the files.\n" if written else ""


def _again(given: argparse.Namespace) -> str:
    """The same command, to write."""
    named = {"--source": given.source, "--rev": given.rev, "--config": getattr(given, "config", None)}
    parts = [part for name, value in named.items() if value for part in (name, value)]
    parts += ["--git-hooks"] if given.git_hooks else []
    return shlex.join([_program(), "init", *([] if given.place == "." else [given.place]), *parts, "--write"])


def _program() -> str:
    """What was called: by its name where that leads to it, else by its path."""
    called = sys.argv[0]
    found = which("antifoul")
    return "antifoul" if found and os.path.exists(called) and os.path.samefile(found, called) else called  # noqa: PTH110, PTH121


COMMANDS = (Command("init", _add_init, _init, "Propose a hook, a workflow and settings for a repository."),)
