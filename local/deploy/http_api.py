"""Gives the HTTP API the settings that the emulator ignores in SAM's OpenAPI body.

Routes, CORS and throttling come from the processed template, so this module repeats
nothing of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from local.deploy.completion import Stack, Step
from local.emulator.clients import Client
from local.template import Json


def api_steps(stack: Stack, gateway: Client) -> Iterator[Step]:
    """Yield routes, CORS and throttling of every HTTP API of the stack."""
    for name, api, properties in stack.resources("AWS::ApiGatewayV2::Api"):
        yield _routes(name, api, properties["Body"], stack, gateway)
        yield _cors(name, api, properties["Body"], stack, gateway)
    for name, _, properties in stack.resources("AWS::ApiGatewayV2::Stage"):
        yield _throttling(name, properties, stack, gateway)


def routes_of(api: str, gateway: Client) -> dict[str, str]:
    """Return the API's routes: route key to the ARN of the function that it calls."""
    answer = gateway.get_integrations(ApiId=api)
    targets = {
        f"integrations/{one['IntegrationId']}": one["IntegrationUri"]
        for one in answer["Items"]
    }
    routes = gateway.get_routes(ApiId=api)["Items"]
    return {route["RouteKey"]: targets[route["Target"]] for route in routes}


def _routes(
    name: str, api: str, body: Mapping[str, Json], stack: Stack, gateway: Client
) -> Step:
    wanted = {
        f"{method.upper()} {path}": _target(operation, stack)
        for path, operations in body["paths"].items()
        for method, operation in operations.items()
    }

    def apply() -> None:
        integrations = {
            uri: _integrate(api, uri, gateway) for uri in sorted(set(wanted.values()))
        }
        for key, uri in wanted.items():
            gateway.create_route(ApiId=api, RouteKey=key, Target=integrations[uri])

    return Step(
        f"{name}: {len(wanted)} routes",
        wanted,
        lambda: routes_of(api, gateway),
        apply,
    )


def _target(operation: Mapping[str, Json], stack: Stack) -> str:
    """Return the ARN of the alias that SAM's integration names by its logical id."""
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    alias = re.search(r"/functions/\$\{(\w+)\}/invocations$", uri)
    if alias is None:
        raise ValueError(f"no function in {uri}")
    return stack.physical[alias[1]]


def _integrate(api: str, uri: str, gateway: Client) -> str:
    created = gateway.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=uri,
        PayloadFormatVersion="2.0",
    )
    return f"integrations/{created['IntegrationId']}"


def _cors(
    name: str, api: str, body: Mapping[str, Json], stack: Stack, gateway: Client
) -> Step:
    declared = stack.resolve(body["x-amazon-apigateway-cors"])
    wanted = {member[0].upper() + member[1:]: item for member, item in declared.items()}
    return Step(
        f"{name}: CORS",
        wanted,
        lambda: gateway.get_api(ApiId=api).get("CorsConfiguration"),
        lambda: gateway.update_api(ApiId=api, CorsConfiguration=wanted),
    )


def _throttling(
    name: str, properties: Mapping[str, Json], stack: Stack, gateway: Client
) -> Step:
    declared = stack.resolve(properties["DefaultRouteSettings"])
    wanted = {
        "ThrottlingBurstLimit": int(declared["ThrottlingBurstLimit"]),
        "ThrottlingRateLimit": float(declared["ThrottlingRateLimit"]),
    }
    api = stack.physical[properties["ApiId"]["Ref"]]
    stage = properties["StageName"]
    return Step(
        f"{name}: default throttling",
        wanted,
        lambda: gateway.get_stage(ApiId=api, StageName=stage)["DefaultRouteSettings"],
        lambda: gateway.update_stage(
            ApiId=api, StageName=stage, DefaultRouteSettings=wanted
        ),
    )
