"""What a file is for, told by its path: package code, a test, an example, a script, documentation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from antifoul.facts.paths import RepoPath


Role: TypeAlias = "Literal['package', 'test', 'example', 'script', 'docs', 'vendored', 'generated']"

_FOLDERS: dict[str, Role] = {
    **dict.fromkeys(("test", "tests", "testing", "unittests", "test_utils"), "test"),
    **dict.fromkeys(("example", "examples", "notebooks", "tutorials", "demo", "demos", "cookbook"), "example"),
    **dict.fromkeys(
        ("script", "scripts", "bin", "bench", "benchmark", "benchmarks", "ci", "cicd", ".ci", ".github"), "script"
    ),
    **dict.fromkeys(("doc", "docs"), "docs"),
    **dict.fromkeys(
        ("vendor", "vendored", "_vendor", "third_party", "thirdparty", "third-party", "3rdparty"), "vendored"
    ),
    **dict.fromkeys(("node_modules", "site-packages", "external_libs"), "vendored"),
}
_TOP_FOLDERS: dict[str, Role] = {"tools": "script", "hooks": "script"}
# Files that hold launch commands, by their ending; the second kind among much else.
SCRIPTS = (".sh", ".bash", ".slurm", ".sbatch", ".zsh", ".mk")
TEXTS = (".md", ".mdx", ".rst", ".qmd")
COMMANDS = (*SCRIPTS, *TEXTS)
INI = frozenset(
    {"setup.cfg", "tox.ini", ".flake8", "mypy.ini", ".mypy.ini", ".coveragerc", "pytest.ini", ".pylintrc", "pylintrc"}
)
TOML = frozenset({"pyproject.toml", "ruff.toml", ".ruff.toml", "antifoul.toml"})
HOOKS = frozenset({".pre-commit-config.yaml", "prek.toml"})
_GENERATED_ENDINGS = ("_pb2.py", "_pb2_grpc.py", "_pb2.pyi", "_generated.py", ".generated.py", ".gen.py")
_GENERATED_NAMES = frozenset({"_version.py", "versioneer.py"})


def role_of(path: RepoPath) -> Role:
    """The role of a file, told by its path alone; what nothing marks is package code."""
    *folders, name = path.split("/")
    roles = {_FOLDERS[folder.lower()] for folder in folders if folder.lower() in _FOLDERS}
    if folders and folders[0].lower() in _TOP_FOLDERS:
        roles.add(_TOP_FOLDERS[folders[0].lower()])
    for role in (
        "vendored",
        "test",
        "example",
        "docs",
        "script",
    ):  # the first that fits explains the file best
        if role in roles:
            return role
    if name.endswith(_GENERATED_ENDINGS) or name in _GENERATED_NAMES:
        return "generated"
    if name == "conftest.py" or name.startswith("test_") or name.endswith(("_test.py", "_tests.py")):
        return "test"
    return "package"


def is_python(path: RepoPath) -> bool:
    """The name says that the file is Python source."""
    return path.endswith((".py", ".pyi"))


def is_notebook(path: RepoPath) -> bool:
    """The name says that the file is a notebook."""
    return path.endswith(".ipynb")


def is_template(path: RepoPath) -> bool:
    """The file is a template to be filled in, not a source: it is out of scope."""
    return path.endswith((".j2", ".jinja", ".jinja2", ".tmpl", ".tpl")) or "{{" in path


def is_gate(path: RepoPath) -> bool:
    """The file configures a gate."""
    folder, _, name = path.rpartition("/")
    return (
        name in INI
        or name in TOML
        or name in HOOKS
        or name == ".gitlab-ci.yml"
        or (folder == ".github/workflows" and name.endswith((".yml", ".yaml")))
    )
