"""Make the schema atlas: what options the usual libraries had in each minor release, from their wheels.

    python bench/make_atlas.py FOLDER    # of wheels and source archives: pip download --no-deps LIBRARY==VERSION

Each module that declares options is cut down to what declares them, as Python source; the releases of a library are
kept as the first and the differences of each next one. Nothing of a library is imported or run.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tarfile
import zipfile
import zlib
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path(__file__).parents[1] / "src" / "antifoul" / "readers" / "atlas"
LIBRARIES = ("transformers", "trl", "peft", "accelerate", "deepspeed", "torch")
ONLY = {"torch": {"torch/distributed/run.py"}}  # torchrun: its flags were added to, never taken away
WHOLE = {"trl", "peft", "accelerate"}  # every public class and function, not only what declares options
FILE = re.compile(r"^([A-Za-z0-9_]+)-(\d+(?:\.\d+)*)(?:\.post\d+|\+\w+)?(?:-[pc][yp]\S*\.whl|\.tar\.gz)$")
DECLARES = re.compile(
    r"@dataclass|BaseModel|DeepSpeedConfigModel|add_argument\(|TrlParser\(|HfArgumentParser\(|Config\b.*:|Enum\)"
)
PARSING = re.compile(r"\.add_argument\(|ArgumentParser\(|TrlParser\(|add_subparsers\(|\.add_parser\(")
PASSED_OVER = re.compile(
    r"/models/|/tests?/|/testing|/pipelines/|/kernels/|/ops/|/convert_|/tuners/.*/(?:layer|gptq|awq|aqlm|eetq|hqq|bnb|tp_layer|inc)\.py$|/experimental/.*/(?:utils|callbacks)|/commands/(?:add_|train|pt_to|lfs)|/inference/|/module_inject/|/moe/|/sequence/"
)


def main(folder: Path) -> None:
    """Write one file a library."""
    OUT.mkdir(parents=True, exist_ok=True)
    for library in LIBRARIES:
        archives = sorted((version, file) for file in folder.rglob("*") if (version := _version(file, library)))
        if not archives:
            continue
        releases = [(".".join(map(str, version)), dict(_stubs(file, library))) for version, file in archives]
        data = zlib.compress(json.dumps(_packed(releases), separators=(",", ":")).encode(), 9)
        (OUT / f"{library}.json.z").write_bytes(data)
        print(f"{library}: {len(releases)} releases, {releases[0][0]} to {releases[-1][0]}, {len(data):,} bytes")


def _version(file: Path, library: str) -> tuple[int, ...] | None:
    found = FILE.match(file.name)
    return tuple(map(int, found[2].split("."))) if found and found[1] == library else None


def _stubs(file: Path, library: str) -> Iterator[tuple[str, str]]:
    """The modules of an archive that declare something, cut down."""
    kept: dict[str, ast.Module] = {}
    package = ""
    for path, text in _modules(file, library):
        if library in ONLY and path not in ONLY[library]:
            continue
        if path == f"{library}/__init__.py":
            package = text
            continue
        whole = library in WHOLE and not re.search(r"/(?:test_|utils/(?:modeling|fsdp|dataclasses_))", path)
        if PASSED_OVER.search(f"/{path}") or not (whole or DECLARES.search(text) or path.endswith("constants.py")):
            continue
        tree = _cut(ast.parse(text), whole=whole, constants=library == "deepspeed")
        if any(not isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body):
            kept[path] = tree
    for path, tree in sorted(kept.items()):
        yield path, ast.unparse(tree)
    yield f"{library}/__init__.py", _exports(library, package, kept)


def _modules(file: Path, library: str) -> Iterator[tuple[str, str]]:
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.startswith(f"{library}/") and name.endswith(".py"):
                    yield name, archive.read(name).decode("utf-8", "replace")
        return
    with tarfile.open(file) as archive:
        for member in archive:
            name = member.name.partition("/")[2]
            content = archive.extractfile(member) if member.isfile() and name.endswith(".py") else None
            if content is not None and name.startswith(f"{library}/"):
                yield name, content.read().decode("utf-8", "replace")


def _exports(library: str, package: str, kept: dict[str, ast.Module]) -> str:
    """The top package: where each public name that was kept is defined."""
    lines = []
    for path, tree in sorted(kept.items()):
        module = path.removesuffix(".py").removesuffix("/__init__")[len(library) :].replace("/", ".")
        names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
        public = [name for name in names if re.search(rf"\b{re.escape(name)}\b", package)]
        if public:
            lines.append(f"from {module or '.'} import {', '.join(public)}")
    return "\n".join(lines)


def _cut(tree: ast.Module, *, whole: bool, constants: bool) -> ast.Module:
    body: list[ast.stmt] = []
    for node in _flat(tree.body):
        kept = _statement(node, whole=whole, constants=constants)
        if kept is not None:
            body.append(kept)
    used = {
        one.id
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for one in ast.walk(node)
        if isinstance(one, ast.Name)
    }
    words = " ".join(
        one.value
        for node in body
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    used |= set(re.findall(r"\w+", words))
    return ast.Module([node for node in (_import(node, used) for node in body) if node is not None], [])


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, those under `if` and `try` beside the others."""
    for node in body:
        if isinstance(node, ast.If):
            if "__main__" in ast.unparse(node.test):
                yield node
            else:
                yield from _flat([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _flat(
                [*node.body, *(inner for handler in node.handlers for inner in handler.body), *node.orelse]
            )
        else:
            yield node


def _import(node: ast.stmt, used: set[str]) -> ast.stmt | None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        node.names = [
            alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in used or alias.name == "*"
        ]
        return node if node.names else None
    return node


def _statement(  # noqa: PLR0911  one return a kind of statement
    node: ast.stmt, *, whole: bool, constants: bool
) -> ast.stmt | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return node
        case ast.ClassDef():
            return _class(node, whole=whole)
        case ast.FunctionDef():
            return _function(node, whole=whole)
        case ast.If() if PARSING.search(ast.unparse(node)):
            return _bare(node)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str())) if constants and name.isupper():
            return node
        case ast.Assign(targets=[ast.Name()], value=ast.Name() | ast.Attribute() | ast.Subscript()):
            return node
        case _:
            return None


