"""Inputs for any kernel, and what it has to return for them by plain Python loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from losses import LOSSES, Loss
from plain import CONTEXT, value
from sympy import Expr, Symbol

import derive
from derive.api import Derivation
from derive.facts import EntryFact, EqualFact
from derive.kernels.reader import signature
from derive.kernels.signature import Argument, Output
from derive.notation import Partial

CLASSES = ("C", "c", "k")
"""What the number of classes is called."""
SIZES = {**dict.fromkeys(CLASSES, 3), "D": 2, "N": 2, "d": 2, "p": 2, "q": 4}


def ask(loss: Loss) -> Derivation:
    """The derivation of a loss from the zoo."""
    given: dict[str, Any] = {"given": loss.given, "where": loss.where}
    if loss.kind == "gradient":
        return derive.gradient(loss.expression, list(loss.variables), **given)
    return getattr(derive, loss.kind)(loss.expression, *loss.variables, **given)


@cache
def derived(name: str) -> Derivation:
    """The derivation of a loss from the zoo or of an entry of the catalogue, by name."""
    return ask(LOSSES[name]) if name in LOSSES else derive.derivation(name)


def size(expr: Expr, sizes: Mapping[str, int]) -> int:
    return int(expr.subs({s: sizes[s.name] for s in expr.free_symbols}))


def arguments(
    derivation: Derivation,
    batch: tuple[int, ...] = (),
    sizes: Mapping[str, int] = SIZES,
    seed: int = 0,
) -> dict[str, Any]:
    """Random arguments that fit: weights and labels sum to one, one-hot if a fact says so."""
    draw = np.random.default_rng(seed)
    signed, facts = signature(derivation), derivation.problem.facts

    def one(a: Argument) -> Any:
        shape = (*batch, *(size(n, sizes) for n in a.axes))
        if a.kind == "size":
            return sizes[a.name]
        if a.kind == "classes":
            return draw.integers(0, size(a.limit, sizes), shape) + a.counts
        if a.kind == "integers":
            return draw.integers(0, 4, shape)
        if any(isinstance(f, EntryFact) and f.entry.base == a.symbol for f in facts):
            return np.eye(shape[-1])[draw.integers(0, shape[-1], shape[:-1])]
        if a.kind == "labels" or a.name in ("y", "w", "Y"):
            # In 64ths, so that they sum to one to the last digit.
            last = shape[-1]
            return (1 + draw.multinomial(64 - last, [1 / last] * last, shape[:-1])) / 64
        return draw.standard_normal(shape) if a.axes else draw.random(shape) + 1.5

    return {a.name: one(a) for a in signed.arguments}


def flat(results: Any) -> list[Any]:
    """The value and the derivatives, one after another."""
    first, second = results
    return [first, *(second if isinstance(second, tuple) else (second,))]


def expected(
    derivation: Derivation, given: Mapping[str, Any], sizes: Mapping[str, int] = SIZES
) -> list[Any]:
    """Value and derivatives without batch axes: the user's expression, central differences."""
    signed, problem = signature(derivation), derivation.problem
    world: dict[Any, Any] = {Symbol(n, integer=True, positive=True): v for n, v in sizes.items()}
    world |= {d.base: d for d in problem.definitions}
    for a in signed.arguments:
        # Mathematics counts classes from 1.
        shift = 1 if a.kind == "classes" and not a.counts else 0
        entries = by_index(np.asarray(given[a.name]) + shift)
        world[a.symbol] = entries if a.axes else entries[()]
    several = len(signed.derivatives) > 1
    asked = [problem.expression]
    if problem.kind == "hessian":
        first, second = problem.variables
        asked.append(Partial(Partial(problem.expression, first), second))
    elif problem.kind == "hessian_vector":
        asked.append(problem.statement)
    else:
        variables = problem.variables if several else problem.variables[:1]
        asked += [Partial(problem.expression, v) for v in variables]
    outputs = (signed.value, *signed.derivatives)
    return [table(e, o, world, sizes) for e, o in zip(asked, outputs, strict=True)]


def by_index(array: Any) -> dict[tuple[int, ...], Any]:
    """The entries of an array by their indices, from 1."""
    return {
        tuple(n + 1 for n in at): CONTEXT.mpf(float(array[at])) for at in np.ndindex(array.shape)
    }


def table(expr: Expr, output: Output, world: Mapping[Any, Any], sizes: Mapping[str, int]) -> Any:
    """The values of ``expr`` for every value of the output's indices."""
    spans = [range(1, size(r.upper, sizes) + 1) for r in output.indices]
    indices = [r.index for r in output.indices]
    values = [
        known(expr, output, {**world, **dict(zip(indices, place, strict=True))})
        for place in product(*spans)
    ]
    return np.array(values, dtype=object).reshape([len(s) for s in spans])


def known(expr: Expr, output: Output, world: Mapping[Any, Any]) -> Any:
    """The value of ``expr``, or nan where a declared fact about the indices does not hold."""
    for fact in output.conditions:
        if (value(fact.left, world) == value(fact.right, world)) != isinstance(fact, EqualFact):
            return CONTEXT.nan
    return value(expr, world)


def rows(given: Mapping[str, Any], derivation: Derivation, batch: tuple[int, ...]) -> Iterator[Any]:
    """The place of every batch entry with the arguments of that entry alone."""
    axes = {a.name: len(a.axes) for a in signature(derivation).arguments if a.kind != "size"}
    spread = {
        name: np.broadcast_to(array, batch + np.shape(array)[np.ndim(array) - axes[name] :])
        for name, array in given.items()
        if name in axes
    }
    alone = {name: number for name, number in given.items() if name not in axes}
    for place in np.ndindex(*batch):
        yield place, {**alone, **{name: array[place] for name, array in spread.items()}}
