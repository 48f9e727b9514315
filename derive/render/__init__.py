"""Documents: one printer a format over the same tree."""

from derive.render.latex import latex
from derive.render.pdf_file import pdf

__all__ = ["latex", "pdf"]
