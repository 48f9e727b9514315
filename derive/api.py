"""The public verbs, and the derivation that they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from dataclasses import replace as with_changes
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sympy import Expr, Indexed, MatrixExpr, Symbol, Tuple

from derive.case_table import Cases
from derive.catalogue import ENTRIES, question
from derive.derivation import ByVariable, Step
from derive.derivation import Derivation as Trace
from derive.errors import DeriveError
from derive.matrices import matrix_of
from derive.notation import Maximum, plain
from derive.output import write_bytes
from derive.parsing import in_sympy
from derive.posing import pose
from derive.problem import Kind, Problem, sorted_names
from derive.reading import as_expr, read
from derive.renaming import recognised_as, renamed
from derive.unfolding import unfold

if TYPE_CHECKING:
    from derive.formal import Exported
    from derive.kernels import Kernel
    from derive.lines import Verdict
    from derive.render.compose import Level
    from derive.render.document import Logarithm
    from derive.render.pdf_file import Engine
    from derive.render.wishes import Softmax
    from derive.verify import Proof, Report


@dataclass(frozen=True, eq=False, repr=False)
class ExplicitStep(Step):
    """A step that can be written out at a given number of classes."""

    origin: Trace | None = None

    def __repr__(self) -> str:
        return f"<Step {self.rule}: {_plain(self.after)}>"

    def at(self, **sizes: int) -> Any:
        """The expression after the step at explicit sizes, as ``Derivation.at`` gives it."""
        assert self.origin is not None
        return _at(self.origin, self.after, sizes)


@dataclass(frozen=True, eq=False, repr=False)
class Derivation(Trace):
    """A derivation with its readers: results, evidence, documents, kernels."""

    @classmethod
    def of(cls, trace: Trace) -> Derivation:
        """The same derivation, and all it contains, with the public verbs."""
        values = {f.name: getattr(trace, f.name) for f in fields(Trace)}
        values["lemmas"] = tuple(map(cls.of, trace.lemmas))
        values["parts"] = MappingProxyType(
            ByVariable({n: cls.of(d) for n, d in trace.parts.items()})
        )
        values["cases"] = Cases({c: cls.of(d) for c, d in trace.cases.items()})
        values["arrays"] = MappingProxyType({n: cls.of(d) for n, d in trace.arrays.items()})
        values["steps"] = tuple(_explicit(step, trace) for step in trace.steps)
        return cls(**values)

    def __repr__(self) -> str:
        return f"<Derivation {self.name}: {self.result}, {len(self.steps)} steps>"

    def _repr_latex_(self) -> str:
        from derive.render.latex import formula

        return f"$\\displaystyle {formula(self.closed_form)}$"

    @cached_property
    def result(self) -> Expr:
        """The simplified result in plain SymPy, definitions folded; several are a ``Tuple``."""
        return _plain(self.closed_form)

    @cached_property
    def expanded(self) -> Expr:
        """The result in plain SymPy over the inputs only."""
        return _plain(unfold(self.closed_form, self.definitions))

    @cached_property
    def matrix(self) -> Any:
        """The result as a SymPy matrix expression, where there is such a form, else None.

        The first index of the variable runs down and the second across; a vector is a column. A
        Jacobian has the function's index down and the variable's across, a Hessian those of both
        variables. Of several variables it is a tuple.
        """
        found = tuple(map(_matrix, self.results))
        return found if isinstance(self.statement, Tuple) else found[0]

    def at(self, **sizes: int) -> Any:
        """The result at explicit sizes, such as ``at(C=3)``.

        Returns an expression where no index is free, else an ``ImmutableDenseNDimArray`` with an
        axis for each free index: those of the expression first, then those of the variables.
        Entries are 1-based, over the user's own arrays. Raises ``DeriveError`` for a size that is
        unknown, missing or no positive integer.
        """
        return _at(self, self.closed_form, sizes)

    @cached_property
    def _report(self) -> Report:
        import derive.rules  # noqa: F401  (a derivation that was unpickled needs its laws)
        from derive.verify import check

        return check(self)

    @cached_property
    def exported(self) -> Exported:
        """The formal proof, with what its lines stand for; errors as for ``coq``."""
        import derive.rules  # noqa: F401  (a derivation that was unpickled needs its tactics)
        from derive.formal import export

        return export(self)

    @cached_property
    def _on_record(self) -> Proof:
        from derive.formal.record import known
        from derive.verify import Proof

        try:
            return known(self, self.exported)
        except DeriveError as error:
            return Proof(missing=str(error))

    @cached_property
    def _proof(self) -> Proof:
        from derive.formal.proving import prove

        [(_, proof)] = prove({self.name: (self, self.exported)})
        return proof

    def check(self, formal: bool = False) -> Report:
        """The evidence: every step checked by code that shares nothing with the rules.

        The level is ``proved`` where Coq is on record as having accepted the formal proof, in the
        very text that ``coq()`` gives. With ``formal`` Coq checks it now, which takes seconds; from
        then on its answer is what documents say.

        Where Coq refuses a step, or something cannot be said in Coq, the report says so and the
        level is that of the check. Raises ``DeriveError`` with ``formal`` where Coq or Coquelicot
        is not installed.
        """
        if formal and not self._on_record.missing:
            return self._report.with_proof(self._proof)
        # What Coq said in this session counts for more than the record.
        return self._report.with_proof(self.__dict__.get("_proof", self._on_record))

    def _checked(self, what: str) -> Report:
        report = self.check()
        if not report.ok:
            said = "failed" if report.level == "failed" else "is undecided"
            raise DeriveError(
                f"no {what} is made of {self.name}: its check {said}; {report.failures[0]}"
            )
        return report

    def latex(
        self,
        lang: str | None = None,
        fragment: bool = False,
        title: str | None = None,
        author: str | None = None,
        level: Level = "default",
        course: str | None = None,
        worksheet: bool = False,
        answers: bool = False,
        explicit: int | None = None,
        logarithm: Logarithm = "log",
        softmax: Softmax = "hat",
    ) -> str:
        """The derivation as a LaTeX document, or as a fragment to ``\\input`` elsewhere.

        Args:
            lang: Code of a language; the entry's own without one.
            fragment: Whether to leave the preamble out.
            title, author, course: What stands at the top.
            level: ``full``, ``default`` or ``brief``.
            worksheet: Whether the right-hand sides are left blank, with room to write.
            answers: Whether this is the answer sheet of the worksheet: all in its place, with the
                same numbers.
            explicit: For how many classes the steps are written out at the end, 0 for not at all;
                without it for three, at the level ``full`` all and at ``brief`` none of them.
            logarithm: ``log`` or ``ln``.
            softmax: ``hat`` for the name of the softmax, as in ŷ, ``sigma`` for σ(z).

        Raises:
            DeriveError: Where the check fails, and for an unknown language, level or option.
        """
        from derive.render import latex
        from derive.render.wishes import Wishes, sheet_of

        report = self._checked("document")
        return latex(
            self,
            lang=lang,
            fragment=fragment,
            title=title,
            author=author,
            level=level,
            report=report,
            wishes=Wishes(course, sheet_of(worksheet, answers), explicit, logarithm, softmax),
        )

    def html(self, **options: Any) -> str:
        """HTML comes with a later version: raises ``DeriveError``."""
        raise _later("HTML")

    def markdown(self, **options: Any) -> str:
        """Markdown comes with a later version: raises ``DeriveError``."""
        raise _later("Markdown")

    def text(self, **options: Any) -> str:
        """Terminal text comes with a later version: raises ``DeriveError``."""
        raise _later("terminal text")

    def pdf(self, path: str | Path, engine: Engine = "typst", **options: Any) -> None:
        """Write the derivation as a PDF, by Typst or with ``engine="latex"`` by LaTeX.

        The options are those of ``latex``, without ``fragment``. Raises ``DeriveError`` where the
        check fails, where the engine is not installed, and for an unknown language, level, option
        or engine.
        """
        write_bytes(Path(path), self.pdf_bytes(engine, **options))

    def pdf_bytes(
        self,
        engine: Engine = "typst",
        lang: str | None = None,
        title: str | None = None,
        author: str | None = None,
        level: Level = "default",
        course: str | None = None,
        worksheet: bool = False,
        answers: bool = False,
        explicit: int | None = None,
        logarithm: Logarithm = "log",
        softmax: Softmax = "hat",
    ) -> bytes:
        """What ``pdf`` writes."""
        from derive.render.pdf_file import pdf_bytes
        from derive.render.wishes import Wishes, sheet_of

        return pdf_bytes(
            self,
            lang=lang,
            title=title,
            author=author,
            level=level,
            engine=engine,
            report=self._checked("document"),
            wishes=Wishes(course, sheet_of(worksheet, answers), explicit, logarithm, softmax),
        )

    def coq(self) -> str:
        """The derivation as a Coq file in which each step is a lemma; see ``derive.formal``.

        Raises ``DeriveError`` where something in it cannot be said in Coq.
        """
        return self.exported.text

    def kernel(self, target: str = "numpy") -> Kernel:
        """A function that computes value and derivative; see ``derive.kernels`` for its arguments.

        Raises ``DeriveError`` where the check fails and for an unknown target.
        """
        from derive.kernels import kernel

        self._checked("kernel")
        return kernel(self, target)


def _at(trace: Trace, expr: Expr, sizes: Mapping[str, int]) -> Any:
    from derive.explicit import explicit_array, explicit_sizes

    problem = trace.problem
    if isinstance(expr, Tuple):
        return tuple(_at(part, part.closed_form, sizes) for part in trace.results)
    ranges = {r.index: r for r in problem.ranges}
    return explicit_array(
        expr,
        explicit_sizes(problem.sizes, sizes),
        tuple(ranges[index] for index in _in_order(problem)),
        trace.definitions,
        trace.assumptions,
    )


def _in_order(problem: Problem) -> tuple[Symbol, ...]:
    """The free indices: those of the variables as they are written, a Jacobian's own before."""
    places = [i for v in problem.variables if isinstance(v, Indexed) for i in v.indices]
    written = [s for i in places for s in sorted_names(i) if s in problem.free_indices]
    own = [s for s in problem.free_indices if s not in written]
    first, last = (own, written) if problem.kind == "jacobian" else (written, own)
    return tuple(dict.fromkeys((*first, *last)))


