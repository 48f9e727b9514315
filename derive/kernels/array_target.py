"""The NumPy target: a module's text that needs NumPy only, and the function that it defines."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from sympy import Expr, Symbol, lambdify

from derive.derivation import Derivation
from derive.kernels.identifiers import RESERVED
from derive.kernels.lower import Array, Lowering
from derive.kernels.printer import ArrayPrinter
from derive.kernels.schedule import Schedule
from derive.kernels.signature import Argument, Output, Signature, signature
from derive.resources import template_root

_RUNTIME = Path(__file__).with_name("array_runtime.py")
_PRINTER = ArrayPrinter()
_serial = count(1)


def array_source(derivation: Derivation) -> str:
    """The text of a Python module with the kernel of ``derivation``; it imports NumPy only.

    Raises ``DeriveError`` for a function that NumPy lacks.
    """
    signed = signature(derivation)
    arrays = [a for a in signed.arguments if a.kind != "size"]
    reading = list(_reading(signed))
    body = _body(signed)
    results = [signed.value, *signed.derivatives]
    shapes = [f"({', '.join(['*batch', *_lengths(o)])},)" for o in results]
    used = " ".join(["_result _check_out _check_length", *reading, *body])
    runtime, imports = _runtime(used)
    template = _environment().get_template("numpy.py.j2")
    return template.render(
        name=signed.name,
        problem=derivation.problem.name,
        description=_description(derivation, signed),
        imports=imports,
        arguments=[a.name for a in signed.arguments],
        documented=[_documented(a) for a in signed.arguments],
        returned=_returned(signed),
        reading=reading,
        batches=", ".join(f"{a.name}={_batch_shape(a)}" for a in arrays),
        masked=any("np.where" in line for line in body),
        body=body,
        value=shapes[0],
        derivatives=[(o.name, shape) for o, shape in zip(results[1:], shapes[1:], strict=True)],
        runtime=runtime,
    )


def array_kernel(source: str, name: str) -> Any:
    """The function ``name`` that ``source`` defines, with ``source`` as its attribute."""
    filename = f"<kernel {name} {next(_serial)}>"
    # Registered, so that tracebacks and inspect show the text.
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace: dict[str, Any] = {"__name__": name}
    exec(compile(source, filename, "exec"), namespace)
    function = namespace[name]
    function.source = source
    return function


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_root() / "kernels"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Python text, no markup
    )


# --- the computation -----------------------------------------------------------------------------


def _body(signed: Signature) -> list[str]:
    """The statements that compute the results, printed by ``lambdify``."""
    classes = [a for a in signed.arguments if a.kind == "classes"]
    classes += [inferred for _, inferred in signed.inferred]
    arrays = [a for a in signed.arguments if a.kind != "size"] + [c for _, c in signed.inferred]
    lowering = Lowering(
        {a.symbol: Array(Symbol(a.name), a.axes) for a in arrays},
        {a.symbol: a.limit for a in classes if isinstance(a.symbol, Symbol)},
        dict.fromkeys(r for o in (signed.value, *signed.derivatives) for r in o.indices),
        signed.definitions,
    )
    results = {
        o.name: lowering.output(o.stable, tuple(r.index for r in o.indices))
        for o in (signed.value, *signed.derivatives)
    }
    names = {a.name for a in arrays} | {s.symbol.name for s in signed.sizes}
    names |= {a.name for a in signed.arguments} | (RESERVED - set(results))
    schedule = Schedule(lowering.defined, names)

    def statements(outcomes: tuple[Expr, ...]) -> tuple[list[tuple[Symbol, Expr]], tuple[Symbol, ...]]:
        final = schedule(dict(zip(results, outcomes, strict=True)))
        return schedule.statements, final

    function = lambdify(
        [Symbol(name) for name in sorted(names)],
        tuple(results.values()),
        modules=[{"np": np}],
        printer=_PRINTER,
        cse=statements,
    )
    _, *lines, _ = inspect.getsource(function).splitlines()
    return [line.strip() for line in lines]


# --- arguments and results -----------------------------------------------------------------------


def _print(expr: Expr) -> str:
    printed: str = _PRINTER.doprint(expr)
    return printed


def _lengths(output: Output) -> list[str]:
    return [_print(r.upper - r.lower + 1) for r in output.indices]


def _tuple(lengths: tuple[Expr, ...]) -> str:
    return f"({', '.join(map(_print, lengths))}{',' if len(lengths) == 1 else ''})"


def _reading(signed: Signature) -> Iterator[str]:
    """The statements that turn the arguments into arrays and check them."""
    arrays = [a for a in signed.arguments if a.kind != "size"]
    floats = [a.name for a in arrays if a.kind in ("floats", "labels")]
    yield f"dtype = _dtype({', '.join(f'{n}={n}' for n in floats)})"
    for a in arrays:
        reader = {"floats": "_floats", "labels": "_labels", "classes": "_integers"}[a.kind]
        rest = "" if a.kind == "classes" else ", dtype"
        yield f'{a.name} = {reader}("{a.name}", {a.name}, {len(a.axes)}{rest})'
    for a in (a for a in signed.arguments if a.kind == "size"):
        yield f'{a.name} = _size("{a.name}", {a.name})'
    for size in signed.sizes:
        name = _print(size.symbol)
        less = "" if size.offset == 0 else f" - {size.offset}" if size.offset > 0 else f" + {-size.offset}"
        yield f'{name} = _size("{name}", {size.argument.name}.shape[{size.axis}]{less})'
    for a in (a for a in arrays if a.axes and a.kind != "labels"):
        yield f'_check_axes("{a.name}", {a.name}, {_tuple(a.axes)}, "{_tuple(a.axes)}")'
    for a in arrays:
        if a.kind == "classes" and a.limit is not None:
            yield f'_check_classes("{a.name}", {a.name}, {_print(a.limit)})'
    for label in (a for a in arrays if a.kind == "labels"):
        yield from _reading_labels(label, signed)


def _reading_labels(label: Argument, signed: Signature) -> Iterator[str]:
    name, length = label.name, _print(label.axes[-1])
    for other in signed.arguments:
        if other.kind == "floats" and other.axes[-1:] == label.axes[-1:]:
            yield f'_check_label_shape("{name}", {name}, {other.name})'
    yield f'{name} = _with_classes("{name}", {name}, {length}, dtype)'
    yield f'_check_axes("{name}", {name}, {_tuple(label.axes)}, "{_tuple(label.axes)}")'
    for source, inferred in signed.inferred:
        if source.symbol == label.symbol:
            yield f"{inferred.name} = np.argmax({name}, axis=-1)"


def _batch_shape(argument: Argument) -> str:
    return f"{argument.name}.shape" + (f"[:-{len(argument.axes)}]" if argument.axes else "")


# --- text around it ------------------------------------------------------------------------------


def _documented(argument: Argument) -> str:
    axes = ", ".join(["...", *map(_print, argument.axes)])
    fewer = ", ".join(["...", *map(_print, argument.axes[:-1])])
    match argument.kind:
        case "size":
            return f"{argument.name}: an integer, at least 1"
        case "classes":
            limit = "" if argument.limit is None else f" from 0 to {_print(argument.limit - 1)}"
            return f"{argument.name}: array ({axes}) of integers{limit}"
        case "labels":
            last = _print(argument.axes[-1] - 1)
            return f"{argument.name}: array ({axes}), or ({fewer}) of classes, integers from 0 to {last}"
        case _:
            return f"{argument.name}: array ({axes})" + ("" if argument.axes else ", or a number")


def _returned(signed: Signature) -> str:
    """The results with their shapes, as a person would write them."""
    value, *derivatives = (
        f"{o.name} ({', '.join(['...', *_lengths(o)])})" for o in (signed.value, *signed.derivatives)
    )
    several = ", ".join(derivatives)
    return f"({value}, {several if len(derivatives) == 1 else f'({several})'})"


def _description(derivation: Derivation, signed: Signature) -> list[str]:
    """The formulas, in plain text."""
    lines = [f"value = {derivation.problem.source}"]
    lines += [f"{d.entry} = {d.value.doit()}" for d in derivation.definitions]
    lines += [f"{o.name} = {o.closed.doit()}" for o in signed.derivatives]
    return [w for line in lines for w in textwrap.wrap(line, 96, subsequent_indent="    ")]


def _runtime(used: str) -> tuple[str, list[str]]:
    """The functions of the runtime that are called in ``used``, and what they import."""
    text = _RUNTIME.read_text(encoding="utf-8")
    module = ast.parse(text)
    functions = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    wanted: set[str] = set()
    pending = [name for name in functions if name in used]
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            called = {n.id for n in ast.walk(functions[name]) if isinstance(n, ast.Name)}
            pending += [other for other in functions if other in called]
    chosen = [ast.get_source_segment(text, n) or "" for name, n in functions.items() if name in wanted]
    joined = "\n\n\n".join(chosen)
    return joined, ["import operator"] if "operator." in joined else []
