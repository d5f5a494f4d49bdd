"""What the decorators of a function declare: click's and typer's options, Hydra's config."""

from __future__ import annotations

import ast

from antifoul.facts.options import Flag, Option
from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.fields import place_of
from antifoul.measures.schemas.flags import click_flag, parameter_flags
from antifoul.measures.schemas.outline import constant, keywords, parts_of
from antifoul.measures.schemas.surfaces import HydraEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.outline import Function, Outline

_KNOWN = frozenset({
    "command", "group", "option", "argument", "pass_context", "pass_obj", "version_option", "help_option", "record",
    "wraps", "callback", "main", "no_grad", "inference_mode", "password_option", "confirmation_option",
})  # fmt: skip


class HydraSays(NamedTuple):
    """The arguments of `hydra.main`; None for what is not given or not known."""

    path: str | None
    name: str | None


class Entered(NamedTuple):
    """What a function's decorators say."""

    kind: str = ""
    flags: tuple[Flag, ...] = ()
    doubt: str = ""
    command: str = ""  # the name that it has as a subcommand
    hydra: HydraSays | None = None


def entered(node: Function, outline: Outline) -> Entered:
    """What the decorators of a function declare; nothing for a plain one."""
    decorators = [(parts_of(one.func if isinstance(one, ast.Call) else one), one) for one in node.decorator_list]
    origins = {parts: _origin(outline, parts) for parts, _ in decorators if parts}
    if hydra := next((one for parts, one in decorators if parts and origins[parts] == "hydra.main"), None):
        given = keywords(hydra) if isinstance(hydra, ast.Call) else {}
        return Entered("hydra", hydra=HydraSays(constant(given.get("config_path")), constant(given.get("config_name"))))
    if any(origins.get(parts, "").startswith(("click.", "rich_click.", "asyncclick.")) for parts, _ in decorators):
        return _click(decorators, outline)._replace(command=_command(node, outline))
    if _is_typer_command(decorators, outline):
        return Entered("typer", tuple(_typer(node, outline)), command=_command(node, outline))
    return Entered()


def hydra_entries(outline: Outline) -> Iterator[HydraEntry]:
    """What the functions of a module say of Hydra."""
    for node in outline.functions.values():
        said = entered(node, outline).hydra
        if said is not None:
            yield HydraEntry(said.path, said.name, place_of(outline, node), outline)


def _origin(outline: Outline, parts: tuple[str, ...]) -> str:
    """The dotted name that a decorator has where it comes from."""
    imported = outline.imports.get(parts[0])
    if imported is None:
        return ".".join(parts)
    head = f"{imported.module}.{imported.name}" if imported.name else imported.module
    return ".".join((head, *parts[1:]))


def _click(decorators: list[tuple[tuple[str, ...], ast.expr]], outline: Outline) -> Entered:
    flags: list[Flag] = []
    doubt = ""
    for parts, one in decorators:
        short = parts[-1] if parts else ""
        if short not in _KNOWN:
            doubt = doubt or f"@{'.'.join(parts) or ast.unparse(one)} may add options"
        elif short == "option" and isinstance(one, ast.Call):
            flag = click_flag(one, outline)
            if isinstance(flag, Flag):
                flags.append(flag)
            elif flag == "":
                doubt = doubt or "an option's name is only known when it runs"
        elif (
            short in {"command", "group"} and isinstance(one, ast.Call) and "ignore_unknown_options" in ast.unparse(one)
        ):
            doubt = doubt or "the command lets unknown options through"
        elif short in {"version_option", "help_option"}:
            flags.append(Flag(("--version",), place_of(outline, one), takes=False))
    return Entered("click", tuple(flags), doubt)


def _command(node: Function, outline: Outline) -> str:
    """What a function is called as a command of a group: `@cli.command()`."""
    for one in node.decorator_list:
        parts = parts_of(one.func if isinstance(one, ast.Call) else one)
        if len(parts) == 2 and parts[1] == "command" and parts[0] not in outline.imports:
            given = one if isinstance(one, ast.Call) else ast.Call(one, [], [])
            written = given.args[0] if given.args else keywords(given).get("name")
            return node.name.lower().replace("_", "-") if written is None else constant(written) or ""
    return ""


def _is_typer_command(decorators: list[tuple[tuple[str, ...], ast.expr]], outline: Outline) -> bool:
    for parts, _ in decorators:
        made = outline.assigns.get(parts[0]) if len(parts) == 2 and parts[1] in {"command", "callback"} else None
        if isinstance(made, ast.Call) and parts_of(made.func)[-1:] == ("Typer",):
            return True
    return False


def _typer(node: Function, outline: Outline) -> Iterator[Flag]:
    """The flags that the parameters of a typer command become."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    defaults = dict(zip(reversed([one.arg for one in node.args.args]), reversed(node.args.defaults), strict=False))
    defaults |= {
        one.arg: value for one, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value
    }
    for one in arguments:
        described = [
            call
            for call in _calls(one.annotation, defaults.get(one.arg))
            if parts_of(call.func)[-1:] in {("Option",), ("Argument",)}
        ]
        named = [flag for call in described if isinstance(flag := click_flag(call, outline), Flag)]
        if any(parts_of(call.func)[-1:] == ("Argument",) for call in described):
            continue
        yield from named
        if not named:
            text = ast.unparse(one.annotation) if one.annotation is not None else ""
            yield parameter_flags(Option(one.arg, place_of(outline, one), text), dashes=True)


def _calls(annotation: ast.expr | None, default: ast.expr | None) -> Iterator[ast.Call]:
    for root in (annotation, default):
        for node in ast.walk(root) if root is not None else ():
            if isinstance(node, ast.Call):
                yield node
