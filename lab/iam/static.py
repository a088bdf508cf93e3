"""Runs policy linters on the deployed policies.

cloudsplaining finds rights without a limit to a resource, rights that allow privilege
escalation, and rights that allow data exfiltration. cfn-lint finds unknown actions and
resources that do not fit their actions, by AWS's service authorization reference. Both
work offline.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cloudsplaining.scan.policy_document import PolicyDocument

from lab.iam.errors import CannotProveError
from lab.iam.stack import Policy
from local.children import die_with_parent
from local.template import ROOT

Json = Any
CFN_LINT = ROOT / ".venv" / "sam" / "bin" / "cfn-lint"


def findings(policies: Sequence[Policy]) -> list[str]:
    """Return a line for each finding in the policies; raises `CannotProveError`."""
    found = [
        f"{policy.function} ({policy.implementation}): {what}"
        for policy in policies
        for what in cloudsplaining_findings(policy.document)
    ]
    return found + _cfn_lint(policies)


def cloudsplaining_findings(document: Mapping[str, Json]) -> Iterator[str]:
    """Yield the findings of cloudsplaining in a policy document."""
    scanned = PolicyDocument(dict(document))
    kinds = {
        "privilege escalation": [
            action
            for way in scanned.allows_privilege_escalation
            for action in way["actions"]
        ],
        "data exfiltration": scanned.allows_data_exfiltration_actions,
        "credentials exposure": scanned.credentials_exposure,
        "resource exposure": scanned.permissions_management_without_constraints,
        "infrastructure modification": scanned.infrastructure_modification,
        "every action of a service": scanned.service_wildcard,
        "NotAction": scanned.contains_statement_using_not_action,
    }
    for kind, actions in kinds.items():
        if actions:
            yield f"{kind}: {', '.join(sorted(map(str, actions)))}"


def _cfn_lint(policies: Sequence[Policy]) -> list[str]:
    with TemporaryDirectory() as folder:
        template = Path(folder, "template.json")
        template.write_text(json.dumps(template_of(policies)), "utf-8")
        # I3510 compares resources with actions. It is off by default, as information.
        command = [str(CFN_LINT), "--include-checks", "I3510", "--format", "json"]
        ran = subprocess.run(
            die_with_parent([*command, "--template", str(template)]),
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        matches = json.loads(ran.stdout)
    except ValueError:
        lines = ran.stderr.strip().splitlines() or ["no output"]
        raise CannotProveError(f"cfn-lint did not run: {lines[-1]}") from None
    return [_line(match) for match in matches]


def _line(match: Mapping[str, Json]) -> str:
    resource, rule = match["Location"]["Path"][1], match["Rule"]["Id"]
    return f"{resource}: {rule} {match['Message']}"


def template_of(policies: Sequence[Policy]) -> dict[str, Json]:
    """Return a template of these policies only, for cfn-lint."""
    return {
        "Resources": {
            f"{policy.function}{policy.implementation.title()}": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": policy.name,
                    "Roles": [policy.role_name],
                    "PolicyDocument": policy.document,
                },
            }
            for policy in policies
        }
    }
