"""The interface for plugins: a plugin imports this module of the tool and no other."""

from __future__ import annotations

from twinproof.cases.expressions import evaluate, evaluate_members, id_named
from twinproof.cases.language import Expression, Record, Scope, Value
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.cases.model import Case
from twinproof.cases.requests import body_of
from twinproof.contract.clauses import Clauses
from twinproof.contract.config import Config
from twinproof.contract.nodes import followed, found_at, references, target_of
from twinproof.contract.openapi import DOCUMENT, Contract
from twinproof.contract.schemas import escape_pointer
from twinproof.domain.default import PlainDomain, PlainEffects, PlainRecords
from twinproof.domain.kinds import Expected, Form, Kind, as_is, equal
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.domain.plans import END, ETAG, OWN_ONLY, WINDOW_FIRST, Plan, PlanStep
from twinproof.domain.protocol import After, Creators, Drawing, Given, Words
from twinproof.domain.tool_kinds import tool_kinds
from twinproof.errors import FileFinding
from twinproof.exchange.model import OBJECT, Exchange, Item, Key, created_key
from twinproof.files import compact_json
from twinproof.fuzz.hostile.bodies import (
    HOSTILE,
    Body,
    Maker,
    joined,
    sources,
    valid_body,
    written,
)
from twinproof.fuzz.hostile.headers import (
    JSON_TYPES,
    OTHER_TYPES,
    Headers,
    bad_tags,
    cased,
    content_type,
    good_tags,
)
from twinproof.fuzz.hostile.members import Bodies, Clock, Member
from twinproof.fuzz.hostile.texts import Raw
from twinproof.stores.aws import Store
from twinproof.stores.resources import Blob, Resources
from twinproof.values.ids import Chance, is_id, new_id
from twinproof.values.integers import is_integer, seconds_up

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
    "FileFinding",
    "Form",
    "Given",
    "Headers",
    "Item",
    "Key",
    "Kind",
    "Maker",
    "Member",
    "Mismatch",
    "Names",
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
    "new_id",
    "references",
    "seconds_up",
    "sources",
    "target_of",
    "tool_kinds",
    "valid_body",
    "written",
]
