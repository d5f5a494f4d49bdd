"""Read a project's version and its libraries' least versions from its own files, without running any of them."""

from __future__ import annotations

import ast
import re

from antifoul.facts.errors import ReadError
from antifoul.facts.source import decode, parse
from antifoul.facts.versions import Versions, canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from antifoul.facts.paths import RepoPath

    Read = Callable[[RepoPath], bytes | None]

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.\-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*([<>=!~^][^;#)]*)")
_LEAST = re.compile(r"(?:>=?|===?|~=|\^)\s*v?(\d+(?:\.\d+)*)")
_VERSION = re.compile(r"^__version__\s*(?::\s*\w+\s*)?=\s*[\"']([^\"']+)[\"']", re.MULTILINE)
_VERSION_FILES = ("__init__.py", "version.py", "_version.py", "__about__.py", "__version__.py", "about.py")
FILES = ("pyproject.toml", "setup.py", "setup.cfg", "VERSION", "version.txt")


def read_versions(paths: Iterable[RepoPath], read: Read) -> Versions:
    """What the files of a repository say; the first that tells the project's version is believed."""
    every = sorted(paths)
    names: list[str] = []
    own: list[str] = []
    least: dict[str, str] = {}
    for file in ("pyproject.toml", "setup.cfg", "setup.py"):
        if file not in every or (data := read(file)) is None:
            continue
        name, version, requirements = _READERS[file](data)
        names += [name] if name else []
        own += [version] if version else []
        _note(least, requirements)
    for path in every:
        if re.fullmatch(r"(?:requirements/)?[\w\-]*requirements[\w\-]*\.txt|requirements/[\w\-]+\.txt", path):
            _note(least, (read(path) or b"").decode("utf-8", "replace").splitlines())
    name = names[0] if names else ""
    own += list(_from_sources(every, read, name)) if not own else []
    return Versions(canonical(name), own[0] if own else "", least)


def _note(least: dict[str, str], requirements: Iterable[str]) -> None:
    for requirement in requirements:
        found = _REQUIREMENT.match(requirement)
        bound = _LEAST.search(found[2]) if found else None
        if found and bound:
            least.setdefault(canonical(found[1]), bound[1])


def _pyproject(data: bytes) -> tuple[str, str, list[str]]:
    import tomllib  # noqa: PLC0415  only where a marker names a version

    try:
        document: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
        project = document.get("project", {})
        poetry = document.get("tool", {}).get("poetry", {})
        groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
        listed = [one for group in groups for one in group if isinstance(one, str)]
        listed += [
            f"{name} {bound}" for name, bound in poetry.get("dependencies", {}).items() if isinstance(bound, str)
        ]
        python = project.get("requires-python", "")
        listed += [f"python {python}"] if isinstance(python, str) and python else []
        name, version = (project.get(key) or poetry.get(key) or "" for key in ("name", "version"))
    except (ValueError, AttributeError, TypeError):
        return "", "", []
    return str(name), str(version), listed


def _setup_cfg(data: bytes) -> tuple[str, str, list[str]]:
    import configparser  # noqa: PLC0415  only where a marker names a version

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(data.decode("utf-8", "replace"))
    except configparser.Error:
        return "", "", []
    listed = parser.get("options", "install_requires", fallback="").splitlines()
    python = parser.get("options", "python_requires", fallback="")
    version = parser.get("metadata", "version", fallback="")
    literal = version if re.match(r"\d", version) else ""
    return parser.get("metadata", "name", fallback=""), literal, [*listed, *([f"python {python}"] if python else [])]


def _setup_py(data: bytes) -> tuple[str, str, list[str]]:
    """The constants of a setup script: what it computes is not known."""
    try:
        tree = parse(decode(data))
    except ReadError:
        return "", "", []
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    said: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            for word in node.keywords:
                value = word.value
                text = constants.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
                if word.arg in {"name", "version", "python_requires"} and isinstance(text, str):
                    said.setdefault(word.arg, text)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    listed = [text for text in texts if len(text) < 200 and _REQUIREMENT.match(text)]
    python = said.get("python_requires", "")
    return said.get("name", ""), said.get("version", ""), [*listed, *([f"python {python}"] if python else [])]


_READERS: Mapping[str, Callable[[bytes], tuple[str, str, list[str]]]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
}


def _from_sources(paths: list[RepoPath], read: Read, name: str) -> Iterator[str]:
    """`__version__` of the package that bears the project's name, or a file that holds nothing but the version."""
    plain = name.replace("-", "_").lower()
    for file in _VERSION_FILES:
        for path in paths:
            folder, _, last = path.rpartition("/")
            if last == file and folder.lower() in {plain, f"src/{plain}"} and plain:
                found = _VERSION.search((read(path) or b"").decode("utf-8", "replace"))
                if found:
                    yield found[1]
    for path in paths:
        if path.rpartition("/")[2].lower() in {"version", "version.txt"} and path.count("/") < 2:
            text = (read(path) or b"").decode("utf-8", "replace").strip()
            if re.fullmatch(r"v?\d+(?:\.\d+)+\S*", text):
                yield text
