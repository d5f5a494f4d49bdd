"""What was mended: as a difference that `git apply` takes, or as JSON."""

from typing import Any

from antifoul.facts.mending import Mended, Mending
from antifoul.facts.paths import for_json, shown, visible
from antifoul.facts.report import Look


def difference(found: Mending, look: Look) -> str:
    """The differences of all files, one after the other; with colour for a terminal."""
    text = "".join(one.diff for one in found.files)
    if not look.colour:
        return text
    signs = {"+": "32", "-": "31", "@": "36"}
    lines = text.split("\n")
    return "\n".join(f"\x1b[{signs[line[0]]}m{visible(line)}\x1b[0m" if line[:1] in signs else line for line in lines)


def mending_object(found: Mending) -> dict[str, Any]:
    """The object that `fix --format json` promises."""
    return {"schema": 1, "written": found.written, "files": [_file(one) for one in found.files]}


def _file(one: Mended) -> dict[str, Any]:
    return {
        "path": for_json(one.path),
        "fixes": [fix._asdict() for fix in one.fixes],
        "left": [left._asdict() for left in one.left],
        "diff": one.diff,
        "refused": one.refused or None,
    }


def summary(found: Mending) -> str:
    """What is said beside the report: how much, what was left and why, and what to do next."""
    out = [f"{shown(one.path)}:{left.line}: left: {left.reason}" for one in found.files for left in one.left]
    out += [f"{shown(one.path)}: not written: {one.refused}" for one in found.refused if found.written]
    files = sum(bool(one.fixes) for one in found.files)
    what = f"{found.fixes:,} {'fix' if found.fixes == 1 else 'fixes'} in {files:,} {'file' if files == 1 else 'files'}"
    if not found.fixes:
        out.append("antifoul: nothing to mend")
    elif not found.written:
        out.append(f"antifoul: {what}; nothing is written: `antifoul fix --write` applies them")
    else:
        left = f"; {len(found.refused)} not written, --dirty writes them too" if found.refused else ""
        out.append(f"antifoul: {what}{left}")
    return "".join(f"{line}\n" for line in out)
