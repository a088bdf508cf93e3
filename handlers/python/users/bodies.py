"""What clients send of users; patterns and bounds are those of contract/schemas."""

import os
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core.core_schema import ValidationInfo

from shared.json_number import SAFE_INTEGER
from shared.text import ascii_lower
from shared.validation import Body, fault, no_null, now_of

EMAIL_MAX_LENGTH = 254
# Read by the regular expressions of Rust (here) and of Python (in the query): alike, as
# it has ASCII only and is never asked where a line ends.
EMAIL_PATTERN = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$"
)
# A user that has just expired is still in the index, and lists must skip it.
USER_LIFETIME_MIN_MS = 1_000 * int(os.environ.get("MIN_USER_LIFETIME_SECONDS", "60"))
USER_LIFETIME_MAX_MS = 315_360_000_000  # 3,650 days


def _within_a_lifetime(expires_at: int, info: ValidationInfo) -> int:
    """Hold the bounds of expiresAt that move with time."""
    now = now_of(info)
    if expires_at < now + USER_LIFETIME_MIN_MS:
        raise fault("minimum")
    if expires_at > now + USER_LIFETIME_MAX_MS:
        raise fault("maximum")
    return expires_at


Email = Annotated[
    str,
    StringConstraints(max_length=EMAIL_MAX_LENGTH, pattern=EMAIL_PATTERN),
    AfterValidator(ascii_lower),
]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ExpiresAt = Annotated[
    int, Field(ge=0, le=SAFE_INTEGER), AfterValidator(_within_a_lifetime)
]


class UserCreate(Body):
    """The body of createUser."""

    email: Email
    name: ShortText
    department: Annotated[ShortText | None, BeforeValidator(no_null)] = None
    expires_at: Annotated[
        ExpiresAt | None, BeforeValidator(no_null), Field(alias="expiresAt")
    ] = None


class UserReplace(UserCreate):
    """The body of replaceUser: what it leaves out is removed."""


class UserPatch(Body):
    """The body of updateUser: a JSON Merge Patch (RFC 7396).

    A member that was not sent is not in `model_fields_set`; None that was sent removes.
    """

    email: Annotated[Email | None, BeforeValidator(no_null)] = None
    name: Annotated[ShortText | None, BeforeValidator(no_null)] = None
    department: ShortText | None = None
    expires_at: Annotated[ExpiresAt | None, Field(alias="expiresAt")] = None
