"""Publish versions by content, as Lambda does.

ministack compares the revision of `$LATEST`, and every update call makes a new one,
even if nothing has changed. Lambda compares code and configuration (API reference,
PublishVersion: "Lambda doesn't publish a version if the function's configuration and
code haven't changed since the last version"). PublishVersion then returns the existing
version, and CloudFormation fails the resource AWS::Lambda::Version. ministack already
does both for an equal revision, so this module makes the revisions equal exactly if the
contents are equal.
"""

# ruff: noqa: SLF001 - the replaced functions have no public names

from __future__ import annotations

import hashlib
import json
from typing import Any

from ministack.services import lambda_svc  # type: ignore[import-not-found]
from ministack.services.cloudformation import (  # type: ignore[import-not-found]
    provisioners,
)

# Fields that differ between `$LATEST` and a version of the same content. Tags and
# reserved concurrency are not part of the configuration: a version has neither.
IDENTITY = ("FunctionArn", "LastModified", "RevisionId", "Version")
STATES = ("LastUpdateStatus", "State")  # each also has a ...Reason and a ...ReasonCode

# In ministack's record of a version: the content of `$LATEST` it was published from.
# Its own configuration may have another description.
CONTENT = "content"

Record = dict[str, Any]


def patch() -> None:
    """Make ministack publish by content.

    Raises `AttributeError` if a new ministack no longer has the replaced functions.
    """
    publish = lambda_svc._publish_version
    function_of = provisioners._lambda_version_function

    def publish_version(name: str, data: Record) -> Any:
        function = lambda_svc._functions.get(name)
        if function:
            equal_revisions(function)
        answer = publish(name, data)
        if function:
            _newest(function).setdefault(CONTENT, content(function["config"]))
        return answer

    def version_function(properties: Record) -> Any:
        function, name = function_of(properties)
        if function:
            equal_revisions(function)
        return function, name

    lambda_svc._publish_version = publish_version
    provisioners._lambda_version_function = version_function


def equal_revisions(function: Record) -> None:
    """Give the newest version the revision of `$LATEST` if the contents are equal."""
    version, config = _newest(function), function["config"]
    published = version.get(CONTENT) or content(version.get("config", {}))
    same = published == content(config)
    version["function_revision"] = config["RevisionId"] if same else None


def content(config: Record) -> str:
    """Return a digest of the part of a function's configuration that a version has.

    It includes the SHA-256 of the code.
    """
    shown = {
        name: item
        for name, item in config.items()
        if name not in IDENTITY and not name.startswith(STATES)
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _newest(function: Record) -> Record:
    """Return the record of the newest version; an empty one if there is none."""
    versions: dict[str, Record] = function["versions"]
    return versions[max(versions, key=int)] if versions else {}
