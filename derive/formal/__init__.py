"""Machine-checked proofs: a derivation as a Coq file in which each step is a lemma.

``export`` gives the text; the library that it stands on ships with the package under
``templates/formal``: sums, partial derivatives, places in an expression, one tactic per rule.
"""

from derive.formal.exporting import Exported, export
from derive.formal.text import Mark

LIBRARY: tuple[str, ...] = (
    "Sums.v",
    "Partial.v",
    "Kinks.v",
    "Maxima.v",
    "Products.v",
    "Places.v",
    "Witness.v",
    "Rules.v",
    "Plain.v",
)
"""The files of the library, in the order in which they compile, under the name ``Derive``."""

__all__ = ["LIBRARY", "Exported", "Mark", "export"]
