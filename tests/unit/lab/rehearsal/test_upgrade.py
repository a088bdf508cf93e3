"""The stack from before that the rehearsal upgrades has none of what came since."""

from __future__ import annotations

import pytest

from lab.rehearsal.upgrade import remove_new_features
from local.template import load

NEW = (
    *("DeployId", "DEPLOY_ID", "BucketNaming", "BucketNamespace"),
    *("NamesBucketRegionally", "EventInvokeConfig", "FailOnWarnings", "vendedlogs"),
    *("MinUserLifetimeSeconds", "MIN_USER_LIFETIME_SECONDS"),
)


@pytest.mark.parametrize("word", NEW)
def test_nothing_new_is_in_a_stack_from_before(word: str) -> None:
    template = load()
    assert word in str(template)

    remove_new_features(template)

    assert word not in str(template)


def test_its_versions_are_described_and_its_bucket_is_named_as_they_were() -> None:
    template = load()

    remove_new_features(template)

    resources = template["Resources"]
    text, _ = resources["UsersFunction"]["Properties"]["VersionDescription"]["Fn::Sub"]
    bucket = resources["AssetsBucket"]["Properties"]["BucketName"]
    assert text.endswith(" shards")
    assert bucket == {"Fn::Sub": "${AWS::StackName}-assets-${AWS::AccountId}"}
