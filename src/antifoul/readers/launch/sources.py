"""The commands that any kind of file holds: scripts, Makefiles, Dockerfiles, workflows, READMEs, Python."""

import re
from collections.abc import Iterator

from antifoul.facts.keys import Node
from antifoul.facts.launch import Command, Word
from antifoul.facts.paths import RepoPath
from antifoul.readers.launch.python import INDENTED, PLACEHOLDER, STARTS, of_python
from antifoul.readers.launch.shell import OPEN, shell_commands

_SHELL = (".sh", ".bash", ".slurm", ".sbatch", ".zsh", ".ksh")
_MARKDOWN = (".md", ".mdx", ".rst", ".qmd", ".markdown")
_SHEBANG = re.compile(rb"#![^\n]*\b(?:ba|z|k|da)?sh\b")
_FENCE = re.compile(r"^([ \t]*(?:>[ \t]?)?)(`{3,}|~{3,})[ \t]*\{?\.?([\w-]*)[^\n`]*$", re.MULTILINE)
_RST = re.compile(
    r"^([ \t]*)\.\.\s+(?:code-block|code|sourcecode|prompt)::\s*(bash|shell|sh|console|zsh)\b.*$", re.MULTILINE
)
_SHELL_NAMES = frozenset({"bash", "sh", "shell", "console", "zsh", "shell-session", "sh-session", "bash-session", ""})
_COMMENTED = re.compile(
    r"^[ \t]*#+[ \t]*(?:\$[ \t]+)?(?:[A-Z_]+=\S+[ \t]+)*"
    r"(?:python3?|torchrun|accelerate launch|deepspeed|uv run|trl|tune|axolotl|llamafactory-cli)[ \t][^\n]*",
    re.MULTILINE,
)
_COMMAND_KEYS = frozenset(
    {"run", "command", "commands", "cmd", "args", "arguments", "script", "entrypoint", "before_script", "setup"}
)
_LARGEST = 1_000_000


def is_launch_file(path: RepoPath, head: bytes = b"") -> bool:
    """The name or the first bytes say that the file may hold commands; Python and YAML are told apart elsewhere."""
    name = path.rpartition("/")[2]
    return (
        path.endswith((*_SHELL, *_MARKDOWN, ".mk", ".Dockerfile"))
        or name in {"Makefile", "makefile", "GNUmakefile", "Dockerfile", "justfile", "Justfile"}
        or name.startswith("Dockerfile")
        or ("." not in name and bool(_SHEBANG.match(head)))
    )


def commands_in(path: RepoPath, data: bytes) -> tuple[Command, ...]:
    """The commands of one file by its kind; nothing of one that is too large or no text."""
    if len(data) > _LARGEST:
        return ()
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    name = path.rpartition("/")[2]
    if path.endswith(_MARKDOWN):
        found = _of_markdown(path, text)
    elif name.lower().endswith("makefile") or path.endswith(".mk"):
        found = _of_makefile(path, text)
    elif name.startswith("Dockerfile") or path.endswith(".Dockerfile"):
        found = _of_dockerfile(path, text)
    elif path.endswith(".py"):
        found = of_python(path, text)
    else:
        found = shell_commands(path, text)
    return tuple(found)


def _of_markdown(path: RepoPath, text: str) -> Iterator[Command]:
    """The commands of the blocks that are shell, or say no language, and of those that are indented."""
    at = 0
    outside = 0
    while fence := _FENCE.search(text, at):
        yield from _indented(path, text, outside, fence.start())
        end = re.compile(rf"^[ \t]*(?:>[ \t]?)?{re.escape(fence[2][:3])}", re.MULTILINE).search(text, fence.end() + 1)
        stop = end.start() if end else len(text)
        if fence[3].lower() in _SHELL_NAMES:
            body = text[fence.end() + 1 : stop]
            yield from _block(
                path, body, text.count("\n", 0, fence.end() + 1) + 1, "markdown", needs_start=not fence[3]
            )
        at = end.end() if end else len(text)
        line_end = text.find("\n", at)
        outside = at = len(text) if line_end < 0 else line_end
    if not path.endswith(".rst"):
        yield from _indented(path, text, outside, len(text))
    for directive in _RST.finditer(text) if path.endswith(".rst") else ():
        found = re.compile(rf"(?:[ \t]*\n|{directive[1]}[ \t]+[^\n]*\n?)*").match(text, directive.end() + 1)
        if found:
            yield from _block(
                path, found[0], text.count("\n", 0, directive.end() + 1) + 1, "markdown", needs_start=False
            )


def _indented(path: RepoPath, text: str, start: int, end: int) -> Iterator[Command]:
    """The commands that stand as code by their indent alone."""
    for found in INDENTED.finditer(text, start, end):
        yield from _block(path, found[1], text.count("\n", 0, found.start(1)) + 1, "markdown", needs_start=True)


