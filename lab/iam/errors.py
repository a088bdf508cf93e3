"""The error of a proof that could not run."""


class CannotProveError(Exception):
    """The proof could not run; the text is one line with the reason."""
