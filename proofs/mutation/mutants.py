"""The small changes: each is one node of a module's tree, turned into its neighbour.

Docstrings, annotations, messages and logging words are left alone: no test should hang on them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change in one module: the line it is on, what stood there, and the whole new source."""

    path: str
    line: int
    was: str
    source: str

    @property
    def module(self) -> str:
        """The name under which it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.was}"


def mutants_of(root: Path, path: str) -> Iterator[Mutant]:
    """All changes of a file, in its order."""
    text = (root / path).read_text(encoding="utf-8")
    count = len(list(_sites(ast.parse(text))))
    for number in range(count):
        tree = ast.parse(text)
        node, parent = list(_sites(tree))[number]
        line, was = getattr(node, "lineno", getattr(parent, "lineno", 0)), _said(node, parent)
        _change(node, parent)
        yield Mutant(
            path=path, line=line, was=was, source=ast.unparse(ast.fix_missing_locations(tree))
        )


def _sites(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list", "bases"):
                continue
            for node in value if isinstance(value, list) else [value]:
                if isinstance(node, ast.AST) and _is_site(node, parent):
                    yield node, parent


def _is_site(node: ast.AST, parent: ast.AST) -> bool:
    if type(node) in SWAPPED:
        # `X | None` and sets of flags are no arithmetic; sums of texts and lists are none either.
        return not (isinstance(parent, ast.BinOp) and _is_text(parent))
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float, bool) and not isinstance(parent, ast.FormattedValue)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Name):
        return node.id in NAMES and isinstance(parent, ast.Call) and parent.func is node
    return isinstance(node, ast.If | ast.IfExp | ast.While)


def _is_text(sum_: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (sum_.left, sum_.right)
    )


def _said(node: ast.AST, parent: ast.AST) -> str:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        return f"if {ast.unparse(node.test)} -> not"
    shown = parent if type(node) in SWAPPED else node
    return f"{type(node).__name__} in {ast.unparse(shown)[:70]}"


def _change(node: ast.AST, parent: ast.AST) -> None:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        case ast.Constant(value=bool() as said):
            node.value = not said
        case ast.Constant(value=int() | float() as number):
            node.value = number + 1
        case ast.Name():
            node.id = NAMES[node.id]
        case ast.UnaryOp():
            _put(parent, node, node.operand)
        case _:
            _put(parent, node, SWAPPED[type(node)]())


def _put(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list) and any(one is old for one in value):
            setattr(parent, name, [new if one is old else one for one in value])
