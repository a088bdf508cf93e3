"""The HTML page of a run: one file, without scripts or images."""

from twinproof.report.html.checked import write_page

__all__ = ["write_page"]
