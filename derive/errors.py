"""The one error that users meet."""


class DeriveError(Exception):
    """A wrong input: every one ends here, before anything is written.

    The message is one sentence that names the thing, says what is wrong with
    it and what to do: "z[j] has no range for j; give z a shape, as in
    IndexedBase('z', shape=(C,))".
    """
