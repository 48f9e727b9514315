"""Documents: one printer a format over the same tree."""

from derive.render.latex import latex

__all__ = ["latex"]
