"""The environment variables that shell scripts and configs read, told from their text."""

import re
from collections.abc import Iterator

from antifoul.measures.env_reads import Read

_SHELL_READ = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::?([-=?+])((?:[^{}]|\{[^}]*\})*))?[^}]*\}|([A-Za-z_]\w*))")
_SHELL_SET = re.compile(
    r"(?:^|[;&|(]|\b(?:do|then|else)\b)\s*(?:export\s+|local\s+|declare\s+(?:-\w+\s+)*|readonly\s+|typeset\s+)*"
    r"([A-Za-z_]\w*)(?:\[[^]]*\])?\+?=",
    re.MULTILINE,
)
_SHELL_BOUND = re.compile(
    r"\b(?:for|select)\s+([A-Za-z_]\w*)\b|\(\(\s*([A-Za-z_]\w*)\s*=|\bread\s+(?:-\w+\s+)*([A-Za-z_ ]\w*(?:\s+\w+)*)"
    r"|\bgetopts\s+\S+\s+(\w+)|\bmapfile\s+(?:-\w+\s+)*(\w+)"
)
_SHELL_OWN = frozenset(
    [
        "PWD",
        "OLDPWD",
        "RANDOM",
        "SECONDS",
        "LINENO",
        "IFS",
        "PATH",
        "HOME",
        "USER",
        "SHELL",
        "HOSTNAME",
        "UID",
        "EUID",
        "PPID",
        "FUNCNAME",
        "OPTARG",
        "OPTIND",
        "REPLY",
        "PIPESTATUS",
        "DIRSTACK",
        "BASH",
        "BASH_SOURCE",
        "BASH_VERSION",
        "BASH_REMATCH",
        "BASHPID",
        "TMPDIR",
        "LANG",
        "TERM",
        "LOGNAME",
    ]
)


def shell_reads(text: str) -> Iterator[Read]:
    """The variables that a shell script reads and does not set itself; the shell's own are left out."""
    bare = re.sub(r"(?m)(^|\s)#(?!\{).*$", r"\1", text)
    bare = re.sub(r"'[^'\n]*'", "''", bare)
    own = set(_SHELL_SET.findall(bare))
    for groups in _SHELL_BOUND.findall(bare):
        own |= {word for group in groups for word in group.split()}
    for number, line in enumerate(bare.split("\n"), start=1):
        for found in _SHELL_READ.finditer(line):
            name = found[1] or found[4]
            if found.start() and line[found.start() - 1] == "\\":
                continue
            guarded = found[2] in {"-", "="} and re.search(rf"\b{name}=[\"']?\$\{{{name}:?[-=]", line)
            if name in _SHELL_OWN or (name in own and not guarded):
                continue
            default = found[3] if found[2] in {"-", "="} else None
            yield Read(name, number, default, required=found[2] == "?")


_CONFIG_READ = re.compile(r"\$\{(?:oc\.)?env:\s*([A-Za-z_]\w*)\s*(?:,\s*([^{}]*?)\s*)?\}")


def config_reads(text: str) -> Iterator[Read]:
    """The variables that a config refers to: `${oc.env:X,default}`."""
    for number, line in enumerate(text.split("\n"), start=1):
        for found in _CONFIG_READ.finditer(line if not line.lstrip().startswith("#") else ""):
            yield Read(found[1], number, found[2], required=found[2] is None)
