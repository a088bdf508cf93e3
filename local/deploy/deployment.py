"""Deploy the built service to the local cloud with the real `sam deploy`.

Resources that the emulator does not support are removed from the template first.
Properties that it silently drops are applied afterwards through the public APIs.
`Deployment` lists both.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local.deploy.build import pairs
from local.deploy.completion import Stack, bucket_steps, complete, table_steps
from local.deploy.http_api import api_steps, routes_of
from local.deploy.omissions import LOCAL_PARAMETERS, adapt
from local.deploy.sam import sam
from local.emulator.access import TOKEN_HEADER
from local.emulator.clients import Clients
from local.emulator.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, TOKEN
from local.model import Build, Cors, Credentials, DeployedStack, Deployment, Function
from local.template import Json, defaults, load

ARTEFACTS = "parity-artefacts"

# The longest session that STS allows. A URL signed in it stays valid for its full hour.
SESSION_SECONDS = 12 * 3_600


def deploy_stack(
    build: Build,
    stack: str,
    clients: Clients,
    folder: Path,
    parameters: Mapping[str, str],
) -> DeployedStack:
    """Deploy a build as `stack`, as one would to AWS; its exports exist afterwards.

    `parameters` are added to those of the build (`DataStack`, ...). The template as
    deployed and the log go to `folder`, later the unpacked packages too.
    Raises `SamError` with the one line to show.
    """
    given = {**build.parameters, **LOCAL_PARAMETERS, **parameters}
    adapted, left_out = adapt(load(build.template), given, build.template.parent)
    deploy(adapted, stack, clients, folder, given)
    return DeployedStack(stack, build, given, folder, left_out)


def deploy(
    template: Mapping[str, Json],
    stack: str,
    clients: Clients,
    folder: Path,
    parameters: Mapping[str, str],
) -> None:
    """Run `sam deploy`; the template and the log go to `folder`.

    Raises `SamError` with the one line to show.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # SAM CLI reads the template seven times; reading JSON takes a tenth of the time.
    path = folder / "template.json"
    path.write_text(json.dumps(template, indent=2), "utf-8")
    clients.of("s3").create_bucket(Bucket=ARTEFACTS)
    environment = cloud_environment(clients.endpoint)
    sam(_arguments(path, stack, parameters), folder / "deploy.log", environment)


def finish(deployed_stack: DeployedStack, clients: Clients) -> Deployment:
    """Apply what the emulator dropped, and return what is needed to serve the stack."""
    stack = deployed_stack.stack
    parameters = {
        **defaults(load(deployed_stack.build.template)),
        **deployed_stack.parameters,
    }
    deployed = _stack(stack, parameters, clients)
    outcomes = [
        *complete(table_steps(deployed, clients.of("dynamodb"))),
        *complete(bucket_steps(deployed, clients.of("s3"))),
        *complete(api_steps(deployed, clients.of("apigatewayv2"))),
    ]
    return Deployment(
        stack=stack,
        endpoint=clients.endpoint,
        region=REGION,
        functions=_functions(deployed, deployed_stack.folder, clients),
        routes=_routes(deployed, clients),
        cors=_cors(deployed, clients),
        left_out=(
            *deployed_stack.left_out,
            *(f"{one.what}: not kept" for one in outcomes if not one.applied),
        ),
        applied_afterwards=tuple(one.what for one in outcomes if one.applied),
    )


def _arguments(template: Path, stack: str, parameters: Mapping[str, str]) -> list[str]:
    return [
        *["deploy", "--template-file", str(template), "--stack-name", stack],
        *["--s3-bucket", ARTEFACTS, "--s3-prefix", stack, "--region", REGION],
        *["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"],
        *["--no-fail-on-empty-changeset", "--no-progressbar"],
        *["--parameter-overrides", *pairs(dict(parameters))],
    ]


def cloud_environment(endpoint: str) -> dict[str, str]:
    """Return an environment in which SAM CLI calls the local cloud and nothing else."""
    foreign = {name for name in os.environ if name.startswith("AWS_")}
    return {
        **{name: os.environ[name] for name in os.environ.keys() - foreign},
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
        # If both are set, the lower-case one is used.
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "SAM_CLI_POLL_DELAY": "0.1",
    }


