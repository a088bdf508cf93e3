"""Decides how a stack's bucket is named, and which names a new stack can have.

Sources: S3 user guide, "General purpose bucket naming rules" and "Namespaces for
general purpose buckets"; template.yaml, which makes the names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REGIONAL, ACCOUNT = "regional", "account"

# Regions in which S3 has no namespace for each account: Bahrain and UAE.
WITHOUT_NAMESPACES = ("me-south-1", "me-central-1")

# The longest name of a stack, by how its bucket is named. It is the same in every
# region: a bucket's name has at most 63 characters, the longest name of a region 14.
ROOM = {
    REGIONAL: 63 - len("-assets-123456789012-ap-southeast-1-an"),
    ACCOUNT: 63 - len("-assets-123456789012"),
    None: 64 - len("-assets"),  # only a function's name
}
RESERVED_BY_S3 = ("xn--", "sthree-", "amzn-s3-demo-")


class RefusalError(Exception):
    """The deploy is refused; the text says in one line why and what to do."""


def bucket_naming(
    region: str, asked: str | None, current: Mapping[str, str] | None
) -> str:
    """Return the value of BucketNaming for a deploy.

    `asked` is the requested value, if any. `current` are the parameters of the previous
    deploy, None if the stack has no bucket yet. Raises `RefusalError` if the bucket
    would be replaced by an empty one, or cannot have such a name.
    """
    if current is not None:
        # Before the parameter existed, every bucket was named as `account` names it.
        kept = current.get("BucketNaming", ACCOUNT)
        if asked not in {None, kept}:
            raise RefusalError(
                f"BucketNaming={asked} would replace the bucket by an empty one of"
                f" another name; leave it at {kept}"
            )
        return kept
    if region not in WITHOUT_NAMESPACES:
        return asked or REGIONAL
    if asked == REGIONAL:
        raise RefusalError(
            f"S3 has no regional bucket names in {region}; use BucketNaming={ACCOUNT}"
        )
    return ACCOUNT


def refuse_name(stack: str, naming: str | None) -> None:
    """Raise `RefusalError` if a new stack cannot have this name.

    `naming` is the value of BucketNaming, None if the stack has no bucket.
    CloudFormation would fail only when it creates the bucket, or a function.
    """
    room = ROOM[naming]
    if len(stack) > room:
        raise RefusalError(
            f"the stack's name {stack} has {len(stack)} characters; at most {room} fit"
        )
    if naming and re.search("[A-Z]", stack):
        raise RefusalError(
            f"the stack's name {stack} has upper case; its bucket cannot be named so"
        )
    if naming and stack.startswith(RESERVED_BY_S3):
        prefix = next(one for one in RESERVED_BY_S3 if stack.startswith(one))
        raise RefusalError(
            f"the stack's name {stack} begins with {prefix}, which S3 reserves"
        )
