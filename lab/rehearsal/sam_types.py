"""Maps properties of SAM's own types to the deployed resources that show them.

The processed template is the output of the emulator's SAM transform. If the comparison
took that as the wanted state, a fault of the transform would go unnoticed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

from lab.rehearsal.policies import POLICIES, policies
from local.template import Json

SAM_TYPE = "AWS::Serverless::"
FUNCTION, HTTP_API = f"{SAM_TYPE}Function", f"{SAM_TYPE}HttpApi"

# The deployed property that shows each property of SAM's own types.
DEPLOYED_AS = {
    FUNCTION: {
        "Architectures": "Architectures",
        "AutoPublishAlias": "the alias, its version, and what calls it",
        "CodeUri": "Code",
        "Description": "Description",
        "Environment": "Environment",
        "EventInvokeConfig": "the EventInvokeConfig of the alias",
        "Events": "the routes and permissions of the API",
        "FunctionName": "FunctionName",
        "Handler": "Handler",
        "LoggingConfig": "LoggingConfig",
        "MemorySize": "MemorySize",
        "Role": "Role",
        "Runtime": "Runtime",
        "Timeout": "Timeout",
        "Tracing": "TracingConfig",
        "VersionDescription": "Description of the version",
    },
    HTTP_API: {
        "AccessLogSettings": "AccessLogSettings of the stage",
        "CorsConfiguration": "x-amazon-apigateway-cors",
        "DefaultRouteSettings": "DefaultRouteSettings of the stage",
        "Description": "info",
        "FailOnWarnings": "FailOnWarnings",
    },
}

# Properties of a function that Lambda has under the same name.
SAME = (
    *("Architectures", "Description", "FunctionName", "Handler", "LoggingConfig"),
    *("MemorySize", "Role", "Runtime", "Timeout", "Environment"),
)
# The integration of each route, and the URI of the alias that it calls.
INTEGRATION = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "payloadFormatVersion": "2.0",
}
CALL = (
    "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31"
    "/functions/${{{function}Aliaslive}}/invocations"
)

Resources = dict[str, "Json"]


def unmapped(original: Mapping[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """Yield resource, property and value of what `DEPLOYED_AS` does not have."""
    for name, one in original["Resources"].items():
        if one["Type"].startswith(SAM_TYPE):
            fields = declared_properties(original, name)
            for field in fields.keys() - DEPLOYED_AS[one["Type"]].keys():
                yield name, field, fields[field]


def declared_properties(original: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Return the properties of a resource of a SAM type, with those of Globals."""
    one = original["Resources"][name]
    own: dict[str, Json] = one["Properties"]
    if one["Type"] != FUNCTION:
        return own
    common = original["Globals"]["Function"]
    variables = {
        **common.get("Environment", {}).get("Variables", {}),
        **own.get("Environment", {}).get("Variables", {}),
    }
    return {**common, **own, "Environment": {"Variables": variables}}


def with_declared_properties(
    original: Mapping[str, Json], processed: Resources
) -> Resources:
    """Return the processed resources with the properties that template.yaml declares.

    Of the resources that SAM makes for a function, only the version gets the function's
    policies here.
    """
    resources = copy.deepcopy(processed)
    for name, one in original["Resources"].items():
        if one["Type"] == FUNCTION:
            _function(name, declared_properties(original, name), resources)
            _policies(name, policies(one), resources)
        elif one["Type"] == HTTP_API:
            _api(
                name, declared_properties(original, name), resources, _routes(original)
            )
            resources[name] = {**_bare(resources[name]), **policies(one)}
        else:
            resources[name] = one
    return resources


def _function(name: str, fields: Mapping[str, Json], resources: Resources) -> None:
    resources[name]["Properties"] |= {
        **{field: fields[field] for field in SAME if field in fields},
        "TracingConfig": {"Mode": fields["Tracing"]},
    }
    for version in _made_of(name, "AWS::Lambda::Version", "FunctionName", resources):
        version["Properties"]["Description"] = fields["VersionDescription"]
    kind = "AWS::Lambda::EventInvokeConfig"
    for calls in _made_of(name, kind, "FunctionName", resources):
        calls["Properties"] |= fields["EventInvokeConfig"]


def _policies(name: str, own: Mapping[str, Json], resources: Resources) -> None:
    """Set the policies of a function and of its versions, as SAM does."""
    resources[name] = {**_bare(resources[name]), **own}
    for version in _made_of(name, "AWS::Lambda::Version", "FunctionName", resources):
        version.update(own)


def _bare(resource: Mapping[str, Json]) -> dict[str, Json]:
    return {name: one for name, one in resource.items() if name not in POLICIES}


def _api(
    name: str,
    fields: Mapping[str, Json],
    resources: Resources,
    routes: Mapping[str, Mapping[str, str]],
) -> None:
    resources[name]["Properties"]["FailOnWarnings"] = fields["FailOnWarnings"]
    body = resources[name]["Properties"]["Body"]
    body["info"]["description"] = fields["Description"]
    body["x-amazon-apigateway-cors"] = _lowered(fields["CorsConfiguration"])
    body["paths"] = {
        path: {
            method: {
                **body["paths"].get(path, {}).get(method, {}),
                "x-amazon-apigateway-integration": {
                    **INTEGRATION,
                    "uri": {"Fn::Sub": CALL.format(function=function)},
                },
            }
            for method, function in methods.items()
        }
        for path, methods in routes.items()
    }
    for stage in _made_of(name, "AWS::ApiGatewayV2::Stage", "ApiId", resources):
        for field in ("AccessLogSettings", "DefaultRouteSettings"):
            stage["Properties"][field] = fields[field]


def _routes(original: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """Return the logical id of each route's function, by path and then by method."""
    routes: dict[str, dict[str, str]] = {}
    for name, one in original["Resources"].items():
        for event in one["Properties"].get("Events", {}).values():
            route = event["Properties"]
            routes.setdefault(route["Path"], {})[route["Method"].lower()] = name
    return routes


def _made_of(
    name: str, kind: str, field: str, resources: Resources
) -> Iterator[dict[str, Json]]:
    """Yield the resources of a type that SAM has made for a resource."""
    for one in resources.values():
        if one["Type"] == kind and one["Properties"][field] == {"Ref": name}:
            yield one


def _lowered(value: dict[str, Json]) -> dict[str, Json]:
    """Return CORS settings by OpenAPI's names, inside `Fn::If` too."""
    if "Fn::If" in value:
        condition, *branches = value["Fn::If"]
        return {"Fn::If": [condition, *map(_lowered, branches)]}
    return {name[0].lower() + name[1:]: item for name, item in value.items()}
