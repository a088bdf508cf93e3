"""Resolves a template's intrinsic functions for one deployed stack.

It computes the values that CloudFormation should have made of the template, so that
they can be compared with the values in the cloud.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.emulator.cloud import REGION
from local.template import Json

# The emulator's only account.
ACCOUNT = "000000000000"
# ARNs by type of resource: the value of `Fn::GetAtt: [name, Arn]`. Source: service
# authorization reference, "Resource types defined by" each service.
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{id}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{id}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{id}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
}
PLACEHOLDER = re.compile(r"\$\{([^}!]+)\}")
NOTHING = object()


class UnknownIntrinsicError(ValueError):
    """A function, an attribute or a name that this module cannot resolve."""


@dataclass(frozen=True)
class Resolver:
    """Resolves values of a template.

    `physical` has the physical ids of the stack's resources by logical id, `exports`
    the values that other stacks export, by name.
    """

    template: Mapping[str, Json]
    parameters: Mapping[str, str]
    physical: Mapping[str, str]
    stack: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, value: Json) -> Json:
        """Return a value with every function in it resolved.

        A field that is `AWS::NoValue` is left out. Raises `UnknownIntrinsicError`.
        """
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        members = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not NOTHING}

    def holds(self, condition: Json) -> bool:
        """Return whether a condition, or the condition of a name, is true."""
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((name, argument),) = condition.items()
        if name == "Condition":
            return self.holds(argument)
        if name == "Fn::Not":
            return not self.holds(argument[0])
        if name == "Fn::Equals":
            left, right = argument
            return bool(self.resolve(left) == self.resolve(right))
        raise UnknownIntrinsicError(name)

    def _call(self, name: str, argument: Json) -> Json:
        calls = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._substitute,
            "Fn::If": self._if,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find,
            "Fn::ImportValue": self._import,
        }
        if name not in calls:
            raise UnknownIntrinsicError(name)
        return calls[name](argument)

    def _ref(self, name: str) -> Json:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NOTHING,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        for names in (pseudo, self.parameters, self.physical):
            if name in names:
                return names[name]
        raise UnknownIntrinsicError(f"Ref {name}")

    def _attribute(self, argument: Json) -> str:
        name, attribute = argument
        kind, identity = self.template["Resources"][name]["Type"], self._ref(name)
        if attribute == "Arn" and kind in ARNS:
            return ARNS[kind].format(id=identity, region=REGION, account=ACCOUNT)
        if (kind, attribute) == ("AWS::Lambda::Version", "Version"):
            return str(identity).rsplit(":", 1)[1]
        raise UnknownIntrinsicError(f"{name}.{attribute} of {kind}")

    def _substitute(self, argument: Json) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in given:
                return str(self.resolve(given[name]))
            if "." in name:
                return self._attribute(name.split(".", 1))
            return str(self._ref(name))

        return PLACEHOLDER.sub(value, text)

    def _if(self, argument: Json) -> Json:
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(condition) else otherwise)

    def _split(self, argument: Json) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _find(self, argument: Json) -> Json:
        mapping, first, second = map(self.resolve, argument)
        return self.template["Mappings"][mapping][first][second]

    def _import(self, argument: Json) -> str:
        name = self.resolve(argument)
        if name not in self.exports:
            raise UnknownIntrinsicError(f"no stack exports {name}")
        return self.exports[name]
