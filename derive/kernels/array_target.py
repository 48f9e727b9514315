"""The NumPy target: a module's text that needs NumPy only, and the function that it defines."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np
from sympy import Expr, lambdify

from derive.derivation import Derivation
from derive.kernels import code as c
from derive.kernels.array_printer import ArrayPrinter
from derive.kernels.axes import Array
from derive.kernels.identifiers import RESERVED
from derive.kernels.lower import Lowering
from derive.kernels.reader import signature
from derive.kernels.reading import batch_shape, described, documented, lengths, reading, returned
from derive.kernels.schedule import Schedule, Statement
from derive.kernels.signature import Output, Signature
from derive.kernels.text import defined, runtime, templates
from derive.kernels.trial import try_kernel

if TYPE_CHECKING:
    from derive.kernels import Kernel


def array_kernel(derivation: Derivation) -> Kernel:
    """The function that the text of a module for NumPy defines; ``source`` is that text.

    Raises ``DeriveError`` for a function that NumPy lacks, and where a result differs from its
    formula.
    """
    signed = signature(derivation)
    function = defined(array_source(derivation, signed), signed.name)
    try_kernel(function, derivation, signed)
    return function


def array_source(derivation: Derivation, signed: Signature) -> str:
    """The text of a Python module with the kernel of ``derivation``; it imports NumPy only."""
    arrays = [a for a in signed.arguments if a.kind != "size"]
    floats = [f"{a.name}={a.name}" for a in arrays if a.kind in ("floats", "labels")]
    lines = [f"dtype = _dtype({', '.join(floats)})", *reading(signed)]
    body = _body(signed)
    used = " ".join(["_batch _result _check_out _check_length", *lines, *body])
    return (
        templates()
        .get_template("numpy.py.j2")
        .render(
            name=signed.name,
            problem=derivation.problem.name,
            description=described(derivation, signed),
            arguments=[a.name for a in signed.arguments],
            documented=[documented(a) for a in signed.arguments],
            returned=returned(signed),
            reading=lines,
            batches=", ".join(f"{a.name}={batch_shape(a)}" for a in arrays),
            masked=any("np.where" in line or "_replaced" in line for line in body),
            body=body,
            value=_shape(signed.value),
            derivatives=[(o.name, _shape(o)) for o in signed.derivatives],
            runtime=runtime(used, "array_runtime"),
        )
    )


def _shape(output: Output) -> str:
    return f"(*batch, {', '.join(lengths(output))})" if output.indices else "batch"


def _body(signed: Signature) -> list[str]:
    """The statements that compute the results, printed by ``lambdify``."""
    inferred = [a for _, a in signed.inferred]
    arrays = [*(a for a in signed.arguments if a.kind != "size"), *inferred]
    lowering = Lowering(
        {a.symbol: Array(c.Name(a.name), a.axes) for a in arrays},
        {a.symbol: a.limit for a in arrays if a.kind == "classes"},
        frozenset(a.symbol for a in arrays if a.kind == "integers"),
        signed.definitions,
    )
    results = {o.name: lowering.result(o) for o in (signed.value, *signed.derivatives)}
    names = {a.name for a in arrays} | {s.symbol.name for s in signed.sizes}
    names |= {a.name for a in signed.arguments} | (RESERVED - set(results))
    printer = ArrayPrinter()
    schedule = Schedule(lowering.defined, names, lambda part: len(printer.doprint(part)))

    def statements(outcomes: tuple[Expr, ...]) -> tuple[list[Statement], tuple[c.Name, ...]]:
        final = schedule(dict(zip(results, outcomes, strict=True)))
        return schedule.statements, final

    function = lambdify(
        [c.Name(name) for name in sorted(names)],
        tuple(results.values()),
        modules=[{"np": np}],
        printer=printer,
        cse=statements,
    )
    _, *lines, _ = inspect.getsource(function).splitlines()
    return [line.strip() for line in lines]
