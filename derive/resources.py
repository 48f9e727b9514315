"""Where the templates lie: inside an installed package, beside it in a checkout."""

from pathlib import Path

from derive.errors import DeriveError

_PACKAGE = Path(__file__).resolve().parent


def template_root() -> Path:
    """Return the folder that holds ``proof.tex``, ``messages/`` and ``kernels/``.

    A wheel carries it as ``derive/templates``; a checkout, and so an editable
    installation, has it at the top level.
    """
    for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates"):
        # Looking for messages/ keeps another package's site-packages/templates out.
        if (folder / "messages").is_dir():
            return folder
    raise DeriveError(
        f"the templates are missing: there is no templates/messages in {_PACKAGE} "
        f"or in {_PACKAGE.parent}; install derive-proofs again, or restore the "
        "folder templates/ of the checkout"
    )
