"""Which code runs on one process only, or only when a module is run as a program."""

from __future__ import annotations

import ast
import re

_GROUP = "local|global|world|node|[dtpesc]p|ddp|my|mpi|dist|proc|process|host|(?:data|tensor|pipeline|model)_parallel"
# Compiled when first needed.
_RANK = (
    rf"^_?(?:(?:{_GROUP})_?)?rank(?:_id)?$|^(?:get_)(?:\w+_)?rank$"
    r"|^(?:get_)?(?:local_|global_)?(?:process_index|ordinal)$"
)
_ONE = "process|rank|node|proc|ordinal|worker|host|replica"
_FIRST = (
    rf"^_?(?:is_?)?(?:\w+_)?(?:main|master|rank_?zero|rank_?0|world_process_zero|process_zero|global_zero)(?:_(?:{_ONE}))?$"
    rf"|^_?(?:is_?)?(?:\w+_)?(?:chief|root|primary|first|last)_(?:{_ONE})$|^is_chief$"
)
_DECORATOR = r"rank_?(?:zero|0)|main_process|master_(?:only|process)|process_zero"


# `0 > rank` says what `rank < 0` says
_MIRROR: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


def is_main_test(test: ast.expr) -> bool:
    """The test is `__name__ == "__main__"`."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = {ast.dump(left), ast.dump(right)}
            return any("'__name__'" in side for side in sides) and any("'__main__'" in side for side in sides)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(map(is_main_test, values))
        case _:
            pass
    return False


def is_first_rank(test: ast.expr) -> bool:
    """The test is true on the first process alone: `rank == 0`, `is_main_process`, `local_rank in (-1, 0)`..."""
    match test:
        case ast.BoolOp(values=values):
            # `not dist.is_initialized() or dist.get_rank() == 0` is the usual idiom, so one operand is enough
            return any(map(is_first_rank, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _fits(_RANK, _last_name(operand)) or is_other_rank(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            mirrored = _MIRROR.get(type(op), type(op))()
            return _compares_first(left, op, right) or _compares_first(right, mirrored, left)
        case ast.NamedExpr(value=value):
            return is_first_rank(value)
        case _:
            pass
    return _fits(_FIRST, _last_name(test))


def is_other_rank(test: ast.expr) -> bool:
    """The test is true on every process but the first: `rank != 0`, `rank > 0`, `not is_main_process`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _fits(_FIRST, _last_name(operand)) or (isinstance(operand, ast.Compare) and is_first_rank(operand))
        case ast.Compare(left=left, ops=[ast.NotEq() | ast.Gt()], comparators=[ast.Constant(value=0)]):
            return _fits(_RANK, _last_name(left))
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[right]):
            return _fits(_RANK, _last_name(left)) and _holds_zero(right)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(map(is_other_rank, values))
        case ast.Name() | ast.Attribute():
            return _fits(_RANK, _last_name(test))  # `if rank: return`
        case _:
            pass
    return False


def is_first_rank_decorator(decorator: ast.expr) -> bool:
    """The decorator lets its function run on the first process alone."""
    return _fits(_DECORATOR, _last_name(decorator))


def leaves(body: list[ast.stmt]) -> bool:
    """The block always leaves the one around it."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return _last_name(func) in {"exit", "_exit"}
        case _:
            pass
    return False


def _compares_first(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    name = _last_name(left)
    if isinstance(right, ast.Constant) and right.value is True:
        return isinstance(op, ast.Eq | ast.Is) and _fits(_FIRST, name)
    if not _fits(_RANK, name):
        return False
    if isinstance(op, ast.In):
        return _holds_zero(right)
    zero = isinstance(right, ast.Constant) and right.value in (0, "0")
    one = isinstance(right, ast.Constant) and right.value == 1
    return (zero and isinstance(op, ast.Eq | ast.LtE | ast.Is)) or (one and isinstance(op, ast.Lt))


def _holds_zero(node: ast.expr) -> bool:
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return False
    values = [ast.literal_eval(one) for one in node.elts if isinstance(one, ast.Constant | ast.UnaryOp)]
    return 0 in values and all(value in (-1, 0, None) for value in values)


def _last_name(node: ast.expr) -> str:
    """The last part of the name that an expression reads or calls; of `os.environ["RANK"]` and its kin, the key."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.NamedExpr(target=inner) | ast.Call(func=ast.Name(id="int" | "bool"), args=[inner]):
            return _last_name(inner)
        case ast.Call(func=func, args=[ast.Constant(value=str(key)), *_]) if _last_name(func) in {
            "get",
            "getenv",
        }:
            return key
        case ast.Call(func=func):
            return _last_name(func)
        case _:
            pass
    return ""


def _fits(pattern: str, name: str) -> bool:
    return bool(name) and re.search(pattern, name, re.IGNORECASE) is not None
