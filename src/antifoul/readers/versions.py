"""Which version of a library a repository means: by its lock file, else by the range that it declares."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from antifoul.facts.paths import RepoPath

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "conda-lock.yml")
_DECLARING = re.compile(
    r"^(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile|environment\.ya?ml|(?:requirements|constraints)[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))$"
)
_EXTRAS = r"(?:\[[\w, -]*\])?(?:[\"']?\s*=(?!=)\s*\{?[^\"'\n]{0,30}[\"']|[\"']\s*:\s*[\"']|[\"'])?"
_SPECIFIER = r"\s*,?\s*(?:===?|~=|!=|<=|>=|<|>|\^)\s*v?\d[\w.]*(?:\.\*)?"
_BOUND = re.compile(r"(===?|~=|!=|<=|>=|<|>|\^)\s*v?(\d+(?:\.\d+)*)(\.\*)?")


class Wanted(NamedTuple):
    """Which versions will do. `file` declares them, "" where nothing does; `exact` is the one that is locked."""

    file: str
    exact: str = ""
    bounds: tuple[tuple[str, tuple[int, ...]], ...] = ()


def wanted(name: str, paths: Iterable[RepoPath], read: Callable[[RepoPath], bytes | None]) -> Wanted:
    """What the files at the top of a repository say of a library."""
    top = sorted(path for path in paths if path.count("/") <= 1)
    for file in _LOCKS:
        if file in top and (version := _locked(name, _text(read(file)))):
            return Wanted(file, version)
    pattern = re.compile(rf"(?<![\w./-]){re.escape(name)}{_EXTRAS}((?:{_SPECIFIER})*)", re.IGNORECASE)
    mentioned = ""
    for file in (path for path in top if _DECLARING.match(path)):
        for found in pattern.finditer(_code(_text(read(file)))):
            bounds = tuple((sign, _numbers(version)) for sign, version, _ in _BOUND.findall(found[1]))
            exact = next(
                (
                    version
                    for sign, version in ((s, v) for s, v, _ in _BOUND.findall(found[1]))
                    if sign in {"==", "==="}
                ),
                "",
            )
            if bounds:
                return Wanted(file, "" if ".*" in found[1] else exact, bounds)
            mentioned = mentioned or file
    return Wanted(mentioned)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")


def _code(text: str) -> str:
    bare = re.sub(r"(?:^|\s)#[^\n]*", "", text)
    return re.sub(r"^(\s*-\s*[\w.-]+)=(?=\d)", r"\1==", bare, flags=re.MULTILINE)  # as conda writes it


def _locked(name: str, text: str) -> str:
    escaped = re.escape(name)
    for pattern in (
        rf'^name = "{escaped}"\s*\nversion = "([^"]+)"',
        rf'"{escaped}":\s*\{{[^}}]*"version":\s*"==([^"]+)"',
        rf"^- name: {escaped}\s*\n\s*version: ['\"]?([\w.]+)",
    ):
        if found := re.search(pattern, text, re.MULTILINE):
            return found[1]
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def chosen(said: Wanted, known: Iterable[str]) -> str:
    """The release, of those known (the last of each minor one), that is meant; "" where none will do."""
    releases = sorted(known, key=_numbers)
    if said.exact:
        exact = _numbers(said.exact)
        same = [one for one in releases if _numbers(one)[:2] == exact[:2]]
        older = [one for one in releases if _numbers(one)[:2] < exact[:2]]
        return (same or older or [""])[-1]
    allowed = [one for one in releases if all(_allows(sign, bound, _numbers(one)) for sign, bound in said.bounds)]
    return allowed[-1] if allowed else ""


def _allows(  # noqa: PLR0911  one return a sign
    sign: str, bound: tuple[int, ...], release: tuple[int, ...]
) -> bool:
    """The minor release has a version that the bound allows."""
    minor, limit = release[:2], (*bound, 0)[:2]
    match sign:
        case ">=" | ">" if minor == limit:
            return True
        case ">=" | ">":
            return minor > limit
        case "<=":
            return minor <= limit
        case "<":
            return minor < limit or (minor == limit and len(bound) > 2 and bound[2] > 0)
        case "==" | "===":
            return minor == limit if len(bound) > 1 else minor[0] == bound[0]
        case "~=":
            return minor == limit if len(bound) > 2 else minor[0] == bound[0] and minor >= limit
        case "^":
            return minor >= limit and (minor[0] == bound[0] if bound[0] else minor == limit)
        case _:
            return True
