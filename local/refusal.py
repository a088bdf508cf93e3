"""Why a deploy is refused."""

from __future__ import annotations


class RefusalError(Exception):
    """The deploy is refused; the text is one line that says why and what to do."""