def _matrix(trace: Trace) -> MatrixExpr | None:
    form = trace.arrays.get("result")
    return None if form is None else matrix_of(form.closed_form.array)


def _later(what: str) -> DeriveError:
    return DeriveError(f"{what} is not in this version of Derive; latex(), pdf() and kernel() are")


def _explicit(step: Step, origin: Trace) -> ExplicitStep:
    values = {f.name: getattr(step, f.name) for f in fields(Step)}
    values["substeps"] = tuple(_explicit(s, origin) for s in step.substeps)
    return ExplicitStep(**values, origin=origin)


def _plain(expr: Expr) -> Expr:
    return Tuple(*map(plain, expr)) if isinstance(expr, Tuple) else plain(expr)


def _derived(problem: Problem, route: Callable[[Problem], Trace] | None = None) -> Derivation:
    # The rules are loaded with the first derivation: importing derive stays quick.
    from derive.strategy import derive_problem

    return _stable((route or derive_problem)(problem))


def _stable(trace: Trace) -> Derivation:
    from derive.stabilisation import stabilise

    return Derivation.of(stabilise(trace))


def _asked(
    expression: Any,
    variables: Sequence[Any],
    kind: Kind,
    given: Iterable[Any],
    where: Iterable[Any],
    along: Sequence[Any] = (),
) -> Derivation:
    """The derivation of what was asked in SymPy, or in text."""

    def posed(*by: Any) -> Problem:
        asked = in_sympy([expression], by, given, where, along=along)
        direction = asked.along[0] if asked.along else None
        (loss,) = asked.expressions
        return pose(loss, asked.variables, kind, asked.given, asked.where, along=direction)

    try:
        problem = posed(*variables)
    except DeriveError as error:
        twice = len(set(map(str, variables))) < len(variables)
        if kind != "gradient" or len(variables) < 2 or twice:
            raise
        # The axes of two variables may have sizes of their own though one letter runs over both.
        try:
            return _derived_apart(tuple(posed(v) for v in variables))
        except DeriveError:
            raise error from None
    return _derived(problem)


