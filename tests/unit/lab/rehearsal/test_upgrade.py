"""The old stack that the rehearsal upgrades has none of the newer features."""

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
def test_an_old_stack_has_no_newer_feature(word: str) -> None:
    template = load()
    assert word in str(template)

    remove_new_features(template)

    assert word not in str(template)


def test_an_old_stack_has_the_old_version_description_and_bucket_name() -> None:
    template = load()

    remove_new_features(template)

    resources = template["Resources"]
    text, _ = resources["UsersFunction"]["Properties"]["VersionDescription"]["Fn::Sub"]
    bucket = resources["AssetsBucket"]["Properties"]["BucketName"]
    assert text.endswith(" shards")
    assert bucket == {"Fn::Sub": "${AWS::StackName}-assets-${AWS::AccountId}"}
