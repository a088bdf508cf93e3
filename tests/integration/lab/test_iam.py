"""Findings of cfn-lint, from SAM CLI's environment, in policies."""

from __future__ import annotations

import pytest

from lab.iam.stack import Policy
from lab.iam.static import findings


@pytest.mark.parametrize(
    ("action", "resource", "rule"),
    [
        ("logs:PutLogEvents", "arn:aws:s3:::bucket", "UsersPython: I3510"),
        ("xray:PutEverything", "*", "UsersPython: W3037"),
    ],
)
def test_an_action_that_does_not_fit_its_resource_is_found(
    action: str, resource: str, rule: str
) -> None:
    statement = {"Sid": "A", "Effect": "Allow", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = Policy("Users", "python", "s", "arn:aws:iam::1:role/r", "p", document)

    (found,) = findings([policy])

    assert found.startswith(rule)