def _block(path: RepoPath, body: str, line: int, name: str, *, needs_start: bool) -> Iterator[Command]:
    if needs_start and not STARTS.search(f"\n{body}"):
        return
    prompted = re.sub(r"^([ \t]*)(?:\$|%|>)(?=[ \t])", r"\1 ", body, flags=re.MULTILINE)
    filled = PLACEHOLDER.sub(lambda found: "$@" + "\n" * found[0].count("\n"), prompted)
    yield from shell_commands(path, filled, line, name)


def _of_makefile(path: RepoPath, text: str) -> Iterator[Command]:
    """The recipes, one shell text each run of lines that a tab starts."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        if not lines[number].startswith("\t"):
            number += 1
            continue
        start = number
        block: list[str] = []
        while number < len(lines) and (lines[number].startswith("\t") or (block and block[-1].endswith("\\"))):
            block.append(re.sub(r"^\t[@+-]*", lambda found: " " * len(found[0]), lines[number]))
            number += 1
        body = re.sub(r"\$\$", "$", "\n".join(block))
        yield from shell_commands(path, body, start + 1, "make")


def _of_dockerfile(path: RepoPath, text: str) -> Iterator[Command]:
    for found in re.finditer(r"^[ \t]*(?:RUN|CMD|ENTRYPOINT)[ \t]+((?:[^\n]*\\[ \t]*\n)*[^\n]*)", text, re.MULTILINE):
        line = text.count("\n", 0, found.start(1)) + 1
        if found[1].startswith("["):
            yield from _of_json_list(path, found[1], line)
        else:
            yield from shell_commands(path, found[1], line, "docker")


def _of_json_list(path: RepoPath, written: str, line: int) -> Iterator[Command]:
    """The one command of `CMD ["python", "train.py"]`."""
    text = written.replace("\\\n", " \n")
    words = tuple(
        _word(one[1], line + text.count("\n", 0, one.start()), one.start() - text.rfind("\n", 0, one.start()))
        for one in re.finditer(r'"((?:[^"\\]|\\.)*)"', text)
    )
    if words:
        yield Command(path, words, name="docker")


def of_comments(path: RepoPath, text: str) -> Iterator[Command]:
    """The commands in the comments of a config: how it says that it is started."""
    if not _COMMENTED.search(text):
        return
    bare = re.sub(r"^([ \t]*)#[ \t]?", lambda found: " " * len(found[0]), text, flags=re.MULTILINE)
    for found in _COMMENTED.finditer(text):
        end = found.end()
        while text[:end].endswith("\\") and (following := re.compile(r"\n[ \t]*#[^\n]*").match(text, end)):
            end = following.end()
        filled = PLACEHOLDER.sub("$@", bare[found.start() : end])
        yield from shell_commands(path, filled, text.count("\n", 0, found.start()) + 1, "comment")


def of_yaml(path: RepoPath, node: Node) -> Iterator[Command]:
    """The commands in the strings of a YAML file: scripts of workflows, `command:` and `args:` of jobs."""
    for entry in node.entries:
        key = entry.key.lower()
        value = entry.value
        if key in _COMMAND_KEYS and value.kind == "list" and value.elements:
            yield from _of_list(path, node, key, value)
        elif value.kind == "scalar" and value.tag == "str" and (key in _COMMAND_KEYS or "\n" in value.text):
            yield from _of_text(path, value, sure=key in _COMMAND_KEYS and key != "args")
        yield from of_yaml(path, value)
    for element in node.elements:
        if element.kind != "scalar":
            yield from of_yaml(path, element)


def _of_text(path: RepoPath, value: Node, *, sure: bool = False) -> Iterator[Command]:
    if not sure and not STARTS.search(f"\n{value.text}"):
        return
    line = value.line + (1 if "\n" in value.text and value.plain is False else 0)
    filled = PLACEHOLDER.sub(lambda found: "$@" + "\n" * found[0].count("\n"), value.text)
    yield from shell_commands(path, filled, line, "yaml")


def _of_list(path: RepoPath, around: Node, key: str, value: Node) -> Iterator[Command]:
    """A list is one command, word by word, or one command an element; `command` and `args` belong together."""
    if any(element.kind != "scalar" for element in value.elements):
        return
    texts = [element.text for element in value.elements]
    if any(re.search(r"\s", text.strip()) and STARTS.search(f"\n{text}") for text in texts):
        for element in value.elements:
            yield from _of_text(path, element)
        return
    elements = list(value.elements)
    if key == "command":
        for other in ("args", "arguments"):
            more = around.get(other)
            elements += more.elements if more is not None and more.kind == "list" else ()
    elif key in {"args", "arguments"} and around.get("command") is not None:
        return
    words = tuple(_word(element.text, element.line, element.column) for element in elements if element.kind == "scalar")
    if words:
        yield Command(path, words, name="yaml")


def _word(text: str, line: int, column: int) -> Word:
    is_open = bool(re.search(r"\{\{|\$\{?\w|\$\(", text))
    return Word(
        re.sub(r"\$\{\{.*?\}\}|\{\{.*?\}\}|\$\{?\w+\}?", OPEN, text) if is_open else text, line, column, is_open
    )
