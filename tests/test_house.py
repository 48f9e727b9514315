"""The house rules: what imports what, what ships, what is left out, what make says."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import derive
from derive import resources
from derive.errors import DeriveError

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "derive"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# --- layers -------------------------------------------------------------------------------------


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in its text it does so."""
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from derive import rules` names a module, `from derive.rules import f` is in one
                inner = f"{source}.{alias.name}"
                if inner in FILES or source in FILES:
                    yield inner if inner in FILES else source


def reachable(prefix: str) -> set[str]:
    """All that the modules under a prefix import, directly or by way of others."""
    pending = [name for name in FILES if name == prefix or name.startswith(prefix + ".")]
    seen: set[str] = set()
    while pending:
        for name in imports(pending.pop()):
            if name not in seen:
                seen.add(name)
                pending.append(name)
    return seen


@pytest.mark.parametrize(
    ("above", "forbidden"),
    [
        ("verify", ["rules", "strategy"]),
        ("render", ["kernels", "formal"]),
        ("kernels", ["render", "formal"]),
        ("formal", ["render", "kernels"]),
    ],
)
def test_a_second_opinion_and_siblings_stay_independent(above: str, forbidden: list[str]) -> None:
    reached = reachable(f"derive.{above}")
    assert "derive" not in reached, "the public module imports everything: import from below it"
    for name in forbidden:
        assert not {r for r in reached if f"{r}.".startswith(f"derive.{name}.")}


# --- generality ---------------------------------------------------------------------------------


def test_nothing_outside_the_catalogue_knows_an_entry_by_name() -> None:
    names = derive.catalogue()
    assert names
    engine = [path for path in FILES.values() if PACKAGE / "catalogue" not in path.parents]
    templates = [path for path in (ROOT / "templates" / "kernels").rglob("*") if path.is_file()]
    known = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (*engine, *templates)
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", path.read_text(encoding="utf-8"))
    ]
    assert not known


# --- packaging ----------------------------------------------------------------------------------


def test_every_dependency_has_a_floor() -> None:
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        wanted += [need for need in extra if not need.startswith(project["name"] + "[")]
    assert [need for need in wanted if not re.fullmatch(r"[\w.-]+>=\d[\d.]*", need)] == []


def test_templates_are_found_in_the_checkout() -> None:
    assert resources.template_root() == ROOT / "templates"


def test_missing_templates_are_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "derive")
    with pytest.raises(DeriveError, match="templates are missing"):
        resources.template_root()


@pytest.mark.needs("hatchling")
def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)

    shipped = site / "derive" / "templates"
    templates = ROOT / "templates"
    assert {path.relative_to(shipped) for path in shipped.rglob("*")} == {
        path.relative_to(templates) for path in templates.rglob("*")
    }
    assert (site / "derive" / "parsing" / "grammar.lark").is_file()

    asked = "from derive.resources import template_root; print(template_root())"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    for command, answer in [
        (["-c", asked], str(shipped)),
        (["-m", "derive", "list"], derive.catalogue()[0]),
    ]:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        assert answer in done.stdout


# --- tests that need what is not there ----------------------------------------------------------

NEEDY = """
import pytest

@pytest.mark.needs("pdflatex")
def test_page(): pass

@pytest.mark.needs("lualatex")
def test_other_page(): pass

@pytest.mark.needs("coqc")
def test_proof(): pass

def test_plain(): pass
"""


@pytest.fixture
def needy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of four tests, where no executable is installed."""
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(NEEDY)
    pytester.mkdir("bin")
    monkeypatch.setenv("PATH", str(pytester.path / "bin"))
    monkeypatch.delenv("DERIVE_REQUIRE_ALL", raising=False)
    return pytester


def test_the_summary_says_what_was_left_out(needy: pytest.Pytester) -> None:
    done = needy.runpytest_subprocess("-q", "--strict-markers")
    done.assert_outcomes(passed=1, skipped=3)
    done.stdout.fnmatch_lines(
        ["left out: 2 for want of TeX (install texlive-*), 1 for want of Coq (install coq)"]
    )


def test_what_is_there_is_not_left_out(needy: pytest.Pytester) -> None:
    for name in ("pdflatex", "lualatex", "coqc"):
        (needy.path / "bin" / name).touch(mode=0o755)
    done = needy.runpytest_subprocess("-q")
    done.assert_outcomes(passed=4)
    done.stdout.fnmatch_lines(["left out: none"])


def test_where_all_is_required_an_absence_fails(
    needy: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DERIVE_REQUIRE_ALL", "1")
    done = needy.runpytest_subprocess("-q")
    done.assert_outcomes(passed=1, errors=3)
    done.stdout.fnmatch_lines(["*coqc is absent, and all is required: install coq*"])


# --- make ---------------------------------------------------------------------------------------


def test_every_make_target_is_phony() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    [phony] = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert set(phony.split()) == targets


@pytest.mark.needs("make")
@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        ("version_info", "older than Python 3.11"),
        ("ensurepip", "apt install python3-venv"),
    ],
)
def test_make_names_what_python_lacks(tmp_path: Path, refused: str, sentence: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$*" in *{refused}*) exit 1;; esac\n')
    python.chmod(0o755)
    done = make(tmp_path, "derive", f"PYTHON={python}")
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode != 0
    assert len(said) == 1 and sentence in said[0]


@pytest.mark.needs("make")
def test_make_names_a_missing_python(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = make(tmp_path, "derive", f"PYTHON={tmp_path / 'none'}")
    assert done.returncode != 0
    assert "install Python 3.11 or newer" in done.stderr


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # `make test` sets MAKEFLAGS and the like, which are not meant for this make.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
