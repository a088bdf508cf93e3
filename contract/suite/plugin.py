"""What a plugin may use of the tool: it imports this module and nothing else of it.

The parts of `fuzz` are loaded when they are first asked for: `check` needs the plugin,
too, and has no use for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from contract.suite.cases import Case
from contract.suite.clauses import Clauses
from contract.suite.config import Config
from contract.suite.domain import After, Creators, Drawing, Given, Words
from contract.suite.errors import Finding
from contract.suite.exchanges import OBJECT, Exchange, Item, Key, created_key
from contract.suite.expressions import (
    Chance,
    Record,
    Scope,
    Value,
    evaluate,
    evaluate_members,
    id_named,
)
from contract.suite.files import compact_json
from contract.suite.ids import is_id
from contract.suite.integers import is_integer, seconds_up
from contract.suite.kinds import Expected, Form, Kind, as_is, equal
from contract.suite.language import Expression
from contract.suite.matching import MISSING, Mismatch
from contract.suite.nodes import followed, found_at, references, target_of
from contract.suite.observation import Observation
from contract.suite.openapi import DOCUMENT, Contract
from contract.suite.plain import PlainDomain, PlainEffects, PlainRecords
from contract.suite.requesting import body_of
from contract.suite.resources import Blob, Resources
from contract.suite.schemas import escape_pointer
from contract.suite.sides import Side
from contract.suite.store import Store
from contract.suite.tool_kinds import tool_kinds

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
    from contract.suite.fuzz.plans import (
        END,
        ETAG,
        OWN_ONLY,
        WINDOW_FIRST,
        Plan,
        PlanStep,
    )
    from contract.suite.fuzz.texts import Raw
    from contract.suite.store import Store

__all__ = [
    "DOCUMENT",
    "END",
    "ETAG",
    "HOSTILE",
    "JSON_TYPES",
    "MISSING",
    "OBJECT",
    "OTHER_TYPES",
    "OWN_ONLY",
    "WINDOW_FIRST",
    "After",
    "Blob",
    "Bodies",
    "Body",
    "Case",
    "Chance",
    "Clauses",
    "Clock",
    "Config",
    "Contract",
    "Creators",
    "Drawing",
    "Exchange",
    "Expected",
    "Expression",
    "Finding",
    "Form",
    "Given",
    "Headers",
    "Item",
    "Key",
    "Kind",
    "Maker",
    "Member",
    "Mismatch",
    "Observation",
    "PlainDomain",
    "PlainEffects",
    "PlainRecords",
    "Plan",
    "PlanStep",
    "Raw",
    "Record",
    "Resources",
    "Scope",
    "Side",
    "Store",
    "Value",
    "Words",
    "as_is",
    "bad_tags",
    "body_of",
    "cased",
    "compact_json",
    "content_type",
    "created_key",
    "equal",
    "escape_pointer",
    "evaluate",
    "evaluate_members",
    "followed",
    "found_at",
    "good_tags",
    "id_named",
    "is_id",
    "is_integer",
    "joined",
    "references",
    "seconds_up",
    "sources",
    "target_of",
    "tool_kinds",
    "valid_body",
    "written",
]

_LATER = {
    "cases": ("Case",),
    "store": ("Store",),
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
    "fuzz.plans": ("END", "ETAG", "OWN_ONLY", "WINDOW_FIRST", "Plan", "PlanStep"),
    "fuzz.texts": ("Raw",),
}
"""By module, what is loaded from it when it is asked for."""


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"contract.suite.{module}"), name)
    raise AttributeError(f"a plugin cannot use {name}: {__name__} does not have it")
