"""The bodies that clients send for users: the contract's schemas, bounds in time."""

import os
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core.core_schema import ValidationInfo

from schemas import (
    USER_DEPARTMENT,
    USER_EMAIL,
    USER_EXPIRES_AT,
    USER_NAME,
    USER_PATCH_DEPARTMENT,
    USER_PATCH_EXPIRES_AT,
)
from shared.text import ascii_lower
from shared.validation import Body, fault, no_null, now_of, number, text

# A user that has just expired is still in the index, and lists must skip it.
USER_LIFETIME_MIN_MS = 1_000 * int(os.environ.get("MIN_USER_LIFETIME_SECONDS", "60"))
USER_LIFETIME_MAX_MS = 315_360_000_000  # 3,650 days


def _within_a_lifetime(expires_at: int, info: ValidationInfo) -> int:
    """Check the bounds of expiresAt, which depend on the time."""
    now = now_of(info)
    if expires_at < now + USER_LIFETIME_MIN_MS:
        raise fault("minimum")
    if expires_at > now + USER_LIFETIME_MAX_MS:
        raise fault("maximum")
    return expires_at


Email = Annotated[str, text(USER_EMAIL), AfterValidator(ascii_lower)]
Name = Annotated[str, text(USER_NAME)]
Department = Annotated[str, text(USER_DEPARTMENT)]
ExpiresAt = Annotated[int, number(USER_EXPIRES_AT), AfterValidator(_within_a_lifetime)]
PatchedDepartment = Annotated[str, text(USER_PATCH_DEPARTMENT)]
PatchedExpiresAt = Annotated[
    int, number(USER_PATCH_EXPIRES_AT), AfterValidator(_within_a_lifetime)
]


class UserCreate(Body):
    """The body of createUser, and of replaceUser, which removes what is left out."""

    email: Email
    name: Name
    department: Annotated[Department | None, BeforeValidator(no_null)] = None
    expires_at: Annotated[
        ExpiresAt | None, BeforeValidator(no_null), Field(alias="expiresAt")
    ] = None


class UserPatch(Body):
    """The body of updateUser: a JSON Merge Patch (RFC 7396).

    A field that was not sent is not in `model_fields_set`; one sent as null is removed.
    """

    email: Annotated[Email | None, BeforeValidator(no_null)] = None
    name: Annotated[Name | None, BeforeValidator(no_null)] = None
    department: PatchedDepartment | None = None
    expires_at: Annotated[PatchedExpiresAt | None, Field(alias="expiresAt")] = None
