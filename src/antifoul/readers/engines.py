"""Ask linters about files laid out in a temporary folder: the repository's settings, none of the repository's code.

A linter is started from antifoul's own environment, isolated from the folder it works in (`python -I`), so that nothing
in there is imported. Its caches lie beside the folder and go with it.
"""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib

from antifoul.facts.engines import Remark
from antifoul.facts.errors import ReadError
from antifoul.facts.patch import patches
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from antifoul.facts.paths import RepoPath

    Remarks = dict[RepoPath, list[Remark]]

ENGINES = ("ruff", "black", "mypy")
SETTINGS_FILES = ("pyproject.toml", "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", "setup.cfg")
# What of mypy's settings runs code, reads or writes elsewhere, or chooses files: never taken over.
_MYPY_DROPPED = re.compile(
    r"^(?:plugins|python_executable|mypy_path|custom_typeshed_dir|custom_typing_module|cache_dir|sqlite_cache|\w+_report"
    r"|junit_xml|files|modules|packages|exclude|exclude_gitignore|install_types|non_interactive|shadow_file|pdb"
    r"|show_traceback|raise_exceptions|dump_\w+|warn_unused_configs|config_file|quickstart_file|scripts_are_modules"
    r"|incremental|fine_grained_\w+|pretty|output|color_output|error_summary|show_\w+|hide_error_codes)$"
)
# What mypy says because the repository's own dependencies are not installed beside antifoul.
_MYPY_ELSEWHERE = frozenset(
    {
        "import-not-found",
        "import-untyped",
        "import",
        "unused-ignore",
        "no-any-return",
        "no-any-unimported",
        "no-any-expr",
    }
)
# What does not parse is told by file-unreadable; whether a file is executable does not show where it is laid out.
_RUFF_ELSEWHERE = frozenset({"invalid-syntax", "EXE001", "EXE002"})
_MYPY_LINE = re.compile(r"^(.+?):(\d+):(\d+): error: (.*?)(?:  \[([\w-]+)\])?$")
_UNTYPED = re.compile(r"cannot subclass|[Uu]ntyped decorator|becomes .* due to an unfollowed import|type of .* is Any")


class Asked(NamedTuple):
    """One engine's answer for one side."""

    remarks: Mapping[RepoPath, tuple[Remark, ...]]
    notes: tuple[str, ...] = ()


def configured(engine: str, read: Callable[[RepoPath], bytes | None]) -> bool:
    """The repository has settings of the engine at its top."""
    pyproject = read("pyproject.toml") or b""
    if f"[tool.{engine}".encode() in pyproject:
        return True
    if engine == "ruff":
        return any(read(name) is not None for name in ("ruff.toml", ".ruff.toml"))
    if engine == "mypy":
        return any(read(name) is not None for name in ("mypy.ini", ".mypy.ini")) or b"[mypy" in (
            read("setup.cfg") or b""
        )
    return False


def installed(engine: str) -> bool:
    """The engine stands in antifoul's own environment."""
    return importlib.util.find_spec(engine) is not None


def ask_engine(engine: str, folder: str, paths: tuple[RepoPath, ...], timeout: int) -> Asked:
    """What the engine says of these files of the folder.

    Raises:
        ReadError: it could not be started, failed, or took longer than `timeout` seconds.
    """
    if not paths:
        return Asked({})
    found, notes = {"ruff": _ruff, "black": _black, "mypy": _mypy}[engine](folder, paths, timeout)
    return Asked({path: tuple(sorted(remarks)) for path, remarks in sorted(found.items())}, notes)


def _ruff(folder: str, paths: tuple[RepoPath, ...], timeout: int) -> tuple[Remarks, tuple[str, ...]]:
    options = ("check", "--no-cache", "--no-fix", "--force-exclude", "--output-format=json", "--exit-zero", "--quiet")
    out = _run(folder, ("ruff", *options, "--", *paths), timeout, {0})
    found: Remarks = {}
    for row in json.loads(out or "[]"):
        code = row.get("code") or ""
        if code and code not in _RUFF_ELSEWHERE:
            place = row["location"]
            remark = Remark(place["row"], place["column"], code, f"{code} {row['message']}")
            found.setdefault(_inside(folder, row["filename"]), []).append(remark)
    return found, ()


def _black(folder: str, paths: tuple[RepoPath, ...], timeout: int) -> tuple[Remarks, tuple[str, ...]]:
    out = _run(folder, ("black", "--diff", "--quiet", "--workers=1", "--", *paths), timeout, {0, 1, 123})
    found: Remarks = {}
    for patch in patches(out.encode("utf-8", "surrogateescape")):
        for hunk in patch.hunks:
            line = hunk.old_start if hunk.old_count else hunk.old_start + 1
            more = f" to {line + hunk.old_count - 1}" if hunk.old_count > 1 else ""
            what = (
                f"black would change line {line}{more}"
                if hunk.old_count
                else f"black wants blank lines before line {line}"
            )
            found.setdefault(_inside(folder, patch.old_path), []).append(Remark(line, 1, "format", what))
    return found, ()


