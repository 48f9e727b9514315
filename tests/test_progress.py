"""The bar: on a terminal, and nowhere else."""

import io

from derive.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is_and_is_left_clean() -> None:
    stream = Terminal()
    with Progress(4, stream) as progress:
        progress.begin("one")
        progress.done()
        progress.begin("two")
    text = stream.getvalue()
    assert "░ 0/4 one" in text and "1/4 two" in text
    assert text.endswith("\r\x1b[2K")


def test_what_is_no_terminal_sees_nothing() -> None:
    stream = io.StringIO()
    with Progress(4, stream) as progress:
        progress.begin("one")
    assert stream.getvalue() == ""
