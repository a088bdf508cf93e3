"""Entity tags of records, and the lists of them in If-Match and If-None-Match."""

import re
from typing import NamedTuple

from shared.errors import MalformedRequest
from shared.text import trim_whitespace

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7E]*")')
# White space can match only before a comma or before a tag, never both at one position.
# So a long value that does not match is refused in linear time. Elements may be empty
# (RFC 9110, section 5.6.1).
_ITEM = r'(?:W/)?"[\x21\x23-\x7E]*"'
_LIST = re.compile(rf"(?:{_ITEM})?(?:[ \t]*,(?:[ \t]*{_ITEM})?)*")


def etag_of(version: int) -> str:
    """Return the strong entity tag of a record's version."""
    return f'"{version}"'


class EntityTags(NamedTuple):
    """The value of If-Match or If-None-Match: `*`, or strong and weak tags."""

    anything: bool = False
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    def match_strongly(self, version: int) -> bool:
        """Return whether a tag matches the record, as If-Match compares strongly."""
        return self.anything or etag_of(version) in self.strong

    def match_weakly(self, version: int) -> bool:
        """Return whether a tag matches the record, as If-None-Match compares weakly."""
        return self.match_strongly(version) or etag_of(version) in self.weak


def read_entity_tags(value: str) -> EntityTags:
    """Read the value of a header; raises `MalformedRequest`.

    Empty elements are allowed, as RFC 9110 requires; an empty list is not.
    """
    text = trim_whitespace(value)
    if text == "*":
        return EntityTags(anything=True)
    if _LIST.fullmatch(text) is None:
        raise MalformedRequest
    tags = [(match[1], match[2]) for match in _TAG.finditer(text)]
    if not tags:
        raise MalformedRequest
    return EntityTags(
        strong=frozenset(tag for prefix, tag in tags if prefix is None),
        weak=frozenset(tag for prefix, tag in tags if prefix is not None),
    )
