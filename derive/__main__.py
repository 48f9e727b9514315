"""The command line.

``derive list``, ``show``, ``write``, ``verify``, ``kernel`` and ``build`` are about the catalogue;
``gradient``, ``jacobian``, ``hessian``, ``hessian-vector`` and ``holds`` about what a person
writes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import derive
from derive import building
from derive.building import proof_path, write_kernels
from derive.errors import DeriveError
from derive.output import check_folder, write_bytes

FORMATS = ("tex", "html", "pdf", "md")
SHEETS = {"-worksheet": {"worksheet": True}, "-answers": {"answers": True}}
FINE, CHECK_FAILED, WRONG_USE = 0, 1, 2
ASKED = {
    "gradient": (None, "of a loss, by one or more entries or parameters"),
    "jacobian": (1, "of a vector, given by its entry"),
    "hessian": (2, "of a loss, by two entries or parameters"),
    "hessian-vector": (1, "product of a loss, by an entry, with --along the entry of a vector"),
}
"""What can be asked of a text: by how many variables, if that is fixed, and what it is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 where all is fine, 1 where a check failed, 2 for wrong use."""
    arguments = parser().parse_args(_formulas_apart(sys.argv[1:] if argv is None else argv))
    try:
        code: int = arguments.run(arguments)
        return code
    except DeriveError as error:
        print(f"derive: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        # The reader of a pipe has seen enough; Python would complain while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    whole = argparse.ArgumentParser(
        prog="derive", description="Checked step-by-step derivations of losses, and their kernels."
    )
    whole.add_argument("--version", action="version", version=f"derive {derive.__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    for name, (_, what) in ASKED.items():
        one = commands.add_parser(name, help=f"derive the {name} {what}")
        one.add_argument("expression", metavar="TEXT", type=str.strip, help='"-log(softmax(z)[t])"')
        one.add_argument(
            "--wrt",
            action="append",
            default=[],
            metavar="TEXT",
            help='what to differentiate by, such as "z[k]"; again for another',
        )
        if name == "hessian-vector":
            one.add_argument(
                "--along", metavar="TEXT", help='the vector by an entry of it, such as "v[j]"'
            )
        _add_relations(one)
        one.add_argument("--to", metavar="FORMATS", help="write documents: tex, pdf; else print")
        _add_document(one)
        one.set_defaults(run=ask, kind=name)

    one = commands.add_parser("holds", help="check whether each line equals the next")
    one.add_argument(
        "lines", nargs="+", metavar="TEXT", type=str.strip, help="two sides, or more lines"
    )
    _add_relations(one)
    one.set_defaults(run=holds)

    one = commands.add_parser("list", help="list the entries of the catalogue")
    one.set_defaults(run=list_entries)

    one = commands.add_parser("show", help="print the steps of an entry")
    _add_entry(one)
    one.set_defaults(run=show)

    one = commands.add_parser("write", help="write the document of an entry")
    _add_entry(one)
    one.add_argument(
        "--to", default="tex", metavar="FORMATS", help="comma-separated: tex (default), pdf"
    )
    _add_document(one)
    one.set_defaults(run=write)

    one = commands.add_parser("verify", help="check an entry, or all, and print the evidence")
    one.add_argument("name", nargs="?", metavar="NAME", help="an entry; all without it")
    one.add_argument("--formal", action="store_true", help="have Coq check the formal proof")
    one.add_argument(
        "--record", action="store_true", help="with --formal: keep on record what Coq accepts"
    )
    one.add_argument(
        "--seconds", type=float, default=120, metavar="S", help="for Coq, an entry (%(default)s)"
    )
    _add_out(one)
    one.set_defaults(run=verify)

    one = commands.add_parser("kernel", help="write the kernel of an entry")
    _add_entry(one)
    one.add_argument("--target", default="numpy", help="numpy (default)")
    _add_out(one)
    one.set_defaults(run=kernel)

    one = commands.add_parser("build", help="write proofs, kernels and a page that lists them")
    one.add_argument("names", nargs="*", metavar="NAME", help="entries; all without any")
    one.add_argument(
        "--to",
        default=",".join(building.usual_formats()),
        metavar="FORMATS",
        help="default: %(default)s",
    )
    one.add_argument("--lang", metavar="LANGS", help="comma-separated; default: all there are")
    _add_out(one)
    one.set_defaults(run=build)
    return whole


def _add_entry(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="an entry; see derive list")
    command.add_argument(
        "--symbols", default="", metavar="OLD=NEW,...", help="other symbols: z=s,C=K"
    )


def _add_relations(command: argparse.ArgumentParser) -> None:
    for name, what in (("given", 'a fact, such as "k != t"'), ("where", "a definition to keep")):
        command.add_argument(
            f"--{name}",
            action="append",
            default=[],
            type=str.strip,
            metavar="TEXT",
            help=f"{what}; again for another",
        )


def _add_document(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--engine", default="typst", help="makes the PDF: typst (default) or latex"
    )
    command.add_argument(
        "--lang", metavar="LANGS", help="comma-separated, such as en; default: the entry's"
    )
    command.add_argument("--fragment", action="store_true", help="without a preamble, for \\input")
    _add_wishes(command)
    _add_out(command)


def _add_wishes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--title", help="another title")
    command.add_argument("--course", help="a line under the title")
    command.add_argument("--author", help="a line under the title")
    command.add_argument("--level", default="default", help="full, default or brief")
    command.add_argument("--ln", action="store_true", help="ln for the logarithm")
    command.add_argument("--sigma", action="store_true", help="σ(z) for the softmax, not a hat")
    command.add_argument(
        "--explicit", type=int, metavar="C", help="all steps for C classes at the end; 0: none"
    )
    command.add_argument(
        "--worksheet", action="store_true", help="a worksheet with blanks, and its answer sheet"
    )


def _wishes(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the options say of a document, as ``Derivation.latex`` takes it."""
    return {
        "title": arguments.title,
        "course": arguments.course,
        "author": arguments.author,
        "level": arguments.level,
        "explicit": arguments.explicit,
        "logarithm": "ln" if arguments.ln else "log",
        "softmax": "sigma" if arguments.sigma else "hat",
    }


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--out", type=Path, default=Path("output"), metavar="DIR", help="default: output"
    )


