"""The report of a check: what was checked and proved, how often, and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from sympy import Add, Expr, Mul, S, Symbol

from derive.facts import Definition, Fact
from derive.laws import Condition
from derive.notation import Minus, Plus
from derive.unfolding import unfold
from derive.verify.clamps import without_far_bound
from derive.verify.conditions import positive
from derive.verify.redundant import told_apart_in, without_instances, without_repetitions

Checked = Literal["exact", "sampled", "undecided", "failed"]
Level = Literal["proved", "exact", "sampled", "undecided", "failed"]
Check = Literal[
    "form", "chain", "statement", "facts", "law", "exact", "sampled", "cases", "result", "formal"
]


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ.

    Attributes:
        sizes, indices: Their values by name.
        labels: The facts that were assumed, in words.
        left, right: The value before and after, if they could be computed.
    """

    sizes: tuple[tuple[str, int], ...]
    indices: tuple[tuple[str, int], ...]
    labels: str
    left: str | None = None
    right: str | None = None

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value}" for name, value in (*self.sizes, *self.indices))
        values = "" if self.left is None else f": {self.left} before, {self.right} after"
        return f"at {place} ({self.labels}){values}"


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong.

    Attributes:
        derivation: Name of the derivation, lemma, part or case.
        step: Number of the step for readers, from 1; 0 where no step is to blame.
        rule: Name of its rule, or of the substep's.
        check: Which check failed.
        sentence: What is wrong.
        counterexample: Values that show it, where there are any.
        unreached: Whether nothing is known to be wrong: there were no numbers to try it with.
    """

    derivation: str
    step: int
    rule: str
    check: Check
    sentence: str
    counterexample: Counterexample | None = None
    unreached: bool = False

    def __str__(self) -> str:
        where = (
            f"{self.derivation}, step {self.step} ({self.rule})" if self.step else self.derivation
        )
        shown = "" if self.counterexample is None else f", {self.counterexample}"
        return f"{where}: {self.check}: {self.sentence}{shown}"


@dataclass(frozen=True)
class Row:
    """What was checked of one step.

    Attributes:
        derivation, step, rule: Which step.
        parts: How many rewritten parts were held against laws.
        exact: In how many cases (sizes and index values) it was decided exactly.
        sampled: At how many random points it was evaluated.
        ok: Whether nothing failed.
    """

    derivation: str
    step: int
    rule: str
    parts: int
    exact: int
    sampled: int
    ok: bool


@dataclass(frozen=True)
class Unproved:
    """A step without a formal counterpart: which derivation, which step (from 1), which rule."""

    derivation: str
    step: int
    rule: str

    def __str__(self) -> str:
        return f"{self.derivation}, step {self.step} ({self.rule})"


@dataclass(frozen=True)
class Proof:
    """How far a derivation is proved in Coq.

    Attributes:
        claim: For which sizes, such as ``C ≥ 1``; empty where there is none.
        coq: The version of Coq that accepted the text; without one it is *emitted*: written, and
            checked by nobody.
        recorded: Whether that is on record, and was not done just now.
        axioms: What the closing theorems rest on at most, besides the logic of Coq.
        unproved: Steps that the text leaves out.
        failures: Where Coq refused it, which may be for want of a tactic that is strong enough.
        missing: Why there is no such text at all.
        assumed: What it takes for granted, so that everything has a value.
        narrower: What it takes for granted besides, and the derivation does not need: Coq's powers
            of 0 have other values.
    """

    claim: str = ""
    coq: str | None = None
    recorded: bool = False
    axioms: tuple[str, ...] = ()
    unproved: tuple[Unproved, ...] = ()
    failures: tuple[Failure, ...] = ()
    missing: str = ""
    assumed: tuple[Condition, ...] = ()
    narrower: tuple[Condition, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether Coq accepted all of it, with no step left out."""
        return self.coq is not None and not self.unproved and not self.failures

    @property
    def needs(self) -> tuple[Condition, ...]:
        """What is to be said of the domain: how narrow a proof is counts where there is one."""
        return (*self.assumed, *self.narrower) if self.proved else self.assumed

    def __str__(self) -> str:
        """What a terminal says of it."""
        if self.missing:
            return f"none: {self.missing}"
        if self.failures:
            return f"refused, so not proved: {'; '.join(map(str, self.failures))}"
        if self.unproved:
            done = "emitted" if self.coq is None else f"accepted by Coq {self.coq}"
            return f"{done}, but without a proof of {'; '.join(map(str, self.unproved))}"
        if self.coq is None:
            return "emitted: a Coq proof is written, and not checked"
        proved = f"proved for every {self.claim}" if self.claim else "proved"
        if self.needs:
            proved += f" where {' and '.join(in_words(self.needs))}"
        by = f"recorded with Coq {self.coq}" if self.recorded else f"by Coq {self.coq}"
        axioms = f"at most {', '.join(self.axioms)}" if self.axioms else "none"
        return f"{proved}, {by}; axioms: {axioms}"


