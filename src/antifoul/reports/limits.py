"""Texts cut to what a platform takes: whole lines, nothing left open, and a last line that says so."""

import re

SUMMARY = 900 * 1024  # bytes; at 1 MiB the platform drops a whole job summary
_FOLD = re.compile(r"<details>|</details>")


def capped(text: str, size: int, rest: str) -> str:
    """As many whole lines as fit into so many bytes; what was folded where it ends is closed again."""
    data = text.encode("utf-8", "replace")
    if len(data) <= size:
        return text
    kept = data[:size].rpartition(b"\n")[0].decode("utf-8", "replace")
    depth = sum(1 if found == "<details>" else -1 for found in _FOLD.findall(kept))
    closing = "\n\n</details>" * max(depth, 0)
    return f"{kept}{closing}\n\n{rest}\n"