def _entry(arguments: argparse.Namespace) -> derive.Derivation:
    symbols = {}
    for pair in filter(None, arguments.symbols.split(",")):
        old, equals, new = pair.partition("=")
        if not (old.strip() and equals and new.strip()):
            raise DeriveError(f"--symbols takes OLD=NEW pairs such as z=s,C=K; {pair!r} is none")
        symbols[old.strip()] = new.strip()
    return derive.derivation(arguments.name, symbols=symbols)


def _formulas_apart(argv: Sequence[str]) -> list[str]:
    """The arguments, with a space before a formula that begins with a minus sign.

    Otherwise it would be taken for an option.
    """
    if not argv or argv[0] not in (*ASKED, "holds"):
        return list(argv)
    return [f" {a}" if re.match(r"-(?!-|h$)", a) else a for a in argv]


def ask(arguments: argparse.Namespace) -> int:
    """Derive what a text asks for; print the steps, or write documents."""
    count, _ = ASKED[arguments.kind]
    variables = [text.strip() for text in arguments.wrt]
    if not variables or (count is not None and len(variables) != count):
        wanted = "what to differentiate by" if count != 2 else "two things to differentiate by"
        example = '--wrt "z[k]" --wrt "z[m]"' if count == 2 else '--wrt "z[k]"'
        raise DeriveError(f"the {arguments.kind} needs {wanted}: {example}")
    if arguments.to is None:
        for option in ("lang", "fragment", "title", "course", "author", "explicit", "worksheet"):
            if getattr(arguments, option):
                raise DeriveError(f"--{option} is about documents: add --to tex or --to pdf")
    formats = [] if arguments.to is None else _formats(arguments)
    asked = [variables] if arguments.kind == "gradient" else variables
    if arguments.kind == "hessian-vector":
        if arguments.along is None:
            raise DeriveError('the hessian-vector product needs a vector: --along "v[j]"')
        asked = [*variables, arguments.along.strip()]
    derivation = getattr(derive, arguments.kind.replace("-", "_"))(
        arguments.expression, *asked, given=arguments.given, where=arguments.where
    )
    if formats:
        return _write(derivation, arguments.kind, formats, arguments)
    code = _show(derivation)
    print(f"result: {derivation.result}")
    return code


def holds(arguments: argparse.Namespace) -> int:
    """Check whether each line equals the next, and say what shows it."""
    if len(arguments.lines) < 2:
        raise DeriveError(
            'there is one line only; write both sides apart: derive holds "exp(log(T))" "T"'
        )
    verdict = derive.holds(arguments.lines, given=arguments.given, where=arguments.where)
    print(verdict)
    return FINE if verdict else CHECK_FAILED


def list_entries(arguments: argparse.Namespace) -> int:
    """Print the names of the entries."""
    print("\n".join(derive.catalogue()))
    return FINE


def show(arguments: argparse.Namespace) -> int:
    """Print the steps of an entry as plain text, and the level of its evidence."""
    return _show(_entry(arguments))


def _show(derivation: derive.Derivation) -> int:
    from derive.render.outline import outline

    print(outline(derivation))
    report = derivation.check()
    print(f"\nlevel: {report.level}\nformal: {report.proof}")
    return FINE if report.ok else CHECK_FAILED


def write(arguments: argparse.Namespace) -> int:
    """Write the document of an entry in the formats and languages asked for."""
    formats = _formats(arguments)
    return _write(_entry(arguments), arguments.name, formats, arguments)


