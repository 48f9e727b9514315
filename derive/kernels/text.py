"""From templates to text, and from text to the function that it defines."""

from __future__ import annotations

import ast
import linecache
import re
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import jinja2

from derive.resources import template_root

_serial = count(1)


def templates() -> jinja2.Environment:
    """The templates of the kernels."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_root() / "kernels"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Python text, no markup
    )


def defined(source: str, name: str) -> Any:
    """The function ``name`` that ``source`` defines, with ``source`` as its attribute."""
    filename = f"<kernel {name} {next(_serial)}>"
    # Registered, so that tracebacks and inspect show the text.
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace: dict[str, Any] = {"__name__": name}
    exec(compile(source, filename, "exec"), namespace)
    function = namespace[name]
    function.source = source
    return function


@dataclass(frozen=True)
class Runtime:
    """Functions that a kernel brings along: their text, and the imports that they need."""

    text: str
    standard: tuple[str, ...]
    others: tuple[str, ...]


def runtime(used: str, *modules: str) -> Runtime:
    """The functions of runtime modules that the text ``used`` names, with all that they call.

    Where two modules have a function of the same name, the later one's is taken.
    """
    functions: dict[str, tuple[str, ast.FunctionDef]] = {}
    imports: dict[str, ast.Import | ast.ImportFrom] = {}
    for module in modules:
        text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                functions[node.name] = (ast.get_source_segment(text, node) or "", node)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                imports[ast.unparse(node)] = node
    wanted: set[str] = set()
    pending = [name for name in functions if re.search(rf"\b{name}\b", used)]
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            called = {n.id for n in ast.walk(functions[name][1]) if isinstance(n, ast.Name)}
            pending += [other for other in functions if other in called]
    text = "\n\n\n".join(text for name, (text, _) in functions.items() if name in wanted)
    known = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    needed = {line: node for line, node in imports.items() if _imported(node) & known}
    standard = [line for line, node in needed.items() if _module(node) in sys.stdlib_module_names]
    others = [line for line in needed if line not in standard]
    return Runtime(text, tuple(_ordered(standard)), tuple(_ordered(others)))


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name for alias in node.names}


def _module(node: ast.Import | ast.ImportFrom) -> str:
    name = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    return name.partition(".")[0]


def _ordered(lines: list[str]) -> list[str]:
    """Plain imports first, each kind by name, as formatters have it."""
    return sorted(lines, key=lambda line: (not line.startswith("import "), line))
