"""Repository-relative paths: POSIX strings, bytes that are not UTF-8 kept as surrogates, and how they are shown.

A plain `str` rather than `PurePosixPath`: importing pathlib alone doubles the start of a hook.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

RepoPath: TypeAlias = str

_C_ESCAPES = {
    0x07: "\\a",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0B: "\\v",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}
# Invisible characters that reorder or hide what a reader sees: bidirectional controls, zero-width signs, BOM.
_UNSEEN = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c"
)


def from_bytes(raw: bytes) -> RepoPath:
    """The path that git printed, with undecodable bytes kept as surrogates."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(path: RepoPath) -> bytes:
    """The bytes of the path, as the file system and git know it."""
    return path.encode("utf-8", "surrogateescape")


def is_utf8(path: RepoPath) -> bool:
    """The path holds no undecodable byte."""
    return not any("\udc80" <= sign <= "\udcff" for sign in path)


def c_quoted(path: RepoPath) -> str:
    """The path as git prints it with core.quotePath: in double quotes, other bytes than ASCII as octal."""
    raw = to_bytes(path)
    body = "".join(_C_ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}") for byte in raw)
    return f'"{body}"'


def for_json(path: RepoPath) -> str:
    """The path as the JSON contract wants it: as it is, or C-quoted where it is not UTF-8."""
    return path if is_utf8(path) else c_quoted(path)


def shown(path: RepoPath) -> str:
    """The path on one line of a terminal, with nothing in it that could move the cursor or reorder the text."""
    risky = not is_utf8(path) or any(ord(sign) < 0x20 or sign in '"\x7f' or sign in _UNSEEN for sign in path)
    return c_quoted(path) if risky or not path.isprintable() else path


def visible(text: str) -> str:
    """The text on one line, every control, reordering or undecodable character replaced by an escape."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() and sign not in _UNSEEN else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in text
    )


def inert(line: str) -> str:
    """The line, such that a runner that reads the log takes it for text: `::` at its start and `##[` are commands."""
    if "::" in line and line.lstrip().startswith("::"):
        line = line.replace("::", "\\x3a:", 1)
    return line.replace("##[", "#\\x23[") if "##[" in line else line


def unquoted(raw: bytes) -> RepoPath:
    """The path that git C-quoted; what does not start with a quote is the path itself."""
    if not (raw.startswith(b'"') and raw.endswith(b'"') and len(raw) > 1):
        return from_bytes(raw)
    out = bytearray()
    body, at = raw[1:-1], 0
    while at < len(body):
        if body[at] != 0x5C or at + 1 == len(body):
            out.append(body[at])
            at += 1
        elif body[at + 1 : at + 4].isdigit():
            out.append(int(body[at + 1 : at + 4], 8) & 0xFF)
            at += 4
        else:
            sign = body[at : at + 2].decode("latin-1")
            out.append(next((byte for byte, escape in _C_ESCAPES.items() if escape == sign), body[at + 1]))
            at += 2
    return from_bytes(bytes(out))
