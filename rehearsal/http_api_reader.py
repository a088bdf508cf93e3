"""Reads an HTTP API back into the OpenAPI document that SAM makes of the template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.clients import Client, Clients
    from local.template import Json
    from rehearsal.readers import Resource

# What an OpenAPI document names to call a function by an alias's ARN.
INVOCATION = (
    "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
)


def read_api(resource: Resource, clients: Clients) -> Json:
    """Return the API's body: title, description, routes, CORS and tags."""
    gateway, api = clients.of("apigatewayv2"), resource.physical_id
    held = gateway.get_api(ApiId=api)
    tags = {name: one for name, one in held["Tags"].items() if name[:4] != "aws:"}
    body = {
        "info": {
            "title": held["Name"],
            "description": held["Description"],
            "version": held.get("Version", ""),
        },
        "paths": _paths(api, gateway),
        "tags": [
            {"name": name, "x-amazon-apigateway-tag-value": value}
            for name, value in tags.items()
        ],
    }
    if cors := held.get("CorsConfiguration"):
        body["x-amazon-apigateway-cors"] = {
            name[0].lower() + name[1:]: item for name, item in cors.items()
        }
    return {"Body": {name: item for name, item in body.items() if item}}


def _paths(api: str, gateway: Client) -> Json:
    integrations = {
        f"integrations/{one['IntegrationId']}": one
        for one in gateway.get_integrations(ApiId=api)["Items"]
    }
    paths: dict[str, Json] = {}
    for route in gateway.get_routes(ApiId=api)["Items"]:
        method, _, path = route["RouteKey"].partition(" ")
        operation = _operation(path, integrations[route["Target"]])
        if route.get("AuthorizationType", "NONE") != "NONE":
            operation["security"] = [route["AuthorizationType"]]
        paths.setdefault(path, {})[method.lower()] = operation
    return paths


def _operation(path: str, integration: Mapping[str, Json]) -> dict[str, Json]:
    kind = integration["IntegrationType"].lower()
    uri = integration["IntegrationUri"]
    operation: dict[str, Json] = {
        "x-amazon-apigateway-integration": {
            "type": kind,
            "httpMethod": integration.get("IntegrationMethod"),
            "payloadFormatVersion": integration["PayloadFormatVersion"],
            "uri": INVOCATION.format(region=uri.split(":")[3], arn=uri),
        }
    }
    # A route key holds its parameters; the API has no other list of them.
    if names := re.findall(r"\{(\w+)\}", path):
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True} for name in names
        ]
    return operation


def read_stage(resource: Resource, clients: Clients) -> Json:
    """Return the stage: throttling, access log, automatic deployment, tags."""
    api, name = resource.wanted["ApiId"], resource.wanted["StageName"]
    held = clients.of("apigatewayv2").get_stage(ApiId=api, StageName=name)
    read = {
        "ApiId": api,
        "StageName": held["StageName"],
        "AutoDeploy": held["AutoDeploy"],
        "AccessLogSettings": held.get("AccessLogSettings"),
        "DefaultRouteSettings": held.get("DefaultRouteSettings"),
        "RouteSettings": held.get("RouteSettings"),
        "StageVariables": held.get("StageVariables"),
        "Tags": {one: held["Tags"][one] for one in held["Tags"] if one[:4] != "aws:"},
    }
    return {one: item for one, item in read.items() if item not in (None, {}, "")}