def _bare(node: ast.stmt) -> ast.stmt:
    """Without help texts and docstrings."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            one.keywords = [
                key
                for key in one.keywords
                if key.arg not in {"help", "description", "epilog", "metavar", "title", "usage"}
            ]
            for key in one.keywords:
                if key.arg == "metadata" and isinstance(key.value, ast.Dict):
                    pairs = [
                        (k, v)
                        for k, v in zip(key.value.keys, key.value.values, strict=True)
                        if "aliases" in ast.unparse(k or v)
                    ]
                    key.value = ast.Dict([k for k, _ in pairs], [v for _, v in pairs])
            one.keywords = [
                key
                for key in one.keywords
                if not (key.arg == "metadata" and isinstance(key.value, ast.Dict) and not key.value.keys)
            ]
    return node


def _class(node: ast.ClassDef, *, whole: bool) -> ast.ClassDef | None:
    bases = " ".join(map(ast.unparse, node.bases))
    decorated = any("dataclass" in ast.unparse(one) for one in node.decorator_list)
    if not (
        whole
        or decorated
        or re.search(r"Model|Config|Arguments|Enum|Parser|Mixin", bases)
        or re.search(r"(?:Config|Arguments|Args|Parser)$", node.name)
    ):
        return None
    body: list[ast.stmt] = []
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    for item in node.body:
        if isinstance(item, ast.AnnAssign):
            body.append(_bare(item))
        elif _says(item, bases):
            body.append(item)
        elif isinstance(item, ast.FunctionDef) and item.name == "__init__" and not decorated:
            body.append(_signature(item))
        elif isinstance(item, ast.FunctionDef) and _is_check(item):
            body.append(_checker(item, methods))
        elif isinstance(item, ast.FunctionDef) and PARSING.search(ast.unparse(item)):
            body.append(_bare(_without_docstring(item)))
    node.decorator_list = [one for one in node.decorator_list if "dataclass" in ast.unparse(one)]
    node.body = body or [ast.Expr(ast.Constant(...))]
    return node


def _is_check(item: ast.FunctionDef) -> bool:
    """A method that looks at what it is given before the class is built of it."""
    loads = {"from_dict", "from_yaml_file", "from_json_file", "from_yaml", "from_json", "from_file"}
    return item.name in loads or any("validator" in ast.unparse(one) for one in item.decorator_list)


def _says(item: ast.stmt, bases: str) -> bool:
    """A setting of the schema, or a member of an enumeration."""
    if isinstance(item, ast.Assign):
        return ast.unparse(item.targets[0]) == "model_config" or "Enum" in bases
    return isinstance(item, ast.ClassDef) and item.name == "Config"


def _checker(item: ast.FunctionDef, methods: dict[str, ast.FunctionDef]) -> ast.FunctionDef:
    """A check of a schema, cut down to the keys that it, or a method that it calls, looks at."""
    called = {one.attr for one in ast.walk(item) if isinstance(one, ast.Attribute)} & methods.keys()
    looking = [item, *(methods[name] for name in sorted(called))]
    keys = sorted({key for each in looking for one in ast.walk(each) if (key := _key(one))})
    item.body = [ast.Expr(ast.Subscript(ast.Name("values"), ast.Constant(key))) for key in keys] or [
        ast.Expr(ast.Constant(...))
    ]
    return _plain(item)


def _key(node: ast.AST) -> str:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(key)), *_]):
            return key
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
            return key
        case _:
            return ""


def _plain(item: ast.FunctionDef) -> ast.FunctionDef:
    for one in (
        *item.args.posonlyargs,
        *item.args.args,
        *item.args.kwonlyargs,
        *filter(None, (item.args.vararg, item.args.kwarg)),
    ):
        one.annotation = None
    item.args.defaults = [ast.Constant(None) for _ in item.args.defaults]
    item.returns = None
    return item


def _signature(item: ast.FunctionDef) -> ast.FunctionDef:
    item.body = [ast.Expr(ast.Constant(...))]
    item.decorator_list = []
    return _plain(item)


def _without_docstring(item: ast.FunctionDef) -> ast.FunctionDef:
    if ast.get_docstring(item) is not None:
        item.body = item.body[1:] or [ast.Pass()]
    return item


def _function(node: ast.FunctionDef, *, whole: bool) -> ast.FunctionDef | None:
    if PARSING.search(ast.unparse(node)):
        return _bare(_without_docstring(node))  # type: ignore[return-value]  # the same node
    if whole and not node.name.startswith("_"):
        return _signature(node)
    return None


def _packed(releases: list[tuple[str, dict[str, str]]]) -> dict[str, object]:
    """The releases as the first text of each module and the differences of the later ones."""
    modules: dict[str, list[object]] = {}
    now: dict[str, list[str]] = {}
    for number, (_, stubs) in enumerate(releases):
        for path in sorted({*now, *stubs}):
            before, after = now.get(path, []), stubs[path].split("\n") if path in stubs else []
            if before != after:
                modules.setdefault(path, []).append([number, _difference(before, after)])
                now[path] = after
    return {"versions": [version for version, _ in releases], "modules": modules}


def _difference(before: list[str], after: list[str]) -> list[object]:
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [[i1, i2, after[j1:j2]] for tag, i1, i2, j1, j2 in codes if tag != "equal"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
