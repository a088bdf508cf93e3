"""What clients may send: pydantic's models compared with the contract's schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from assets.bodies import AssetCreate, AssetPatch
from shared.errors import ValidationFailed
from shared.json_reader import JsonValue, read_json
from shared.validation import Body, read_body
from tests.unit.python.schemas import CONTRACT, schema
from tests.unit.python.support import NOW
from users.bodies import (
    USER_LIFETIME_MAX_MS,
    USER_LIFETIME_MIN_MS,
    UserCreate,
    UserPatch,
)

USER = {"email": "ada@example.com", "name": "Ada"}
ASSET: Mapping[str, JsonValue] = {
    "fileName": "a.png",
    "contentType": "image/png",
    "size": 3,
}
CHECKSUM = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
MODELS: Mapping[str, type[Body]] = {
    "user-create.json": UserCreate,
    "user-patch.json": UserPatch,
    "asset-create.json": AssetCreate,
    "asset-patch.json": AssetPatch,
}


def faults(model: type[Body], value: JsonValue) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as caught:
        read_body(model, value, NOW)
    assert caught.value.kind == "pointer"
    return [(fault.location, fault.code) for fault in caught.value.faults]


HOSTILE: list[JsonValue] = [
    None,
    True,
    0,
    1,
    -1,
    0.5,
    2**53,
    -(2**53),
    5_368_709_120,
    5_368_709_121,
    "",
    ".",
    "..",
    "...",
    ".a",
    "..\x7f",
    "a/b",
    "a\\b",
    "a\0b",
    "a\x9f",
    "a\u00a0b",
    "a\u2028",
    "a\ufffe",
    "\uffff",
    "a\n",
    "\U0001d49c" * 100,
    "\U0001d49c" * 101,
    "a" * 246 + "\U0001d49c",
    "\U0001d49c" * 248,
    "\u5b57" * 85,
    "\U0001d49c" * 64,
    "a\u200e",
    "a\u202eb",
    "a\u2069",
    "e\u0301",
    "ada@example.com",
    "ada@example.com\n",
    "ada@example",
    "ada@-example.com",
    "ada@ex_ample.com",
    ".ada@example.com",
    "a..b@example.com",
    "\u212adam@example.com",
    "a@" + "b" * 63 + ".com",
    "a@" + "b" * 64 + ".com",
    "a" * 242 + "@example.com",
    "a" * 243 + "@example.com",
    "image/png",
    "image/png; a=b;c=d; e=f; g=h",
    "image/png; a=b;c=d; e=f; g=h; i=j",
    "image/png;  a=b",
    "image/png;",
    "image/png\n",
    "a/" + "b" * 127,
    "a/" + "b" * 128,
    CHECKSUM,
    CHECKSUM[:-2] + "1=",
    CHECKSUM[:-1],
    CHECKSUM + "\n",
    [],
    ["a"],
    {},
    {"a": 1},
]


def _too_many_bytes(body: JsonValue) -> bool:
    name = body.get("fileName") if isinstance(body, dict) else None
    return isinstance(name, str) and len(name.encode()) > 255


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: json.dumps(value)[:24])
def test_models_and_schemas_agree_on_every_field(name: str, value: JsonValue) -> None:
    """Each hostile value is sent as the body, and as each field of it.

    A schema cannot express the contract's limit of a file name in bytes.
    """
    base = dict(ASSET if "asset" in name else USER)
    fields = [m for m in schema(name)["properties"] if m != "expiresAt"]
    for body in [value, *({**base, field: value} for field in (*fields, "x"))]:
        fits = CONTRACT.faults(f"schemas/{name}", body) == []
        expected = fits and not _too_many_bytes(body)
        try:
            read_body(MODELS[name], body, NOW)
        except ValidationFailed:
            assert not expected, body
        else:
            assert expected, body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, [("", "type")]),
        ([], [("", "type")]),
        ("{}", [("", "type")]),
        ({}, [("/email", "required"), ("/name", "required")]),
        ({**USER, "email": None}, [("/email", "type")]),
        ({**USER, "email": 1}, [("/email", "type")]),
        ({**USER, "email": ""}, [("/email", "pattern")]),
        ({**USER, "email": "@" * 255}, [("/email", "maxLength")]),
        ({**USER, "name": ""}, [("/name", "minLength")]),
        ({**USER, "name": "\U0001d49c" * 101}, [("/name", "maxLength")]),
        ({**USER, "department": None}, [("/department", "type")]),
        ({**USER, "department": ""}, [("/department", "minLength")]),
        ({**USER, "expiresAt": None}, [("/expiresAt", "type")]),
        ({**USER, "expiresAt": True}, [("/expiresAt", "type")]),
        ({**USER, "expiresAt": "1"}, [("/expiresAt", "type")]),
        ({**USER, "expiresAt": 0.5}, [("/expiresAt", "type")]),
        ({**USER, "expiresAt": -1}, [("/expiresAt", "minimum")]),
        ({**USER, "expiresAt": -(2**53)}, [("/expiresAt", "minimum")]),
        ({**USER, "expiresAt": 2**53}, [("/expiresAt", "maximum")]),
        ({**USER, "userId": "x"}, [("/userId", "additionalProperties")]),
        ({**USER, "expires_at": 1}, [("/expires_at", "additionalProperties")]),
        ({**USER, "Email": "x"}, [("/Email", "additionalProperties")]),
        ({**USER, "a/b~c": 1}, [("/a~1b~0c", "additionalProperties")]),
        ({**USER, "": 1}, [("/", "additionalProperties")]),
    ],
)
def test_faults_of_a_user(body: JsonValue, expected: list[tuple[str, str]]) -> None:
    assert faults(UserCreate, body) == expected


@pytest.mark.parametrize("model", [UserCreate, UserPatch])
def test_expires_at_must_be_between_a_minute_and_ten_years_from_now(
    model: type[Body],
) -> None:
    def body(expires_at: int) -> JsonValue:
        return {**USER, "expiresAt": expires_at}

    soonest, latest = NOW + USER_LIFETIME_MIN_MS, NOW + USER_LIFETIME_MAX_MS
    assert faults(model, body(soonest - 1)) == [("/expiresAt", "minimum")]
    assert faults(model, body(latest + 1)) == [("/expiresAt", "maximum")]
    for allowed in (soonest, latest):
        assert read_body(model, body(allowed), NOW)


def test_a_bound_that_depends_on_the_time_is_reported_with_other_faults() -> None:
    found = faults(UserCreate, {"name": "", "expiresAt": NOW, "x": 1})
    assert found == [
        ("/email", "required"),
        ("/expiresAt", "minimum"),
        ("/name", "minLength"),
        ("/x", "additionalProperties"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], [("", "type")]),
        ({"email": None}, [("/email", "type")]),
        ({"name": None}, [("/name", "type")]),
        ({"department": ""}, [("/department", "minLength")]),
        ({"expiresAt": 0.5}, [("/expiresAt", "type")]),
        ({"expiresAt": False}, [("/expiresAt", "type")]),
    ],
)
def test_faults_of_a_patch(body: JsonValue, expected: list[tuple[str, str]]) -> None:
    assert faults(UserPatch, body) == expected


def test_a_patch_distinguishes_null_from_a_missing_field() -> None:
    patch = read_body(UserPatch, {"department": None, "expiresAt": None}, NOW)
    assert patch.model_fields_set == {"department", "expires_at"}
    assert read_body(UserPatch, {}, NOW).model_fields_set == set()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {},
            [
                ("/contentType", "required"),
                ("/fileName", "required"),
                ("/size", "required"),
            ],
        ),
        ({**ASSET, "size": 0}, [("/size", "minimum")]),
        ({**ASSET, "size": 5_368_709_121}, [("/size", "maximum")]),
        ({**ASSET, "size": True}, [("/size", "type")]),
        ({**ASSET, "fileName": ""}, [("/fileName", "minLength")]),
        ({**ASSET, "fileName": "/" * 248}, [("/fileName", "maxLength")]),
        ({**ASSET, "fileName": ".."}, [("/fileName", "pattern")]),
        ({**ASSET, "contentType": ""}, [("/contentType", "pattern")]),
        ({**ASSET, "contentType": "x" * 256}, [("/contentType", "maxLength")]),
        ({**ASSET, "checksumSha256": None}, [("/checksumSha256", "type")]),
        ({**ASSET, "checksumSha256": ""}, [("/checksumSha256", "pattern")]),
    ],
)
def test_faults_of_an_asset(body: JsonValue, expected: list[tuple[str, str]]) -> None:
    assert faults(AssetCreate, body) == expected


def test_an_asset_patch_has_only_a_file_name() -> None:
    assert faults(AssetPatch, {"fileName": None}) == [("/fileName", "type")]
    assert faults(AssetPatch, {"size": 1}) == [("/size", "additionalProperties")]


def test_an_email_is_converted_to_lower_case() -> None:
    body = read_body(UserCreate, {**USER, "email": "A.Z+{`}@Example.COM"}, NOW)
    assert body.email == "a.z+{`}@example.com"


def test_numbers_with_an_integral_value_are_integers() -> None:
    value = read_json(b'{"fileName":"a","contentType":"a/b","size":0.3e1}')
    assert read_body(AssetCreate, value, NOW).size == 3


def test_faults_are_sorted_by_bytes_and_limited_to_a_hundred() -> None:
    names = ["\U0001d49c", "\ufffd", "b", *(f"a{number:03}" for number in range(98))]
    found = faults(UserPatch, dict.fromkeys(names))
    assert [pointer for pointer, _ in found[-3:]] == ["/a097", "/b", "/\ufffd"]
    assert len(found) == 100
