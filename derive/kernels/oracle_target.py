"""The mpmath target: the high-precision oracle, straight from the closed forms, unstabilised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy.utilities.iterables import topological_sort

from derive.derivation import Derivation
from derive.facts import EqualFact
from derive.kernels.identifiers import identifier
from derive.kernels.oracle_printer import OraclePrinter
from derive.kernels.reader import signature
from derive.kernels.reading import batch_shape, described, documented, reading, returned
from derive.kernels.signature import Output
from derive.kernels.taken_off import sums_of_others
from derive.kernels.text import defined, runtime, templates
from derive.notation import bases, names

if TYPE_CHECKING:
    from derive.kernels import Kernel


def oracle_kernel(derivation: Derivation) -> Kernel:
    """The function that the text of a module for mpmath defines; ``source`` is that text.

    It takes nested lists or arrays and ``dps=50``, the number of digits, and returns object
    arrays. Raises ``DeriveError`` for a function that mpmath lacks.
    """
    signed = signature(derivation)
    results = [signed.value, *signed.derivatives]
    arrays = [a for a in signed.arguments if a.kind != "size"]
    classes = [a for a in arrays if a.kind == "classes"] + [a for _, a in signed.inferred]
    integers = {a.symbol for a in signed.arguments if a.kind == "size"}
    integers |= {s.symbol for s in signed.sizes} | {a.symbol for a in classes}
    integers |= {a.symbol for a in arrays if a.kind == "integers"}
    definitions = {d.base: d for d in derivation.definitions}
    taken = {a.name for a in (*signed.arguments, *classes)} | {
        identifier(str(b)) for b in definitions
    }
    taken |= {identifier(s.symbol.name) for s in signed.sizes} | {o.name for o in results}
    printer = OraclePrinter(taken, integers, definitions)
    lines = list(reading(signed))
    body = [*_definitions(derivation, printer), *_results(results, printer)]
    used = " ".join(["_each_row _batch", *lines, *body])
    passed = [*arrays, *(a for _, a in signed.inferred)]
    source = (
        templates()
        .get_template("mpmath.py.j2")
        .render(
            name=signed.name,
            problem=derivation.problem.name,
            description=described(derivation, signed),
            arguments=[a.name for a in signed.arguments],
            documented=[documented(a) for a in signed.arguments],
            returned=returned(signed),
            reading=lines,
            batches=", ".join(f"{a.name}={batch_shape(a)}" for a in arrays),
            passed=[
                (a.name, f"{a.name} + 1" if a in classes else a.name, len(a.axes)) for a in passed
            ],
            body=body,
            results=[o.name for o in results],
            shapes=[
                f"({''.join(f'{r.upper - r.lower + 1}, ' for r in o.indices)})" for o in results
            ],
            single=len(results) == 2,
            runtime=runtime(used, "array_runtime", "oracle_runtime"),
        )
    )
    return defined(source, signed.name)


def _definitions(derivation: Derivation, printer: OraclePrinter) -> Iterator[str]:
    """Each definition as a function of its indices that remembers its values."""
    by_base = {d.base: d for d in derivation.definitions}
    within = {base: (bases(d.value) | names(d.value)) & set(by_base) for base, d in by_base.items()}
    uses = [(part, base) for base, parts in within.items() for part in parts]
    # What another is made of comes before it.
    for base in topological_sort((list(by_base), uses), key=list(by_base).index):
        known = by_base[base]
        name = identifier(str(known.base))
        if not known.indices:
            text = printer.doprint(known.value)
            yield from _lifted(printer)
            yield f"{name} = {text}"
            continue
        with printer.looping(*known.indices) as indices:
            text = printer.doprint(known.value)
        yield from _lifted(printer)
        yield f"{name} = _remembered(lambda {', '.join(indices)}: {text})"


def _results(results: list[Output], printer: OraclePrinter) -> Iterator[str]:
    for output in results:
        with printer.looping(*(r.index for r in output.indices)) as indices:
            text = printer.doprint(sums_of_others(output.closed, output.indices))
            for fact in output.conditions:
                relation = "==" if isinstance(fact, EqualFact) else "!="
                holds = f"{printer.count(fact.left)} {relation} {printer.count(fact.right)}"
                text = f"({text} if {holds} else mp.nan)"
            for index, known in reversed(list(zip(indices, output.indices, strict=True))):
                limits = f"{printer.count(known.lower)}, {printer.count(known.upper + 1)}"
                text = f"[{text} for {index} in range({limits})]"
        yield from _lifted(printer)
        yield f"{output.name} = {text}"


def _lifted(printer: OraclePrinter) -> list[str]:
    lines = list(printer.lines)
    printer.lines.clear()
    return lines
