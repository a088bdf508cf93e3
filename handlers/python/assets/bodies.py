"""The bodies that clients send for assets: the contract's schemas, a limit in bytes."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas import (
    ASSET_CHECKSUM_SHA256,
    ASSET_CONTENT_TYPE,
    ASSET_FILE_NAME,
    ASSET_SIZE,
)
from shared.validation import Body, fault, no_null, number, text

MAX_FILE_NAME_BYTES = 255  # of UTF-8; the limit of every common file system


def _short_enough(value: object) -> object:
    """Check the limit in bytes before the pattern: only the first fault is shown."""
    if isinstance(value, str) and len(value.encode()) > MAX_FILE_NAME_BYTES:
        raise fault("maxLength")
    return value


FileName = Annotated[str, text(ASSET_FILE_NAME), BeforeValidator(_short_enough)]
ContentType = Annotated[str, text(ASSET_CONTENT_TYPE)]
Size = Annotated[int, number(ASSET_SIZE)]
Checksum = Annotated[str, text(ASSET_CHECKSUM_SHA256)]


class AssetCreate(Body):
    """The body of createAsset."""

    file_name: Annotated[FileName, Field(alias="fileName")]
    content_type: Annotated[ContentType, Field(alias="contentType")]
    size: Size
    checksum_sha256: Annotated[
        Checksum | None, BeforeValidator(no_null), Field(alias="checksumSha256")
    ] = None


class AssetPatch(Body):
    """The body of updateAsset: a JSON Merge Patch (RFC 7396).

    A field that was not sent is not in `model_fields_set`.
    """

    file_name: Annotated[
        FileName | None, BeforeValidator(no_null), Field(alias="fileName")
    ] = None
