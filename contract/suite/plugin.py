"""What a plugin may use of the tool: it imports this module and nothing else of it.

The parts of `fuzz` are loaded when they are first asked for: `check` needs the plugin,
too, and has no use for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from contract.suite.config import Config
from contract.suite.domain import Drawing
from contract.suite.exchanges import Exchange, Item, Key
from contract.suite.files import compact_json
from contract.suite.openapi import Contract

if TYPE_CHECKING:
    from contract.suite.fuzz.bodies import (
        HOSTILE,
        Body,
        Maker,
        joined,
        sources,
        valid_body,
        written,
    )
    from contract.suite.fuzz.headers import (
        JSON_TYPES,
        OTHER_TYPES,
        Headers,
        bad_tags,
        cased,
        content_type,
        good_tags,
    )
    from contract.suite.fuzz.members import Bodies, Clock, Member
    from contract.suite.fuzz.plans import END, ETAG, OWN_ONLY, WINDOW_FIRST, Plan, Step
    from contract.suite.fuzz.texts import Raw

__all__ = [
    "END",
    "ETAG",
    "HOSTILE",
    "JSON_TYPES",
    "OTHER_TYPES",
    "OWN_ONLY",
    "WINDOW_FIRST",
    "Bodies",
    "Body",
    "Clock",
    "Config",
    "Contract",
    "Drawing",
    "Exchange",
    "Headers",
    "Item",
    "Key",
    "Maker",
    "Member",
    "Plan",
    "Raw",
    "Step",
    "bad_tags",
    "cased",
    "compact_json",
    "content_type",
    "good_tags",
    "joined",
    "sources",
    "valid_body",
    "written",
]

_FUZZ = {
    "bodies": (
        "HOSTILE",
        "Body",
        "Maker",
        "joined",
        "sources",
        "valid_body",
        "written",
    ),
    "headers": (
        "JSON_TYPES",
        "OTHER_TYPES",
        "Headers",
        "bad_tags",
        "cased",
        "content_type",
        "good_tags",
    ),
    "members": ("Bodies", "Clock", "Member"),
    "plans": ("END", "ETAG", "OWN_ONLY", "WINDOW_FIRST", "Plan", "Step"),
    "texts": ("Raw",),
}
"""By module of `fuzz`, what is loaded from it when it is asked for."""


def __getattr__(name: str) -> Any:
    for module, names in _FUZZ.items():
        if name in names:
            return getattr(import_module(f"contract.suite.fuzz.{module}"), name)
    raise AttributeError(f"a plugin cannot use {name}: {__name__} does not have it")
