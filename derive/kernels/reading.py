"""The text around a computation: arguments read and checked, results and formulas described."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from sympy import Expr, Symbol

from derive.derivation import Derivation
from derive.kernels.array_printer import ArrayPrinter
from derive.kernels.identifiers import identifier
from derive.kernels.signature import Argument, Kind, Output, Signature

_PRINTER = ArrayPrinter()
_READERS: dict[Kind, str] = {
    "floats": "_floats",
    "labels": "_labels",
    "classes": "_integers",
    "integers": "_plain_integers",
}


def printed(expr: Expr) -> str:
    """A size or a limit as Python text."""
    result: str = _PRINTER.doprint(expr)
    return result


def lengths(output: Output) -> list[str]:
    """The lengths of a result's axes after the batch axes."""
    return [printed(r.upper - r.lower + 1) for r in output.indices]


def _tuple(lengths: tuple[Expr, ...]) -> str:
    return f"({', '.join(map(printed, lengths))}{',' if len(lengths) == 1 else ''})"


def reading(signed: Signature) -> Iterator[str]:
    """The statements that turn the arguments into arrays and check them.

    They expect ``dtype``, and use functions of the runtime.
    """
    arrays = [a for a in signed.arguments if a.kind != "size"]
    for a in arrays:
        rest = ", dtype" if a.kind in ("floats", "labels") else ""
        yield f'{a.name} = {_READERS[a.kind]}("{a.name}", {a.name}, {len(a.axes)}{rest})'
    for a in (a for a in signed.arguments if a.kind == "size"):
        yield f'{a.name} = _size("{a.name}", {a.name})'
    for size in signed.sizes:
        name = printed(size.symbol)
        less = (
            ""
            if size.offset == 0
            else f" - {size.offset}"
            if size.offset > 0
            else f" + {-size.offset}"
        )
        length = f"{size.argument.name}.shape[{size.axis}]{less}"
        if size.times != 1:
            length = f"({length}) // {size.times}"
        yield f'{name} = _size("{name}", {length})'
    for a in (a for a in arrays if a.kind != "labels" and not _tells_all(a, signed)):
        yield f'_check_axes("{a.name}", {a.name}, {_tuple(a.axes)}, "{_tuple(a.axes)}")'
    told = {s.symbol for s in signed.sizes} | {a.symbol for a in signed.arguments}
    for a in arrays:
        if a.kind == "classes" and isinstance(a.limit, Symbol) and a.counts and a.limit not in told:
            # A size that only a fact mentions is as large as the counts ask for.
            told.add(a.limit)
            yield f"{printed(a.limit)} = int(np.max({a.name}, initial=1))"
        if a.kind == "classes" and a.limit is not None:
            yield _range_check(a, a.limit)
        if a.counts:
            yield f"{a.name} = {a.name} - 1"
    for label in (a for a in arrays if a.kind == "labels"):
        yield from _reading_labels(label, signed)


def _range_check(argument: Argument, limit: Expr) -> str:
    """The line that refuses integers out of range."""
    name, last = argument.name, printed(limit)
    if argument.counts:
        return f'_check_counts("{name}", {name}, {last})'
    if argument.least != 1:
        return f'_check_range("{name}", {name}, {printed(argument.least - 1)}, {last})'
    return f'_check_classes("{name}", {name}, {last})'


def _tells_all(argument: Argument, signed: Signature) -> bool:
    """Whether the lengths of an array's axes, whatever they are, give sizes."""
    told = {s.axis for s in signed.sizes if s.argument == argument and s.times == 1}
    return len(told) == len(argument.axes)


def _reading_labels(label: Argument, signed: Signature) -> Iterator[str]:
    name, length = label.name, printed(label.axes[-1])
    for other in signed.arguments:
        if other.kind == "floats" and other.axes[-1:] == label.axes[-1:]:
            yield f'_check_label_shape("{name}", {name}, {other.name})'
    yield f'{name} = _with_classes("{name}", {name}, {length}, dtype)'
    yield f'_check_axes("{name}", {name}, {_tuple(label.axes)}, "{_tuple(label.axes)}")'
    for source, inferred in signed.inferred:
        if source.symbol == label.symbol:
            yield f"{inferred.name} = np.argmax({name}, axis=-1)"


def batch_shape(argument: Argument) -> str:
    """The shape of an argument without its own axes."""
    return f"{argument.name}.shape" + (f"[:-{len(argument.axes)}]" if argument.axes else "")


def documented(argument: Argument) -> str:
    """An argument with its shape, for a docstring."""
    # Of classes it is said that they count from 0; these have to say that they do not.
    plain = argument.beside_index and argument.kind in ("floats", "integers")
    note = "; taken as it is, and indices count from 1 in the formulas" if plain else ""
    return _shaped(argument) + note


def _shaped(argument: Argument) -> str:
    axes = ", ".join(["...", *map(printed, argument.axes)])
    fewer = ", ".join(["...", *map(printed, argument.axes[:-1])])
    match argument.kind:
        case "size":
            return f"{argument.name}: an integer, at least 1"
        case "classes":
            if argument.counts:
                return f"{argument.name}: array ({axes}) of counts, 1 to {argument.limit}"
            limit = "" if argument.limit is None else f" to {printed(argument.limit - 1)}"
            first = printed(argument.least - 1)
            return f"{argument.name}: array ({axes}) of integers from {first}{limit}"
        case "integers":
            return f"{argument.name}: array ({axes}) of integers"
        case "labels":
            last = printed(argument.axes[-1] - 1)
            classes = f"({fewer}) of classes, integers from 0 to {last}"
            return f"{argument.name}: array ({axes}), or {classes}"
        case _:
            return f"{argument.name}: array ({axes})" + ("" if argument.axes else ", or a number")


def returned(signed: Signature) -> str:
    """The results with their shapes, as a person would write them."""
    value, *derivatives = (
        f"{o.name} ({', '.join(['...', *lengths(o)])})" for o in (signed.value, *signed.derivatives)
    )
    several = ", ".join(derivatives)
    return f"({value}, {several if len(derivatives) == 1 else f'({several})'})"


def described(derivation: Derivation, signed: Signature) -> list[str]:
    """The formulas, in plain text, with names as the kernel has them."""
    lines = [f"value = {derivation.problem.source}"]
    lines += [f"{d.entry} = {d.value.doit()}" for d in derivation.definitions]
    lines += [f"{o.name} = {o.closed.doit()}" for o in signed.derivatives]
    symbols = [a.symbol for a in signed.arguments] + [d.base for d in derivation.definitions]
    for name in sorted(map(str, symbols), key=len, reverse=True):
        lines = [
            line.replace(name, identifier(name)) if name != identifier(name) else line
            for line in lines
        ]
    # What is left of odd names must not end the docstring.
    plain = [line.replace("\\", "/").replace('"', "'") for line in lines]
    return [w for line in plain for w in textwrap.wrap(line, 96, subsequent_indent="    ")]
