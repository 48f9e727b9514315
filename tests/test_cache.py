"""Records of what was written: they count only while nothing has changed."""

from pathlib import Path

import pytest

from derive import cache
from derive.cache import key_of, record_of, remember


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "a.tex").write_text("one")
    remember(tmp_path, "entry", key_of("entry"), [tmp_path / "a.tex"], {"level": "exact"})
    return tmp_path


def test_a_record_comes_back(written: Path) -> None:
    record = record_of(written, "entry")
    assert record is not None
    assert record.key == key_of("entry") and record.card == {"level": "exact"}


@pytest.mark.parametrize("change", ["edited", "gone"])
def test_a_file_that_changed_ends_it(written: Path, change: str) -> None:
    if change == "edited":
        (written / "a.tex").write_text("two")
    else:
        (written / "a.tex").unlink()
    assert record_of(written, "entry") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"key": 1, "files": 2, "card": 3}', "\x00"])
def test_a_broken_record_is_none(written: Path, text: str) -> None:
    (written / ".cache" / "entry.json").write_text(text)
    assert record_of(written, "entry") is None


def test_options_sources_templates_and_versions_change_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of("entry", ("en",))
    assert key == key_of("entry", ("en",)) != key_of("entry", ("es",))
    monkeypatch.setattr(cache, "_version", lambda package: "0")
    cache._sources.cache_clear()
    changed = key_of("entry", ("en",))
    assert changed != key
    (tmp_path / "proof.tex").write_text("")
    monkeypatch.setattr(cache, "template_root", lambda: tmp_path)
    cache._sources.cache_clear()
    assert key_of("entry", ("en",)) != changed
    (tmp_path / "proof.tex").write_text("other")
    before = key_of("entry", ("en",))
    cache._sources.cache_clear()
    assert key_of("entry", ("en",)) != before
    cache._sources.cache_clear()
