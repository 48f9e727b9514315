"""A derivation as a plain outline for the terminal: what was done, in SymPy's own notation."""

from __future__ import annotations

from derive.derivation import Derivation


def outline(derivation: Derivation, indent: str = "") -> str:
    """Statement, steps with the names of their rules, parts, lemmas and cases."""
    lines: list[str] = []
    for lemma in derivation.lemmas:
        lines += [f"{indent}lemma {lemma.name}", outline(lemma, indent + "    ")]
    for name, part in derivation.parts.items():
        lines += [f"{indent}part {name}", outline(part, indent + "    ")]
    lines.append(f"{indent}{derivation.statement.doit()}")
    width = max((len(step.rule) for step in derivation.steps), default=0)
    for number, step in enumerate(derivation.steps, start=1):
        lines.append(f"{indent}  {number:>2}. {step.rule:<{width}}  = {step.after.doit()}")
    for condition, case in derivation.cases.items():
        lines += [f"{indent}case {condition}", outline(case, indent + "    ")]
    return "\n".join(lines)