def _derived_apart(problems: tuple[Problem, ...]) -> Derivation:
    from derive.strategy import derive_apart

    return _stable(derive_apart(problems))


def gradient(
    loss: Any, variables: Any, given: Iterable[Any] = (), where: Iterable[Any] = ()
) -> Derivation:
    """Derive the gradient of a loss over a symbolic number of classes.

    Args:
        loss: A plain SymPy expression over ``IndexedBase`` arrays with shapes and real symbols.
        variables: What to differentiate by: an entry such as ``z[k]``, a parameter, or a list of
            them (then the parts of one derivation, in that order).
        given: Facts: ``Eq(Sum(y[i], (i, 1, C)), 1)``, ``Eq(y[i], KroneckerDelta(i, t))``,
            ``Ne(k, t)``, ``w[i] > 0``.
        where: Definitions to keep folded: ``Eq(q[i], exp(z[i])/Sum(...))``.

    All of it may be text: ``gradient("-log(softmax(z)[t])", "z[k]", given=["k != t"])``.

    Raises:
        DeriveError: Where the input cannot be what is meant; the message says what to do.
        TypeError: Where something is no SymPy expression at all, or some is text and some is not.
    """
    several = variables if isinstance(variables, (list, tuple, Tuple)) else [variables]
    if not several:
        raise DeriveError("there is nothing to differentiate by; name an entry such as z[k]")
    return _asked(loss, several, "gradient", given, where)


