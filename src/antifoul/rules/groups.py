"""Rules by what people want alone: a hook id, a word for `--select` and the same word for `antifoul-hook`."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "prints": ("print-added", "debugger-left"),
    "tests": ("tests-untouched",),
    "hints": ("hints-missing",),
    "docs": ("docs-missing",),
    "debt": ("marker-added", "allow-unused", "allow-without-reason", "gate-weakened"),
    "complexity": ("complexity-raised", "nesting-raised", "function-grown"),
    "duplicates": ("duplicate-added",),
    "configs": (),  # every rule of the folder config: it grows with the rules
}
_BY_FOLDER = {"configs": "antifoul.rules.config."}


def rules_of(group: str) -> tuple[str, ...]:
    """The names of a group's rules; empty for what is no group."""
    folder = _BY_FOLDER.get(group)
    if folder is None:
        return GROUPS.get(group, ())
    from antifoul.rules.registry import index  # noqa: PLC0415  only where a folder is asked for

    return tuple(entry.name for entry in index() if entry.module.startswith(folder))
