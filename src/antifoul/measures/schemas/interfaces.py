"""What a program takes on its command line, and what it makes of a config file."""

from __future__ import annotations

import ast
import re

from antifoul.facts.options import Flag, Interface, Place
from antifoul.measures.schemas.branches import Branches
from antifoul.measures.schemas.building import built_by
from antifoul.measures.schemas.code import Definition, External
from antifoul.measures.schemas.entering import entered
from antifoul.measures.schemas.fields import place_of
from antifoul.measures.schemas.filling import arguments_of, fills
from antifoul.measures.schemas.flags import (
    ABSL_OWN,
    absl_flag,
    argparse_flag,
    dataclass_flags,
    nested_flags,
    parameter_flags,
)
from antifoul.measures.schemas.inside import Inside, inside_of
from antifoul.measures.schemas.leftovers import refuses_rest
from antifoul.measures.schemas.outline import keywords, parts_of
from antifoul.measures.schemas.surfaces import HydraEntry, Sink, Surface
from antifoul.measures.schemas.tracing import Call, Scope, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.code import Found
    from antifoul.measures.schemas.outline import Function, Outline
    from antifoul.measures.schemas.shapes import Shape, Shapes

# What reads a config file into the dataclasses of its parser.
_FILE_PARSERS = frozenset({"parse_yaml_file", "parse_json_file", "parse_dict", "parse_args_and_config"})
_DOUBTS = {
    "_add_action": "it takes over the flags of another parser",
    "parse_known_args": "the parser lets unknown flags through (parse_known_args)",
}
_NOT_HANDED = frozenset(
    {"print", "len", "isinstance", "vars", "super", "repr", "str", "list", "dict", "type", "set_defaults"}
)
_PARSER_NAME = re.compile(r"_?(?:arg_?|cli_?|cmd_?|sub_?|main_?|base_?)?parsers?$")
_MAKES_PARSER = ("Parser", "ParserPlus", "add_parser", "add_argument_group", "add_mutually_exclusive_group")
_ALWAYS = (Flag(("-h", "--help"), Place("", 0), takes=False),)