def jacobian(
    vector: Any, variable: Any, given: Iterable[Any] = (), where: Iterable[Any] = ()
) -> Derivation:
    """Derive the Jacobian of a vector, given by its entry: ``jacobian(p(i), z[k])``.

    Arguments and errors as for ``gradient``.
    """
    return _asked(vector, [variable], "jacobian", given, where)


def hessian(
    loss: Any, first: Any, second: Any, given: Iterable[Any] = (), where: Iterable[Any] = ()
) -> Derivation:
    """Derive the second derivative of a loss by two entries or parameters.

    Arguments and errors as for ``gradient``.
    """
    return _asked(loss, [first, second], "hessian", given, where)


def hessian_vector(
    loss: Any,
    variable: Any,
    vector: Any,
    given: Iterable[Any] = (),
    where: Iterable[Any] = (),
) -> Derivation:
    """Derive the Hessian of a loss times a vector: ``hessian_vector(loss, z[k], v[j])``.

    It is the sum of the second derivatives by ``z[k]`` and ``z[j]`` times ``v[j]`` over all ``j``,
    worked out until no matrix is left. ``v`` has the shape of ``z``. The other arguments and errors
    are as for ``gradient``.
    """
    return _asked(loss, [variable], "hessian_vector", given, where, along=[vector])


def Max(expr: Any, limits: tuple[Any, ...]) -> Maximum:
    """The largest value over an index: ``Max(z[j], (j, 1, C))``.

    What follows the ends of the range is left out: ``Max(z[j], (j, 1, C, t))`` is the largest value
    at ``j != t``.

    Raises ``DeriveError`` for a range that is none, ``TypeError`` for what is no expression.
    """
    body = read(as_expr(expr))
    if not isinstance(limits, (tuple, list, Tuple)) or len(limits) < 3:
        raise DeriveError(
            f"the maximum of {expr} has no range: {limits} is none; write Max(term, (j, 1, C))"
        )
    index, *ends = map(as_expr, limits)
    if not isinstance(index, Symbol) or not index.is_integer:
        raise DeriveError(
            f"the maximum of {expr} runs over {index}, which is no index; make one with "
            f"symbols('{index}', integer=True)"
        )
    return Maximum(body, (index, *ends))


def Min(expr: Any, limits: tuple[Any, ...]) -> Expr:
    """The smallest value over an index, ``-Max(-expr, limits)``: ``Min(z[j], (j, 1, C))``.

    Raises as ``Max`` does.
    """
    return -Max(-as_expr(expr), limits)


def holds(
    left: Any, right: Any = None, given: Iterable[Any] = (), where: Iterable[Any] = ()
) -> Verdict:
    """Whether two sides are equal for every number of classes: ``holds("exp(log(T))", "T")``.

    Args:
        left, right: The two sides, in SymPy or as text; ``diff(u, z[k])`` and
            ``sympy.Derivative(u, z[k])`` are derivatives. Without ``right`` a list of lines, each
            of which is to equal the next.
        given, where: Facts and definitions, as for ``gradient``.

    The verdict is true in a condition where they are equal. It says what was compared, or gives
    numbers at which they differ, small ones that anybody can put in.

    Raises ``DeriveError`` for what cannot be read, ``TypeError`` as ``gradient`` does.
    """
    lines = [left, right]
    if right is None:
        if not isinstance(left, (list, tuple)) or len(left) < 2:
            raise TypeError("holds takes two sides, or a list of two or more lines")
        lines = list(left)
    from derive.lines import judge

    asked = in_sympy(lines, (), given, where, smooth=False)
    return judge(asked.expressions, asked.given, asked.where)


def catalogue() -> tuple[str, ...]:
    """Names of the entries that ship."""
    return tuple(ENTRIES)


def derivation(name: str, symbols: Mapping[str, str] | None = None) -> Derivation:
    """Derive an entry of the catalogue.

    ``symbols`` renames on every output: ``{"z": "s", "C": "K"}``; the softmax too, whose name is
    ``"\\hat{y}"``. Raises ``DeriveError`` for an unknown entry or symbol, and where two symbols
    would get one name, or names that look alike in print.
    """
    names = {} if symbols is None else symbols
    asked = renamed(question(name), names)
    problem = pose(
        asked.expression,
        asked.variables,
        asked.kind,
        asked.given,
        asked.where,
        name=name,
        language=asked.language,
    )
    problem = with_changes(
        problem,
        called=asked.called,
        indicator=asked.indicator,
        tags=asked.tags,
        recalled=asked.recalled,
        meanings=asked.meanings,
    )
    derived = _derived(recognised_as(problem, names), asked.route)
    if names:
        from derive.render.clashes import check_names

        check_names(derived)
    return derived
