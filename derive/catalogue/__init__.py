"""The problems that ship, one family a module. Importing this package registers all of them."""

from derive.catalogue import softmax, sources
from derive.catalogue.registry import ENTRIES, Question, question

__all__ = ["ENTRIES", "Question", "question", "softmax", "sources"]
