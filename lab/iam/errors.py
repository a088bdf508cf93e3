"""What keeps the proof from being run."""


class CannotProveError(Exception):
    """The proof could not be run; the text is one line that says why."""
