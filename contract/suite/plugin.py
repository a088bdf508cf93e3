"""What a plugin may use of the tool: it imports this module and nothing else of it.

The parts of `fuzz` are loaded when they are first asked for: `check` needs the plugin,
too, and has no use for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from contract.suite.config import Config
from contract.suite.domain import After, Creators, Drawing, Expression, Given
from contract.suite.errors import Finding
from contract.suite.exchanges import Exchange, Item, Key
from contract.suite.expressions import Record, Scope, Value, evaluate, evaluate_members
from contract.suite.files import compact_json
from contract.suite.kinds import Kind, as_is
from contract.suite.matching import MISSING, Mismatch
from contract.suite.observation import Observation
from contract.suite.openapi import Contract
from contract.suite.resources import Blob, Resources
from contract.suite.sides import Side

if TYPE_CHECKING:
    from contract.suite.cases import Case
    from contract.suite.fuzz.bodies import (
        HOSTILE,
        Body,
        Maker,
        joined,
        sources,
        valid_body,
        written,
    )
    from contract.suite.fuzz.expressing import Words
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
    from contract.suite.store import Store

__all__ = [
    "END",
    "ETAG",
    "HOSTILE",
    "JSON_TYPES",
    "MISSING",
    "OTHER_TYPES",
    "OWN_ONLY",
    "WINDOW_FIRST",
    "After",
    "Blob",
    "Bodies",
    "Body",
    "Case",
    "Clock",
    "Config",
    "Contract",
    "Creators",
    "Drawing",
    "Exchange",
    "Expression",
    "Finding",
    "Given",
    "Headers",
    "Item",
    "Key",
    "Kind",
    "Maker",
    "Member",
    "Mismatch",
    "Observation",
    "Plan",
    "Raw",
    "Record",
    "Resources",
    "Scope",
    "Side",
    "Step",
    "Store",
    "Value",
    "Words",
    "as_is",
    "bad_tags",
    "cased",
    "compact_json",
    "content_type",
    "evaluate",
    "evaluate_members",
    "good_tags",
    "joined",
    "sources",
    "valid_body",
    "written",
]

_LATER = {
    "cases": ("Case",),
    "store": ("Store",),
    "fuzz.expressing": ("Words",),
    "fuzz.bodies": (
        "HOSTILE",
        "Body",
        "Maker",
        "joined",
        "sources",
        "valid_body",
        "written",
    ),
    "fuzz.headers": (
        "JSON_TYPES",
        "OTHER_TYPES",
        "Headers",
        "bad_tags",
        "cased",
        "content_type",
        "good_tags",
    ),
    "fuzz.members": ("Bodies", "Clock", "Member"),
    "fuzz.plans": ("END", "ETAG", "OWN_ONLY", "WINDOW_FIRST", "Plan", "Step"),
    "fuzz.texts": ("Raw",),
}
"""By module, what is loaded from it when it is asked for."""


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"contract.suite.{module}"), name)
    raise AttributeError(f"a plugin cannot use {name}: {__name__} does not have it")