def _mypy(folder: str, paths: tuple[RepoPath, ...], timeout: int) -> tuple[Remarks, tuple[str, ...]]:
    settings, notes = _mypy_settings(folder)
    place = os.path.join(os.path.dirname(folder), "mypy.ini")  # noqa: PTH118, PTH120  beside the tree, not in it
    with open(place, "w", encoding="utf-8") as file:  # noqa: PTH123  as above
        file.write(settings)
    options = (
        f"--config-file={place}",
        f"--cache-dir={os.path.join(os.path.dirname(folder), 'mypy_cache')}",  # noqa: PTH118, PTH120
        *("--no-error-summary", "--show-column-numbers", "--show-error-codes", "--no-color-output", "--no-pretty"),
        *("--hide-error-context", "--follow-imports=silent", "--no-site-packages", "--ignore-missing-imports"),
        *("--no-warn-unused-ignores", "--no-incremental"),
    )
    out = _run(folder, ("mypy", *options, "--", *paths), timeout, {0, 1})
    found: Remarks = {}
    for line in out.splitlines():
        told = _MYPY_LINE.match(line)
        if told and (told[5] or "") not in {*_MYPY_ELSEWHERE, "syntax"} and not _UNTYPED.search(told[4]):
            code = told[5] or "error"
            remark = Remark(int(told[2]), int(told[3]), code, f"{told[4]} [{code}]")
            found.setdefault(_inside(folder, told[1]), []).append(remark)
    return found, notes


def _mypy_settings(folder: str) -> tuple[str, tuple[str, ...]]:
    """The repository's settings of mypy without what is never taken over, as the text of an INI file."""
    sections = _mypy_sections(folder)
    out, dropped = [], set()
    roots = [folder, *([os.path.join(folder, "src")] if os.path.isdir(os.path.join(folder, "src")) else [])]  # noqa: PTH112, PTH118
    for name in sorted({"mypy", *sections}):
        table = sections.get(name, {})
        out.append(f"[{name}]")
        for key, value in table.items():
            if _MYPY_DROPPED.match(key):
                dropped.add(key)
            else:
                out.append(f"{key} = {_ini(value)}")
        if name == "mypy":
            out += ["explicit_package_bases = True", "namespace_packages = True", f"mypy_path = {':'.join(roots)}"]
    heeded = sorted(dropped & {"plugins", "mypy_path", "python_executable", "custom_typeshed_dir"})
    return "\n".join(out) + "\n", tuple(f"mypy's setting {name!r} is not heeded" for name in heeded)


def _mypy_sections(folder: str) -> dict[str, dict[str, Any]]:
    for name in ("mypy.ini", ".mypy.ini", "setup.cfg"):
        parser = configparser.RawConfigParser(strict=False)
        place = os.path.join(folder, name)  # noqa: PTH118  a temporary folder
        try:
            parser.read(place, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as problem:
            raise ReadError(f"{name} cannot be read: {str(problem).splitlines()[0]}") from None
        found = {section: dict(parser.items(section)) for section in parser.sections() if section.startswith("mypy")}
        if found:
            return found
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:  # noqa: PTH118, PTH123  as above
            table = tomllib.load(file).get("tool", {}).get("mypy", {})
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ReadError(f"pyproject.toml cannot be read: {problem}") from None
    found = {"mypy": {key: value for key, value in table.items() if key != "overrides"}}
    for override in table.get("overrides", []):
        modules = override.get("module", [])
        for module in [modules] if isinstance(modules, str) else modules:
            found[f"mypy-{module}"] = {key: value for key, value in override.items() if key != "module"}
    return found


def _ini(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("\n", " ")


def _run(folder: str, command: tuple[str, ...], timeout: int, good: set[int]) -> str:
    """What the engine prints."""
    engine = command[0]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "TMPDIR", "LANG"}}
    home = os.path.dirname(folder)  # noqa: PTH120  a temporary folder
    environ = {**kept, "HOME": home, "XDG_CACHE_HOME": home, "BLACK_CACHE_DIR": home, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", *command],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReadError(f"{engine} took longer than {timeout} s") from None
    except OSError as problem:
        raise ReadError(f"{engine} could not be started: {problem.strerror}") from None
    if done.returncode not in good:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise ReadError(f"{engine} failed ({done.returncode}): {said[-1].replace(folder, '')[:200]}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _inside(folder: str, name: str) -> RepoPath:
    """The path in the repository of a name that the engine printed."""
    real = os.path.realpath(folder)
    for top in (folder, real):
        if name.startswith(f"{top}{os.sep}"):
            return name[len(top) + 1 :]
    return os.path.normpath(name)


def lay_out(folder: str, files: Iterator[tuple[RepoPath, bytes]]) -> None:
    """Write the files under the folder; a name that would lead out of it is passed over."""
    for path, data in files:
        parts = path.split("/")
        if path.startswith("/") or any(part in {"", ".", "..", ".git"} for part in parts):
            continue
        place = os.path.join(folder, *parts)  # noqa: PTH118  bytes in names
        os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120  as above
        with open(place, "wb") as file:  # noqa: PTH123  as above
            file.write(data)
