"""What clients send of assets; patterns and bounds are those of contract/schemas."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from shared.validation import Body, fault, no_null

MAX_SIZE = 5_368_709_120  # octets; 5 GiB, contract/aws.yaml#s3-put-limit
MAX_FILE_NAME_BYTES = 255  # of UTF-8; the limit of every common file system
# Beside controls and what S3 and HTTP cannot carry, what turns the direction of text: a
# name must not look like another one.
_FORBIDDEN = (
    r"/\\\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069\uFFFE\uFFFF"
)
# Neither . nor .. alone, said without looking ahead, which Rust's engine cannot.
FILE_NAME_PATTERN = (
    rf"^([^.{_FORBIDDEN}]|\.[^.{_FORBIDDEN}]|\.\.[^{_FORBIDDEN}])[^{_FORBIDDEN}]*$"
)
CONTENT_TYPE_PATTERN = (
    r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
    r"(; ?[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}=[A-Za-z0-9!#$&^_.+-]{1,64}){0,4}$"
)
CHECKSUM_PATTERN = r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"


def _short_enough(value: object) -> object:
    """Hold the limit in bytes, before the pattern: the first fault is the one shown."""
    if isinstance(value, str) and len(value.encode()) > MAX_FILE_NAME_BYTES:
        raise fault("maxLength")
    return value


FileName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=247, pattern=FILE_NAME_PATTERN),
    BeforeValidator(_short_enough),
]
ContentType = Annotated[
    str, StringConstraints(max_length=255, pattern=CONTENT_TYPE_PATTERN)
]
Checksum = Annotated[str, StringConstraints(pattern=CHECKSUM_PATTERN)]


class AssetCreate(Body):
    """The body of createAsset."""

    file_name: Annotated[FileName, Field(alias="fileName")]
    content_type: Annotated[ContentType, Field(alias="contentType")]
    size: Annotated[int, Field(ge=1, le=MAX_SIZE)]
    checksum_sha256: Annotated[
        Checksum | None, BeforeValidator(no_null), Field(alias="checksumSha256")
    ] = None


class AssetPatch(Body):
    """The body of updateAsset: a JSON Merge Patch (RFC 7396).

    A member that was not sent is not in `model_fields_set`.
    """

    file_name: Annotated[
        FileName | None, BeforeValidator(no_null), Field(alias="fileName")
    ] = None
