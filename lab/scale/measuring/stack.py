"""A local cloud with both implementations deployed, without an HTTP API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from lab.scale.units import Indexes
from local.deploy.build import STATE, build
from local.deploy.deployment import credentials, deploy_stack, finish
from local.emulator import cloud
from local.emulator.clients import Clients
from local.implementations import IMPLEMENTATIONS
from local.lambda_.runtimes import environment_of
from local.model import Deployment, Function
from local.template import load

# Logical ids in the template, by the names that this measurement uses.
FUNCTIONS = {"users": "UsersFunction", "assets": "AssetsFunction"}
TABLES = {"users": "UsersTable", "assets": "AssetsTable"}
VARIABLES = {"users": "USERS_TABLE", "assets": "ASSETS_TABLE"}


@dataclass(frozen=True)
class Stack:
    """The deployments by implementation, and clients with all rights."""

    deployments: Mapping[str, Deployment]
    clients: Clients

    def function(self, implementation: str, word: str) -> Function:
        """Return a deployed function, `users` or `assets`, of an implementation."""
        return self.deployments[implementation].functions[FUNCTIONS[word]]

    def environment(
        self, function: Function, endpoint: str, shards: int | None = None
    ) -> dict[str, str]:
        """Return a sandbox's environment with `endpoint` as AWS.

        `shards` replaces the deployed LIST_SHARDS.
        """
        given = credentials(function.role, self.clients)
        environment = environment_of(function, given, endpoint, cloud.REGION)
        return environment | ({"LIST_SHARDS": str(shards)} if shards else {})

    @property
    def tables(self) -> dict[str, str]:
        """Return the names of the tables, which all implementations share."""
        owner = IMPLEMENTATIONS[0].name
        return {
            word: self.function(owner, word).environment[variable]
            for word, variable in VARIABLES.items()
        }

    @property
    def bucket(self) -> str:
        """Return the name of the bucket."""
        owner = IMPLEMENTATIONS[0].name
        return self.function(owner, "assets").environment["ASSETS_BUCKET"]

    def empty(self) -> None:
        """Remove every item of both tables."""
        dynamodb = self.clients.of("dynamodb")
        for word, name in self.tables.items():
            key = keys()[word]
            pages = dynamodb.get_paginator("scan").paginate(TableName=name)
            for item in [item for page in pages for item in page["Items"]]:
                dynamodb.delete_item(TableName=name, Key={key: item[key]})


@contextmanager
def stack(port: int) -> Iterator[Stack]:
    """Build and deploy both implementations to a cloud of their own.

    Raises `CloudError`, `SamError` and `ConfigurationError`, as `make start` does.
    """
    scratch = STATE / f"scale-{port}"
    shutil.rmtree(scratch, ignore_errors=True)
    builds = [build(one.name) for one in IMPLEMENTATIONS]
    running = cloud.start(port, scratch)
    try:
        clients = Clients(running.endpoint)
        deployments = {}
        for one, built in zip(IMPLEMENTATIONS, builds, strict=True):
            folder = scratch / one.stack
            standing = deploy_stack(
                built, one.stack, clients, folder, dict(one.parameters)
            )
            deployments[one.name] = finish(standing, clients)
        yield Stack(deployments, clients)
    finally:
        running.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def keys() -> dict[str, str]:
    """Return each table's hash key, as the template declares it."""
    resources = load()["Resources"]
    return {
        word: resources[logical]["Properties"]["KeySchema"][0]["AttributeName"]
        for word, logical in TABLES.items()
    }


def indexes() -> dict[str, Indexes]:
    """Return each table's indexes, as the template declares them."""
    resources = load()["Resources"]
    return {
        word: Indexes(
            {
                index["IndexName"]: [
                    part["AttributeName"] for part in index["KeySchema"]
                ]
                for index in resources[logical]["Properties"]["GlobalSecondaryIndexes"]
            }
        )
        for word, logical in TABLES.items()
    }