def _formats(arguments: argparse.Namespace) -> list[str]:
    """The formats asked for, if there is nothing in the way of writing them."""
    formats = _listed(arguments.to)
    for name in formats:
        if name not in FORMATS:
            raise DeriveError(f"there is no format {name!r}; the formats are {', '.join(FORMATS)}")
        if name not in building.WRITERS:
            raise DeriveError(
                f"the format {name!r} is not in this version of Derive; "
                f"{' and '.join(building.WRITERS)} are"
            )
    if arguments.fragment and "pdf" in formats:
        raise DeriveError("a fragment is LaTeX to \\input: leave out --fragment, or pdf in --to")
    if "pdf" in formats:
        from derive.render.pdf_file import check_engine

        check_engine(arguments.engine)
    check_folder(arguments.out)
    return formats


def _write(
    derivation: derive.Derivation, name: str, formats: list[str], arguments: argparse.Namespace
) -> int:
    """Write the documents of a derivation under a name."""
    written: dict[Path, bytes] = {}
    sheets = SHEETS if arguments.worksheet else {"": {}}
    for lang in _listed(arguments.lang) if arguments.lang else [default_language(derivation)]:
        for ending, sheet in sheets.items():
            for kind in formats:
                path = proof_path(arguments.out, lang, name + ending, kind)
                written[path] = _document(derivation, kind, lang, arguments, sheet)
    # All documents exist before the first file is written: an error leaves nothing behind.
    for path, content in written.items():
        write_bytes(path, content)
    print(f"open {next(iter(written))}")
    return FINE


def _document(
    derivation: derive.Derivation,
    name: str,
    lang: str,
    arguments: argparse.Namespace,
    sheet: dict[str, bool],
) -> bytes:
    """The document of a derivation in one format and language."""
    options = {**_wishes(arguments), **sheet}
    if name == "tex":
        return derivation.latex(lang=lang, fragment=arguments.fragment, **options).encode()
    return derivation.pdf_bytes(lang=lang, engine=arguments.engine, **options)


def verify(arguments: argparse.Namespace) -> int:
    """Check one entry or all, print the tables, and say whether all is well."""
    if arguments.record and not arguments.formal:
        raise DeriveError("--record keeps what Coq accepts: it goes with --formal")
    names = [arguments.name] if arguments.name else list(derive.catalogue())
    if arguments.formal:
        return _verify_formally(names, arguments)
    reports = {}
    for name in names:
        reports[name] = derive.derivation(name).check()
        print(f"{name}\n{reports[name]}\n")
    failed = [name for name, report in reports.items() if not report.ok]
    if failed:
        print(f"the check of {', '.join(failed)} failed")
        return CHECK_FAILED
    print(f"checked: {len(reports)}, all in order")
    return FINE


def _verify_formally(names: list[str], arguments: argparse.Namespace) -> int:
    """Have Coq check the proofs of entries, and put them on record if that is asked for."""
    from derive.progress import Progress

    check_folder(arguments.out)
    reports = {}
    with Progress(len(names)) as progress:
        for name, report in building.prove(names, arguments.out, arguments.seconds, progress.begin):
            reports[name] = report
            progress.done()
    for name in names:
        print(f"{name}\n{reports[name]}\n")
    failed = [name for name in names if reports[name].level != "proved"]
    if failed:
        print(f"not proved: {', '.join(failed)}")
        return CHECK_FAILED
    for name in names:
        print(f"{name}: {reports[name].proof}")
    if arguments.record:
        print(f"on record in {building.record(names, arguments.out)}")
    print(f"open {building.proofs_of(names, arguments.out)}")
    return FINE


def kernel(arguments: argparse.Namespace) -> int:
    """Write the kernel of an entry."""
    check_folder(arguments.out)
    derivation = _entry(arguments)
    derivation.kernel(arguments.target)
    path, *_ = write_kernels(arguments.out, arguments.name, derivation)
    print(f"open {path}")
    return FINE


def build(arguments: argparse.Namespace) -> int:
    """Write documents and kernels of the named entries, or of all, and the page that lists them."""
    from derive.progress import Progress
    from derive.render.messages import languages, load

    names = arguments.names or list(derive.catalogue())
    for name in names:
        if name not in derive.catalogue():
            derive.derivation(name)
    wanted = _listed(arguments.lang) if arguments.lang else list(languages())
    for lang in wanted:
        load(lang)
    formats = building.formats_of(arguments.to)
    check_folder(arguments.out)
    with Progress(len(names)) as progress:
        for built in building.build(names, arguments.out, wanted, formats, progress.begin):
            progress.done()
            progress.clear()
            if built.level in ("failed", "undecided"):
                print(f"{built.name}\n{built.report}")
                return CHECK_FAILED
            print(f"{built.name}: {built.level}{'' if built.report else ', unchanged'}")
    print(f"open {building.index_path(arguments.out)}")
    return FINE


def default_language(derivation: derive.Derivation) -> str:
    """The language of the entry's source, else English."""
    return derivation.problem.language or "en"


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


if __name__ == "__main__":
    sys.exit(main())
