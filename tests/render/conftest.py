"""What tests of documents share."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def page_text(tmp_path: Path) -> Callable[[bytes], str]:
    """The text of a PDF as a reader would copy it, on one line."""

    def read(content: bytes) -> str:
        path = tmp_path / "page.pdf"
        path.write_bytes(content)
        command = ["pdftotext", "-raw", str(path), "-"]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        return " ".join(done.stdout.split())

    return read
