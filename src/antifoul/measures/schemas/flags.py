"""The flags that calls and decorators declare, one parser's way each."""

from __future__ import annotations

import ast
import re

from antifoul.facts.options import Flag, Place
from antifoul.measures.schemas.fields import place_of
from antifoul.measures.schemas.outline import constant, keywords, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.options import Option
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape

_VALUELESS = frozenset({"store_true", "store_false", "store_const", "count", "append_const", "help", "version"})


def argparse_flag(call: ast.Call, outline: Outline) -> Flag | str | None:
    """What an `add_argument` declares: a flag, a pattern for one whose name is built, "" for one not known at all."""
    names: list[str] = []
    pattern = ""
    for one in call.args:
        text = constant(one)
        if text is not None:
            names.append(text)
        elif isinstance(one, ast.JoinedStr):
            pattern = pattern or pattern_of(one)
        else:
            return ""
    if pattern and not names:
        return pattern
    given = keywords(call)
    if not names and not call.args and "dest" not in given:
        return "" if any(one.arg is None for one in call.keywords) else None
    flags = tuple(name for name in names if name.startswith(("-", "+")))
    action = constant(given.get("action")) or ""
    if "BooleanOptionalAction" in (ast.unparse(given["action"]) if "action" in given else ""):
        flags += tuple(f"--no-{name[2:]}" for name in flags if name.startswith("--"))
        action = "store_true"
    if not flags:
        return Flag((), place_of(outline, call), dest=names[0] if names else "")
    nargs = given.get("nargs")
    optional = isinstance(nargs, ast.Constant) and nargs.value in {"?", "*", 0}
    takes = (
        None
        if optional or (action and action not in {*_VALUELESS, "store", "append", "extend"})
        else action not in _VALUELESS
    )
    long = next((name for name in flags if name.startswith("--")), flags[0])
    return Flag(
        flags,
        place_of(outline, call),
        takes,
        constant(given.get("dest")) or long.lstrip("-").replace("-", "_"),
        ast.unparse(given["type"]) if "type" in given else "",
        ast.unparse(given["default"]) if "default" in given else "",
        tuple(_texts(given.get("choices"))),
    )


def pattern_of(node: ast.JoinedStr) -> str:
    """A regular expression for the texts that an f-string may make."""
    out = ""
    for one in node.values:
        out += re.escape(one.value) if isinstance(one, ast.Constant) and isinstance(one.value, str) else ".+"
    return out


def _texts(node: ast.expr | None) -> Iterator[str]:
    for one in node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else ():
        text = constant(one)
        if text is not None:
            yield text


def dataclass_flags(shape: Shape) -> Iterator[Flag]:
    """The flags that a parser makes of a dataclass's fields: with underscores or dashes, `--no_x` for a true switch."""
    for option in shape.options:
        if not option.settable:
            continue
        names = [f"--{option.name}"]
        if "_" in option.name:
            names.append(f"--{option.name.replace('_', '-')}")
        if "bool" in option.type:
            names += [f"--no_{option.name}", f"--no-{option.name.replace('_', '-')}"]
        names += [alias for alias in option.aliases if alias.startswith("-")]
        yield Flag(
            tuple(names),
            option.place,
            None if "bool" in option.type else True,
            option.name,
            option.type,
            option.default,
        )


def click_flag(call: ast.Call, outline: Outline) -> Flag | str | None:
    """What a `click.option` or a `typer.Option` declares; "" for one not known."""
    names: list[str] = []
    for one in call.args:
        text = constant(one)
        if text is None:
            return ""
        names += [part.strip() for part in text.split("/")] if text.startswith("-") else []
    if not names:
        return None
    given = keywords(call)
    switch = any("/" in (constant(one) or "") for one in call.args) or any(
        isinstance(given.get(key), ast.Constant) and getattr(given[key], "value", None) for key in ("is_flag", "count")
    )
    return Flag(tuple(names), place_of(outline, call), not switch, names[0].lstrip("-").replace("-", "_"))


def parameter_flags(option: Option, *, dashes: bool, positional: bool = False) -> Flag:
    """The flag that a function's parameter becomes: typer writes it with dashes, fire takes both."""
    dashed = f"--{option.name.replace('_', '-')}"
    names: tuple[str, ...] = (dashed,) if dashes else (f"--{option.name}", dashed)
    if "bool" in option.type or not option.type:
        names += (f"--no-{option.name.replace('_', '-')}", f"--no{option.name}", f"--no_{option.name}")
    takes = None if positional or "bool" in option.type or not dashes else True
    return Flag(tuple(dict.fromkeys(names)), option.place, takes, option.name, option.type)


def nested_flags(option: Option, prefix: str) -> Iterator[Flag]:
    """Tyro's flag for a field, with underscores or dashes anywhere; a switch can be turned off."""
    plain = f"--{prefix}{option.name}"
    off = f"--{prefix}no-{option.name}"
    names = {plain, plain.replace("_", "-"), plain.replace("-", "_").replace("__", "--", 1)}
    if "bool" in option.type:
        names |= {off, off.replace("_", "-"), f"--{prefix}no_{option.name}"}
    yield Flag(tuple(sorted(names)), option.place, None if "bool" in option.type else True, option.name, option.type)


def absl_flag(call: ast.Call, outline: Outline) -> Flag | None:
    """What a `flags.DEFINE_...` declares."""
    name = constant(call.args[0]) if call.args else constant(keywords(call).get("name"))
    if name is None:
        return None
    short = constant(keywords(call).get("short_name"))
    names = (f"--{name}", f"--no{name}", f"-{name}", *((f"-{short}",) if short else ()))
    takes = None if parts_of(call.func)[-1].endswith("bool") or parts_of(call.func)[-1].endswith("boolean") else True
    return Flag(names, place_of(outline, call), takes, name)


_ABSL_OWN = (
    "verbosity", "v", "stderrthreshold", "log_dir", "logger_levels", "flagfile", "undefok", "profile_file",
    "alsologtostderr", "logtostderr", "showprefixforinfo", "helpfull", "helpshort", "helpxml", "only_check_args",
    "pdb", "pdb_post_mortem", "run_with_pdb", "run_with_profiling", "use_cprofile_for_profiling",
)  # fmt: skip
ABSL_OWN = tuple(Flag((f"--{name}", f"--no{name}", f"-{name}"), Place("", 0), None, name) for name in _ABSL_OWN)
