"""What things are called in Coq: letters of the mathematics as identifiers, no two alike."""

from __future__ import annotations

import re
from collections.abc import Hashable

from derive.notation import Binder

# Words of Coq, and names of its library or ours that a proof uses as such.
_WORDS = """
as at cofix else end exists exists2 fix for forall fun if in is let match mod return SProp Prop
Set Type then using where with by R nat INR IZR exp ln sqrt pow PI delta bracket choice total
total_but maximum maximum_but attains attains_but
untied untied_but product product_but threshold pd is_pd vec mat scalar Rpower Rabs Rmax Rmin sign
tanh sin cos sinh cosh acos asin atan eq_trans is_pd_intro is_pd_as
True False
Admitted admit give_up Axiom Axioms Parameter Parameters Conjecture Conjectures Load LoadPath
Drop Redirect Cd
"""
RESERVED = frozenset(_WORDS.split())
# Names of hypotheses and lemmas end so.
_TAKEN = re.compile(
    r"_(range|sum|entries|positive|negative|least|size|equation|can_hold|not_zero|not_negative"
    r"|is_\w+|(exists|domain|assumed|array)_\d+)$"
)
_ACCENTS = re.compile(r"\\(?:hat|tilde|bar|mathcal|mathrm|operatorname)\{?\\?(\w+)\}?")


def identifier(text: str) -> str:
    r"""``text`` as a Coq identifier: ``\hat{y}`` is ``yhat``, ``z[k]-W[k, l]`` is ``z_k_W_k_l``."""
    text = re.sub(r"\\hat\{?(\w+)\}?", r"\1hat", text)
    text = _ACCENTS.sub(r"\1", text)
    word = re.sub(r"[^\w']+", "_", text, flags=re.ASCII).strip("_") or "x"
    if not word[0].isalpha():
        word = f"x{word}"
    return f"{word}_" if word in RESERVED else word


def for_variable(text: str) -> str:
    """``text`` as a wish for the name of a variable, which is called like no hypothesis."""
    return f"{text}_v" if _TAKEN.search(identifier(text)) else text


class Names:
    """Identifiers given out so far; each thing keeps its own.

    Attributes:
        written: Texts that hold these identifiers, with what they say.
    """

    def __init__(self) -> None:
        self.written: dict[Hashable, tuple[Binder, str]] = {}
        self._taken: dict[str, Hashable] = {}
        self._own: dict[Hashable, str] = {}

    def of(self, thing: Hashable, wish: str) -> str:
        """The identifier of ``thing``: as wished, or with a number where that is taken."""
        if thing not in self._own:
            base = identifier(wish)
            name, number = base, 1
            while name in self._taken:
                number += 1
                name = f"{base}_{number}"
            self._taken[name] = thing
            self._own[thing] = name
        return self._own[thing]