class Reader:
    """Collects what the calls of one program declare."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.trace = Trace(shapes.code, self.take, self.enter)
        self.flags: dict[str, Flag] = {one: flag for flag in _ALWAYS for one in flag.names}
        self.patterns: list[str] = []
        self.kinds: set[str] = set()
        self.open = ""
        self.abbreviates = False
        self.place: Place | None = None
        self.types: list[Shape] = []
        self.sinks: list[Sink] = []
        self.hydra: HydraEntry | None = None
        self.built: dict[str, Sink] = {}
        self._trl = False
        self._filled: Call | None = None  # what fills the parser's arguments from a config
        self.branches = Branches()

    def surface(self) -> Surface:
        """What was found."""
        if self.kinds & {"argparse", "dataclasses"} and self.types:
            self._add_types()
        for flag in ABSL_OWN if "absl" in self.kinds else ():
            self._flag(flag)
        interface = Interface(
            frozenset(self.kinds),
            self.flags,
            tuple(self.patterns),
            self.abbreviates,
            self.open,
            self.place,
            self.branches.commands,
        )
        if self.types and not self.sinks:
            self.sinks.append(self._unseen_sink())
        sinks = tuple(sink._replace(shapes=tuple(self.types)) for sink in self.sinks if self.types)
        if self._filled is not None and "argparse" in self.kinds and not self.open and not self.patterns:
            place = place_of(self._filled.scope.outline, self._filled.node)
            arguments = arguments_of(self.flags.values(), place, self._filled.scope.outline)
            sinks = (*sinks, Sink((arguments,), self._filled.name, place))
        outlines = tuple(self.trace.outlines.values())
        return Surface(interface, sinks, outlines, self.trace, self.hydra, tuple(self.built.values()))

    def _unseen_sink(self) -> Sink:
        """What takes a config where no call was seen that does: a library's parser is handed on before it parses."""
        place = self.place or Place("", 0)
        if self._trl and place.library:
            return Sink((), "parse_args_and_config", place, also=frozenset({"env", "config"}))
        return Sink((), "parse_args", place)

    def _add_types(self) -> None:
        for shape in self.types:
            if shape.open and not self.open:
                self.open = shape.open
            for flag in dataclass_flags(shape):
                self._flag(flag)

    def _flag(self, flag: Flag, under: frozenset[str] = frozenset()) -> None:
        """Take a flag in. `under`: the subcommands that it is of; one that stands under all stays so."""
        for name in flag.names:
            known = self.flags.get(name)
            both = known.under | under if known is not None and known.under and under else frozenset()
            self.flags[name] = flag._replace(under=under) if known is None else known._replace(under=both)

    def _doubt(self, why: str) -> None:
        self.open = self.open or why

    def _starts(self, kind: str, call: Call) -> None:
        self.kinds.add(kind)
        self.place = self.place or place_of(call.scope.outline, call.node)

    def enter(self, found: Definition, node: Function) -> None:
        """One function of the program, with what its decorators declare."""
        said = entered(node, found.outline)
        if said.kind:
            self.kinds.add(said.kind)
            self.place = self.place or place_of(found.outline, node)
        under = self.branches.named(said.command)
        for flag in said.flags:
            self._flag(flag, under)
        if said.doubt:
            self._doubt(said.doubt)
        if said.hydra is not None:
            self.hydra = HydraEntry(said.hydra.path, said.hydra.name, place_of(found.outline, node), found.outline)
        if said.kind in {"click", "typer"}:
            self._subcommands(found.outline, node.name)

    def _subcommands(self, outline: Outline, group: str) -> None:
        """The functions that are commands of a group: they share its flags, as far as is told here."""
        for name, function in outline.functions.items():
            for one in function.decorator_list:
                parts = parts_of(one.func if isinstance(one, ast.Call) else one)
                if len(parts) == 2 and parts[0] == group and parts[1] in {"command", "group", "callback"}:
                    self.trace.function(Definition(outline, name, function))

    def take(self, call: Call) -> None:
        """One call of the program."""
        for shape, section in built_by(self.shapes, call.node, call.scope.outline, call.scope.owner):
            sink = Sink((shape,), f"{call.name}(...)", shape.place, section=section)
            self.built.setdefault(f"{shape.place} {section}", sink)
        if fills(call):
            self._filled = call
        if self._is_typer(call):
            self.kinds.add("typer")
            self._subcommands(call.scope.outline, call.name)
        elif call.name in _DOUBTS:
            if call.name != "parse_known_args" or not refuses_rest(call):
                self._doubt(_DOUBTS[call.name])
        elif call.name in _FILE_PARSERS:
            self._file_parser(call)
        elif call.name.startswith("DEFINE_") and call.node.args:
            self._starts("absl", call)
            flag = absl_flag(call.node, call.scope.outline)
            if flag is not None:
                self._flag(flag)
        else:
            {
                "add_argument": self._argument,
                "add_parser": self.branches.add,
                "parse_args_into_dataclasses": self._remaining,
                **dict.fromkeys(("Fire", "run", "cli", "CLI"), self._by_function),
            }.get(call.name, self._parser)(call)

    def _is_typer(self, call: Call) -> bool:
        bound = call.scope.value(call.name)
        made = call.found.node if isinstance(call.found, Definition) else bound[0] if bound is not None else None
        return isinstance(made, ast.Call) and parts_of(made.func)[-1:] == ("Typer",)

    def _argument(self, call: Call) -> None:
        made = argparse_flag(call.node, call.scope.outline)
        if isinstance(made, Flag):
            self._flag(made, self.branches.of(call))
        elif made:
            self.patterns.append(made)
        elif made is not None:
            self._doubt("flags are added by names that only running it tells")
        nargs = keywords(call.node).get("nargs")
        if nargs is not None and ast.unparse(nargs).endswith(("REMAINDER", "'...'")):
            self._doubt("it hands on what stands after its own flags")
        self._starts("argparse", call)

    def _remaining(self, call: Call) -> None:
        given = keywords(call.node)
        kept = given.get("return_remaining_strings")
        if isinstance(kept, ast.Constant) and kept.value is True and not refuses_rest(call):
            self._doubt("the parser lets unknown flags through (return_remaining_strings)")

    def _parser(self, call: Call) -> None:
        """A parser that is made, or one that is handed to code that is not at hand."""
        found = call.found
        if call.name.endswith(("ArgumentParser", "ArgParser", "Parser", "ParserPlus")) or self._is_parser_class(found):
            self._made_parser(call, found)
            return
        if isinstance(found, Definition) or call.name in _NOT_HANDED:
            return
        for argument in (*call.node.args, *(one.value for one in call.node.keywords)):
            if isinstance(argument, ast.Name) and self._holds_parser(argument.id, call.scope):
                self._doubt(f"{'.'.join(parts_of(call.node.func)) or call.name} adds flags, and is not at hand")

    def _holds_parser(self, name: str, scope: Scope) -> bool:
        """The name is bound to a parser that was made, or says that it is."""
        bound = scope.value(name)
        made = parts_of(bound[0].func)[-1:] if bound is not None and isinstance(bound[0], ast.Call) else ()
        return bool(_PARSER_NAME.match(name)) or (bool(made) and made[0].endswith(_MAKES_PARSER))

    def _is_parser_class(self, found: Found | None) -> bool:
        return (
            isinstance(found, Definition)
            and isinstance(found.node, ast.ClassDef)
            and any(name.endswith("ArgumentParser") for name in self.trace.ancestors(found))
        )

    def _made_parser(self, call: Call, found: Found | None) -> None:
        ancestors = [name.rpartition(".")[2] for name in self.trace.ancestors(found)]
        dotted = found.dotted if isinstance(found, External) else ""
        given = keywords(call.node)
        if any(name in {"HfArgumentParser", "TrlParser"} for name in ancestors):
            self._starts("dataclasses", call)
            self.abbreviates = True
            self._trl = self._trl or "TrlParser" in ancestors
            if self._trl:
                self._flag(Flag(("--config",), self.place or Place("", 0), takes=True, dest="config"))
            listed = given.get("dataclass_types") or (call.node.args[0] if call.node.args else None)
            self.types += [one for one in self.listed(listed, call.scope) if one not in self.types]
        elif "ArgumentParser" in ancestors or dotted.startswith("argparse."):
            self._starts("argparse", call)
            strict = given.get("allow_abbrev")
            self.abbreviates = not (isinstance(strict, ast.Constant) and strict.value is False)
            if "fromfile_prefix_chars" in given or "prefix_chars" in given:
                self._doubt("the parser takes flags from files or by other signs")
            if "parents" in given and not self._parents_known(given["parents"], call):
                self._doubt("the parser's parents are not at hand")
        elif isinstance(found, External) and found.last.endswith(("ArgumentParser", "ArgParser")):
            self._starts("argparse", call)
            self._doubt(f"{found.dotted} is not at hand")

    def _parents_known(self, node: ast.expr, call: Call) -> bool:
        elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
        for one in elements:
            value = call.scope.value(one.id) if isinstance(one, ast.Name) else (one, call.scope)
            made = value[0] if value else None
            if not isinstance(made, ast.Call):
                return False
            found = self.trace.callee(made, value[1]) if value else None
            if isinstance(found, External) and not found.dotted.startswith("argparse"):
                return False
            if isinstance(found, Definition):
                self.trace.function(found, made, call.scope)
        return bool(elements)

    def listed(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> Iterator[Shape]:
        """The shapes that an expression lists: a class, a tuple of them, a name for either."""
        if node is None or depth > 8:
            self._doubt("the classes of the parser are not known")
            return
        match node:
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for one in elements:
                    yield from self.listed(one, scope, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self.listed(left, scope, depth + 1)
                yield from self.listed(right, scope, depth + 1)
            case ast.Starred(value=value):
                yield from self.listed(value, scope, depth + 1)
            case ast.Call(func=ast.Name(id="tuple" | "list"), args=[value]):
                yield from self.listed(value, scope, depth + 1)
            case ast.Name(id=name) if (bound := scope.value(name)) is not None:
                yield from self.listed(bound[0], bound[1], depth + 1)
            case ast.Name() | ast.Attribute():
                yield from self._one(node, scope, depth)
            case _:
                self._doubt("the classes of the parser are not known")

    def _one(self, node: ast.expr, scope: Scope, depth: int) -> Iterator[Shape]:
        found = self.shapes.code.find(scope.outline, parts_of(node))
        if isinstance(found, Definition) and isinstance(found.node, ast.expr):
            yield from self.listed(found.node, Scope(found.outline), depth + 1)
            return
        shape = self.shapes.of(found)
        if shape is None:
            name = found.dotted if isinstance(found, External) else found.name
            self._doubt(f"{name} is not at hand")
        else:
            yield shape

    def _file_parser(self, call: Call) -> None:
        given = keywords(call.node)
        lenient = given.get("allow_extra_keys")
        extra = (
            "the loader lets extra keys through" if isinstance(lenient, ast.Constant) and lenient.value is True else ""
        )
        strict = given.get("fail_with_unknown_args")
        if isinstance(strict, ast.Constant) and strict.value is False:
            extra = "the loader lets extra keys through"
            self._doubt("the parser lets unknown flags through")
        also = frozenset({"env", "config"}) if call.name == "parse_args_and_config" else frozenset()
        kept = given.get("return_remaining_strings")
        if isinstance(kept, ast.Constant) and kept.value is True:
            self._doubt("the parser lets unknown flags through (return_remaining_strings)")
            extra = "the loader lets extra keys through"
        self.sinks.append(Sink((), call.name, place_of(call.scope.outline, call.node), extra, also))

    def _by_function(self, call: Call) -> None:
        """fire.Fire(f), typer.run(f), tyro.cli(f)."""
        dotted = call.found.dotted if isinstance(call.found, External) else ""
        kind = {"fire": "fire", "typer": "typer", "tyro": "tyro"}.get(dotted.partition(".")[0], "")
        if not kind:
            return
        self._starts(kind, call)
        target = call.node.args[0] if call.node.args else keywords(call.node).get("component")
        targets = list(target.values) if isinstance(target, ast.Dict) else [target]
        for one in targets:
            parts = parts_of(one) if one is not None else ()
            found = self.shapes.code.find(call.scope.outline, parts) if parts else None
            shape = self.shapes.of(found) if found is not None else None
            if shape is not None and kind == "tyro" and not shape.open:
                self._nested(shape, "", 0)
                continue
            if shape is None or shape.open or kind == "tyro" or shape.make != "function":
                self._doubt(f"what {kind} is given is not followed" if shape is None or not shape.open else shape.open)
                continue
            for option in shape.options:
                self._flag(parameter_flags(option, dashes=kind == "typer"))

    def _nested(self, shape: Shape, prefix: str, depth: int) -> None:
        """Tyro's flags: those of a class inside of a class with its name before them."""
        for declared in {id(one): one for one in shape.fields.values()}.values():
            option = declared.option
            inside = inside_of(self.shapes, declared) if declared.annotation is not None else Inside(open=True)
            if inside.shapes and (len(inside.shapes) > 1 or inside.open or depth > 6):
                self._doubt(f"{option.name} of {shape.name} takes one of several classes")
            elif inside.shapes and inside.shapes[0].open:
                self._doubt(inside.shapes[0].open)
            elif inside.shapes:
                self._nested(inside.shapes[0], f"{prefix}{option.name}.", depth + 1)
            else:
                for flag in nested_flags(option, prefix):
                    self._flag(flag)
