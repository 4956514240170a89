"""`./dev bench` and `./dev prove`: what there is to run is what lies in the folder of that name."""

import ast
import runpy
import sys
from pathlib import Path

from chalicelib.domain.errors import UserError

ROOT = Path(__file__).resolve().parents[2]


def measures(folder: str) -> dict[str, str]:
    """Each measure of `benchmarks/` or `proofs/`: its name, and the first line of its docstring."""
    found = {}
    for path in sorted((ROOT / folder).glob("*/__main__.py")):
        about = path.with_name("__init__.py")
        module = ast.parse(about.read_text(encoding="utf-8") if about.exists() else "")
        title = ast.get_docstring(module) or ""
        found[path.parent.name.replace("_", "-")] = title.split("\n")[0]
    return found


def run_measure(folder: str, name: str | None, arguments: list[str]) -> int:
    """List them, or run the one of that name; its exit code. UserError for an unknown one."""
    known = measures(folder)
    if name is None:
        for known_name, title in known.items():
            sys.stdout.write(f"{known_name:20} {title}\n")
        return 0
    if name not in known:
        raise UserError(f"there is no {name} in {folder}; there are: {', '.join(known) or 'none'}")
    sys.argv = [name, *arguments]
    try:
        runpy.run_module(f"{folder}.{name.replace('-', '_')}", run_name="__main__")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    return 0
