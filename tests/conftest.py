"""Tests that need TeX, Coq, torch or jax say so; where these are absent they are left out.

    @pytest.mark.needs("pdflatex")

The last line of a run counts them. With DERIVE_REQUIRE_ALL=1, as in CI, they fail instead.
"""

import os
import shutil
from collections import Counter
from importlib.util import find_spec

import pytest

pytest_plugins = ["pytester"]

# What a test may need: an executable or a module, what people call it, how to get it.
_TEX = ("TeX", "install texlive-latex-recommended, texlive-luatex, texlive-lang-* and lmodern")
NEEDS = {
    "pdflatex": _TEX,
    "lualatex": _TEX,
    "latexmk": ("latexmk", "install latexmk"),
    "typst": ("Typst", "pip install typst"),
    "pdftotext": ("Poppler", "install poppler-utils"),
    "pdftoppm": ("Poppler", "install poppler-utils"),
    "coqc": ("Coq", "install coq"),
    "make": ("make", "install make"),
    "hatchling": ("hatchling", "pip install hatchling"),
    "hypothesis": ("hypothesis", "pip install hypothesis"),
    "lark": ("lark", "pip install lark"),
    "torch": ("torch", "pip install torch"),
    "jax": ("jax", "pip install jax"),
}
_WANT = "for want of "


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*names): executables or modules without which the test is left out"
    )


@pytest.hookimpl(tryfirst=True)  # before fixtures, which may need the same things
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if name not in NEEDS:
                pytest.fail(f"needs({name!r}): tests/conftest.py does not list it", pytrace=False)
            if shutil.which(name) or find_spec(name):
                continue
            product, remedy = NEEDS[name]
            if os.environ.get("DERIVE_REQUIRE_ALL") == "1":
                pytest.fail(f"{name} is absent, and all is required: {remedy}", pytrace=False)
            pytest.skip(f"{_WANT}{product} ({remedy})")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # A skipped report's longrepr is (file, line, "Skipped: reason").
    reasons = (
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
    )
    left_out = Counter(reason for reason in reasons if reason.startswith(_WANT))
    listed = ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
    terminalreporter.write_line(f"left out: {listed or 'none'}")