def _stack(stack: str, parameters: Mapping[str, str], clients: Clients) -> Stack:
    cloudformation = clients.of("cloudformation")
    answer = cloudformation.get_template(StackName=stack, TemplateStage="Processed")
    resources = cloudformation.describe_stack_resources(StackName=stack)
    return Stack(
        template=answer["TemplateBody"],
        physical={
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in resources["StackResources"]
        },
        parameters=parameters,
    )


def _functions(stack: Stack, folder: Path, clients: Clients) -> dict[str, Function]:
    aliases = {
        properties["FunctionName"]["Ref"]: arn
        for _, arn, properties in stack.resources("AWS::Lambda::Alias")
    }
    return {
        logical_id: function_behind(logical_id, aliases[logical_id], folder, clients)
        for logical_id, _, _ in stack.resources("AWS::Lambda::Function")
    }


def function_behind(
    logical_id: str, alias: str, folder: Path, clients: Clients
) -> Function:
    """Return the current version of an alias; unzip its package into `folder`."""
    name, qualifier = alias.split(":")[-2:]
    answer = clients.of("lambda").get_function(FunctionName=name, Qualifier=qualifier)
    configuration = answer["Configuration"]
    package = folder / "packages" / logical_id
    _unpack(answer["Code"]["Location"], clients.endpoint, package)
    return Function(
        logical_id=logical_id,
        name=name,
        alias=alias,
        version=configuration["Version"],
        handler=configuration["Handler"],
        runtime=configuration["Runtime"],
        environment=configuration["Environment"]["Variables"],
        timeout_seconds=configuration["Timeout"],
        memory_mb=configuration["MemorySize"],
        role=configuration["Role"],
        log_group=configuration["LoggingConfig"]["LogGroup"],
        package=package,
    )


def _unpack(location: str, endpoint: str, package: Path) -> None:
    """Unzip a deployed package, as it was uploaded, into an empty directory."""
    # The emulator calls itself `localhost`, which can be an address that it does not
    # # listen on (IPv6).
    own = urllib.parse.urlsplit(endpoint)
    url = urllib.parse.urlsplit(location)._replace(netloc=own.netloc).geturl()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    shutil.rmtree(package, ignore_errors=True)
    # One of the emulator's own paths.
    request = urllib.request.Request(url, headers={TOKEN_HEADER: TOKEN})  # noqa: S310 - the endpoint's
    with opener.open(request) as response:
        zipfile.ZipFile(io.BytesIO(response.read())).extractall(package)


def _routes(stack: Stack, clients: Clients) -> dict[str, str]:
    functions = {
        arn: properties["FunctionName"]["Ref"]
        for _, arn, properties in stack.resources("AWS::Lambda::Alias")
    }
    gateway = clients.of("apigatewayv2")
    return {
        key: functions[target]
        for _, api, _ in stack.resources("AWS::ApiGatewayV2::Api")
        for key, target in routes_of(api, gateway).items()
    }


def _cors(stack: Stack, clients: Clients) -> Cors:
    ((_, api, _),) = stack.resources("AWS::ApiGatewayV2::Api")
    cors = clients.of("apigatewayv2").get_api(ApiId=api)["CorsConfiguration"]
    return Cors(
        allow_origins=tuple(cors["AllowOrigins"]),
        allow_methods=tuple(cors["AllowMethods"]),
        allow_headers=tuple(cors["AllowHeaders"]),
        expose_headers=tuple(cors["ExposeHeaders"]),
        max_age_seconds=cors["MaxAge"],
    )


def credentials(role: str, clients: Clients) -> Credentials:
    """Return credentials of a function's role, as Lambda would give them to it."""
    answer = clients.of("sts").assume_role(
        RoleArn=role, RoleSessionName="sandbox", DurationSeconds=SESSION_SECONDS
    )
    given = answer["Credentials"]
    return Credentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
        expires_at=int(given["Expiration"].timestamp() * 1_000),
    )
