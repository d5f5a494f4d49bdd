"""The commands in Python: lists that start with a program, what is added to them, texts that hold a whole command."""

from __future__ import annotations

import ast
import re

from antifoul.facts.launch import Command, Word
from antifoul.readers.launch.shell import OPEN, shell_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.paths import RepoPath

PLACEHOLDER = re.compile(r"<[A-Za-z][\w ./:|-]*>|\{\{.*?\}\}|\$\{\{.*?\}\}|\.\.\.")
STARTS = re.compile(
    r"(?:^|[\s;&|\"'(])(?:python3?|torchrun|accelerate|deepspeed|uv\s+run|srun|sbatch|ray|bash|sh|trl|llamafactory-cli|tune|axolotl)\s"
)
INDENTED = re.compile(
    r"^(?: {4}|\t)([ \t]*(?:[A-Z_]+=\S+[ \t]+)*(?:\$[ \t]+)?"
    r"(?:python3?|torchrun|accelerate launch|deepspeed|uv run|trl|tune run|axolotl|llamafactory-cli)[ \t]"
    r"(?:[^\n]*\\[ \t]*\n)*[^\n]*)",
    re.MULTILINE,
)
_WHOLE_COMMAND = re.compile(
    r"(?:^|\n)([ \t]*(?:[A-Z_]+=\S+[ \t]+)*(?:\$[ \t]+)?"
    r"(?:python3?|torchrun|accelerate launch|deepspeed|uv run|trl|tune run|axolotl|llamafactory-cli)[ \t]"
    r"(?:[^\n]*\\[ \t]*\n)*[^\n]*)"
)


def of_python(path: RepoPath, text: str) -> Iterator[Command]:
    """The commands in Python: lists that start with a program, and texts that hold a whole command."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")
    more = _additions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.List) and len(node.elts) > 1:
            yield from _of_python_list(path, node, more.get(id(node), []))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and STARTS.search(f"\n{node.value}"):
            yield from _of_python_text(path, node, lines)


def _additions(tree: ast.Module) -> dict[int, list[ast.expr]]:
    """What is added to a list after it was bound to a name, in the same function: `cmd += [...]`, `cmd.extend(...)`."""
    found: dict[int, list[ast.expr]] = {}
    scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))]
    for scope in scopes:
        bound: dict[str, list[ast.expr]] = {}
        for node in _statements(scope.body):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as made):
                    bound[name] = found.setdefault(id(made), [])
                case ast.Assign(targets=[ast.Name(id=name)]):
                    bound.pop(name, None)
                case (
                    ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.List(elts=added))
                    | ast.Expr(
                        value=ast.Call(
                            func=ast.Attribute(value=ast.Name(id=name), attr="extend"), args=[ast.List(elts=added)]
                        )
                    )
                    | ast.Expr(
                        value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[*added])
                    )
                ):
                    bound.get(name, []).extend(added)
                case _:
                    pass
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its branches, in order; those of inner functions are their own affair."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, field, []))


def _of_python_list(path: RepoPath, node: ast.List, more: list[ast.expr]) -> Iterator[Command]:
    first = _python_word(node.elts[0])
    programs = {
        "python",
        "python3",
        "torchrun",
        "accelerate",
        "deepspeed",
        "uv",
        "srun",
        "ray",
        "bash",
        "tune",
        "axolotl",
        "trl",
    }
    if first.text.rpartition("/")[2] in programs or (first.open and "executable" in ast.unparse(node.elts[0])):
        words = tuple(_python_word(one) for one in (*node.elts, *more))
        if first.open:
            words = (first._replace(text="python", open=False), *words[1:])
        yield Command(path, words, name="python")


def _python_word(node: ast.expr) -> Word:
    line, column = node.lineno, node.col_offset + 1
    match node:
        case ast.Constant(value=value):
            return Word(str(value), line, column)
        case ast.JoinedStr(values=values):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else OPEN for one in values)
            return Word(text, line, column, open=True)
        case _:
            return Word(OPEN, line, column, open=True)


def _of_python_text(path: RepoPath, node: ast.Constant, lines: list[str]) -> Iterator[Command]:
    text = str(node.value)
    end = node.end_lineno or node.lineno
    # Only where the text stands in the file as it is: a docstring's or a long string's lines.
    if text.count("\n") != end - node.lineno and "\n" in text:
        return
    if end > node.lineno or lines[node.lineno - 1].lstrip().startswith(("os.system", "subprocess", "cmd", "command")):
        for part in _WHOLE_COMMAND.finditer(text):
            filled = PLACEHOLDER.sub("$@", re.sub(r"^[ \t]*\$[ \t]+", lambda found: " " * len(found[0]), part[1]))
            filled = re.sub(r"\{[^{}\s]*\}", "$@", filled)
            yield from shell_commands(path, filled, node.lineno + text.count("\n", 0, part.start(1)), "python")
