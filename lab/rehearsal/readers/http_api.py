"""Reads an HTTP API as the OpenAPI document that SAM makes of the template."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab.rehearsal.readers.resource import Resource, own_tags, without_empty
from local.emulator.clients import Client, Clients
from local.template import Json

# The URI in an OpenAPI document that invokes an alias by its ARN.
INVOCATION = (
    "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
)


def read_api(resource: Resource, clients: Clients) -> Json:
    """Return the API's body: title, description, routes, CORS and tags."""
    gateway, api = clients.of("apigatewayv2"), resource.physical_id
    actual = gateway.get_api(ApiId=api)
    body = {
        "info": {
            "title": actual["Name"],
            "description": actual.get("Description", ""),
            "version": actual.get("Version", ""),
        },
        "paths": _paths(api, gateway),
        "tags": [
            {"name": name, "x-amazon-apigateway-tag-value": value}
            for name, value in own_tags(actual.get("Tags", {})).items()
        ],
    }
    if cors := actual.get("CorsConfiguration"):
        body["x-amazon-apigateway-cors"] = {
            name[0].lower() + name[1:]: item for name, item in cors.items()
        }
    read: dict[str, Json] = {"Body": without_empty(body)}
    if actual.get("DisableExecuteApiEndpoint"):
        read["DisableExecuteApiEndpoint"] = True
    return read


def _paths(api: str, gateway: Client) -> Json:
    integrations = {
        f"integrations/{one['IntegrationId']}": one
        for one in gateway.get_integrations(ApiId=api)["Items"]
    }
    paths: dict[str, Json] = {}
    for route in gateway.get_routes(ApiId=api)["Items"]:
        method, _, path = route["RouteKey"].partition(" ")
        operation = _operation(path, integrations.get(route.get("Target", "")))
        if route.get("AuthorizationType", "NONE") != "NONE":
            operation["security"] = [route["AuthorizationType"]]
        paths.setdefault(path, {})[method.lower()] = operation
    return paths


def _operation(path: str, integration: Mapping[str, Json] | None) -> dict[str, Json]:
    operation: dict[str, Json] = {}
    if integration:  # a route without its integration calls nothing
        operation["x-amazon-apigateway-integration"] = _integration(integration)
    # The route key contains the parameters; the API has no other list of them.
    if names := re.findall(r"\{(\w+)\}", path):
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True} for name in names
        ]
    return operation


def _integration(actual: Mapping[str, Json]) -> dict[str, Json]:
    uri = actual["IntegrationUri"]
    return {
        "type": actual["IntegrationType"].lower(),
        "httpMethod": actual.get("IntegrationMethod"),
        "payloadFormatVersion": actual.get("PayloadFormatVersion"),
        "uri": INVOCATION.format(region=uri.split(":")[3], arn=uri),
    }


def read_stage(resource: Resource, clients: Clients) -> Json:
    """Return the stage: throttling, access log, automatic deployment, tags."""
    api, name = resource.wanted["ApiId"], resource.wanted["StageName"]
    actual = clients.of("apigatewayv2").get_stage(ApiId=api, StageName=name)
    read = {
        "ApiId": api,
        "StageName": actual["StageName"],
        "AutoDeploy": actual.get("AutoDeploy"),
        "AccessLogSettings": actual.get("AccessLogSettings"),
        "DefaultRouteSettings": actual.get("DefaultRouteSettings"),
        "RouteSettings": actual.get("RouteSettings"),
        "StageVariables": actual.get("StageVariables"),
        "Description": actual.get("Description"),
        "ClientCertificateId": actual.get("ClientCertificateId"),
        "Tags": own_tags(actual.get("Tags", {})),
    }
    return without_empty(read)