@dataclass(frozen=True)
class Report:
    """The evidence for a derivation.

    Attributes:
        checked: ``exact`` where every step was decided exactly at all small sizes, ``sampled``
            where some steps could only be evaluated at random points, ``undecided`` where nothing
            is wrong but no random points were found, ``failed`` otherwise.
        failures: What is wrong; empty where ``ok``.
        rows: One for each step, lemmas and cases included.
        assumed: Conditions on the domain that no fact states, such as ``x != 0``.
        sizes: The sizes at which steps were decided exactly, in words.
        proof: What is known of its formal proof, if that was looked at.
        definitions: Names that stand in what is assumed.
        asked: The indices that the question names; others run in sums.
        declared: The facts that the problem states.
    """

    checked: Checked
    failures: tuple[Failure, ...]
    rows: tuple[Row, ...]
    assumed: tuple[Condition, ...] = ()
    sizes: str = ""
    proof: Proof | None = None
    definitions: tuple[Definition, ...] = ()
    asked: frozenset[Symbol] | None = None
    declared: tuple[Fact, ...] = ()

    @property
    def ok(self) -> bool:
        return self.checked in ("exact", "sampled")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is assumed of the domain, in the check or in the formal proof."""
        proof = () if self.proof is None else self.proof.needs
        return tuple(dict.fromkeys(map(self._plainly, (*self.assumed, *proof))))

    def _plainly(self, condition: Condition) -> Condition:
        """The condition without a bound that the facts say to be out of reach."""
        if condition.kind != "nonzero":
            return condition
        number = without_far_bound(
            condition.operands[0], lambda part: positive(part, self.declared, self.definitions)
        )
        return Condition("nonzero", (number,))

    @property
    def level(self) -> Level:
        """``proved`` where Coq accepted the whole proof, else what the check came to."""
        proved = self.ok and self.proof is not None and self.proof.proved
        return "proved" if proved else self.checked

    def with_proof(self, proof: Proof) -> Report:
        """The report with what is known of the formal proof.

        One that Coq refuses shows that it is not proved, and not that a step is wrong: the level
        stays what the check came to, and ``proof.failures`` name the step.
        """
        return replace(self, proof=proof)

    def __str__(self) -> str:
        """A table for the terminal."""
        width = max([len(r.rule) for r in self.rows] + [4])
        lines: list[str] = []
        derivation = None
        for row in self.rows:
            if row.derivation != derivation:
                derivation = row.derivation
                lines += ["", derivation, f"  step  {'rule':{width}}  law  exact  sampled"]
            law = "yes" if row.parts else "-"
            counts = f"{law:>3}  {row.exact:5}  {row.sampled:7}"
            mark = "" if row.ok else "  FAILED"
            lines.append(f"  {row.step:4}  {row.rule:{width}}  {counts}{mark}")
        lines += ["", *(str(f) for f in self.failures)]
        said = in_words(self.conditions, self.definitions, self.asked)
        lines += [f"assumed: {', '.join(said)}"] if said else []
        lines += [] if self.proof is None else [f"formal: {self.proof}"]
        exact = f", exact at {self.sizes}" if self.sizes else ""
        lines.append(f"level: {self.level}; {len(self.rows)} steps{exact}")
        return "\n".join(lines).lstrip("\n")


def in_words(
    conditions: Iterable[Condition],
    definitions: tuple[Definition, ...] = (),
    asked: frozenset[Symbol] | None = None,
) -> list[str]:
    """What is assumed, each once, and at which indices where it cannot hold at all."""
    return [
        " where ".join([_said(c), *_apart(c, definitions, asked)])
        for c in distinct(conditions, definitions, asked)
    ]


def _apart(
    condition: Condition, definitions: tuple[Definition, ...], asked: frozenset[Symbol] | None
) -> list[str]:
    pairs = told_apart_in(condition, definitions, asked)
    return [" and ".join(f"{one} != {other}" for one, other in pairs)] if pairs else []


def distinct(
    conditions: Iterable[Condition],
    definitions: tuple[Definition, ...] = (),
    asked: frozenset[Symbol] | None = None,
) -> list[Condition]:
    """The conditions, each once, whatever way round its differences are written.

    So are those that differ only in whether definitions are folded in them. A multiple or a power
    of a number is zero where the number is, a product is not where its factors are said not to be,
    ``log(10)`` is known not to be, and what is positive need not be said to be other than zero, nor
    a difference that the checker has seen to be no kink where it is zero. Nor is said what follows,
    as far as random numbers tell. Of several the shortest is kept. What is said of an index that is
    not ``asked`` about is said of all.
    """
    found: dict[tuple[str, str], Condition] = {}
    needless: set[str] = set()
    for condition in conditions:
        number = unfold(condition.operands[0], definitions).doit()
        if number.is_number and number.is_positive:
            continue
        if condition.kind in ("positive", "smooth"):
            needless.add(_key(number, signed=False))
        if condition.kind == "smooth":
            continue
        key = condition.kind, _key(number, signed=condition.kind != "nonzero")
        known = found.get(key)
        if known is None or _length(condition) < _length(known):
            found[key] = condition
    stated = needless | {name for kind, name in found if kind == "nonzero"}
    needless |= {
        name
        for (kind, name), c in found.items()
        if kind == "nonzero" and _is_product_of(unfold(c.operands[0], definitions).doit(), stated)
    }
    left = [c for (kind, name), c in found.items() if kind != "nonzero" or name not in needless]
    if len(left) < 2:
        return left
    left = without_repetitions(left, definitions)
    return left if asked is None else without_instances(left, definitions, asked)


def _length(condition: Condition) -> int:
    return len(str(condition.operands[0].doit()))


def _key(number: Expr, signed: bool) -> str:
    """A text that is the same for what is written otherwise; without signs also for multiples."""
    if signed:
        return str(number.expand())
    radical = Mul(*(base if whole else 1 / base for base, whole in _factors(number)))
    if radical != number and not number.is_Rational:
        return _key(radical, signed=False)
    return min(str(number.expand()), str((-number).expand()))


def _is_product_of(number: Expr, stated: set[str]) -> bool:
    """Whether it has several factors, all of which are said not to be zero."""
    factors = _factors(number)
    return len(factors) > 1 and all(_key(factor, signed=False) in stated for factor, _ in factors)


def _factors(number: Expr) -> list[tuple[Expr, bool]]:
    """What is multiplied and, with False, what is divided by: without numbers, powers by bases."""
    found = []
    for factor in Mul.make_args(number):
        base, exponent = factor.args if factor.is_Pow else (factor, S.One)
        above = bool(exponent.is_positive)
        found.append((base, above) if above or exponent.is_negative else (factor, True))
    return [(base, above) for base, above in found if not base.is_Rational]


def _said(condition: Condition) -> str:
    if condition.kind == "untied":
        return f"{condition.operands[0].doit()} is attained once"
    if condition.kind == "positive_factors":
        return f"the factors of {condition.operands[0].doit()} are > 0"
    more, less = _both_sides(condition.operands[0])
    there, back = (">", "<") if condition.kind == "positive" else ("!=", "!=")
    if more.is_number and less != 0:
        return f"{less} {back} {more}"
    return f"{more} {there} {less}"


def _both_sides(number: Expr) -> tuple[Expr, Expr]:
    """The two sides of a difference: ``z[i] != m`` is read more easily than ``-m + z[i] != 0``.

    The sides of a comparison stay as they are; of other sums what is subtracted is moved over.
    """
    whole, opened = number.doit(), number.doit().expand()
    if len(str(opened)) >= len(str(whole)):
        opened = whole
        match number:
            case Plus((Minus(less), more)) | Plus((more, Minus(less))) if not isinstance(
                more, Minus
            ):
                return more.doit(), less.doit()
    terms = Add.make_args(opened)
    less = [-t for t in terms if t.could_extract_minus_sign()]
    if not 0 < len(less) < len(terms):
        return opened, S.Zero
    return Add(*(t for t in terms if -t not in less)), Add(*less)
