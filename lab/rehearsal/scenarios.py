"""Scenarios of a stack, each rehearsed with the real `sam deploy`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from lab.rehearsal.data import StoredRecords
from lab.rehearsal.deletion import impossible
from lab.rehearsal.environment import OWNER, SECOND, Environment, differences
from lab.rehearsal.serving import LiveApi, VersionInvoker
from lab.rehearsal.traffic import Traffic
from local import console
from local.deploy.build import pairs
from local.deploy.sam import SamError
from local.lambda_.invocation import Invocation
from local.model import Build, DeployedStack, Deployment
from local.template import Json

# The `DeployId` of the deploy that fails half-way.
FAILED = "failed-1"
# The logical ids that SAM gives the aliases.
ALIASES = ("UsersFunctionAliaslive", "AssetsFunctionAliaslive")

# ---- refused before anything is deployed -----------------------------------------


def refusals(environment: Environment) -> None:
    """Check that `make deploy` refuses a wrong build and wrong parameters."""
    console.print_line("what `make deploy` refuses")
    build = environment.builds["python"]
    same = pairs(build.parameters)
    environment.expect(
        "a build for this environment is accepted",
        passed=environment.refusal(build, *same) is None,
    )
    other = pairs(environment.builds["typescript"].parameters)
    reason = environment.refusal(build, *other)
    passed = bool(reason and "is built for implementation python" in reason)
    environment.expect(
        "a build for the other implementation is refused", passed=passed, detail=reason
    )
    reason = environment.refusal(build, *same, f"DataStack={SECOND}")
    passed = bool(reason and f"{OWNER} owns its data" in reason)
    environment.expect(
        "DataStack on the stack that owns its data is refused",
        passed=passed,
        detail=reason,
    )
    reason = environment.refusal(build, *same, "BucketNaming=account")
    passed = bool(reason and "would replace the bucket" in reason)
    environment.expect(
        "another name for the owner's bucket is refused", passed=passed, detail=reason
    )


# ---- updates without requests ----------------------------------------------------


def no_change(environment: Environment, standing: DeployedStack) -> None:
    """Check that an update by hand without a change changes nothing."""
    declared, before = _reading(environment, standing)
    versions = environment.versions(OWNER)
    with console.step("update", "with no change"):
        environment.deploy(OWNER, standing.build, DeployId=first_id(standing))
    after = declared.read(environment.clients)
    log = (standing.folder / "deploy.log").read_text("utf-8")
    environment.expect("SAM CLI finds no change", passed="No changes to deploy" in log)
    changed = differences(before, after)
    environment.expect(
        "no property has changed", passed=not changed, detail=_few(changed, before)
    )
    environment.expect(
        "no version is published", passed=environment.versions(OWNER) == versions
    )


def first_id(standing: DeployedStack) -> str:
    """Return a stack's first `DeployId`, which `sam deploy` by hand keeps."""
    return standing.parameters["DeployId"]


def _reading(environment: Environment, standing: DeployedStack) -> tuple[Json, Json]:
    declared = environment.declared(standing)
    return declared, declared.read(environment.clients)


def _few(changed: list[str], state: Json) -> str:
    total = sum(map(len, state.values()))
    return ", ".join(changed[:5]) or f"{total} values compared"


def new_versions(
    environment: Environment, standing: DeployedStack, other: Build
) -> None:
    """Check that a change of runtime, parameter or memory publishes a version.

    The alias moves to each version. The last deploy restores the first state.
    """

    def more_memory(template: dict[str, Json]) -> None:
        template["Globals"]["Function"]["MemorySize"] = 1024

    same = standing.build
    track = f"RuntimeTrack={other.parameters['RuntimeTrack']}"
    _publishes(environment, track, partial(environment.deploy, OWNER, other))
    eight = partial(environment.deploy, OWNER, same, ListShards="8")
    _publishes(environment, "ListShards=8 and this machine's runtime", eight)
    _publishes(environment, "MemorySize: 1024", partial(eight, more_memory))
    _publishes(environment, "MemorySize: 512", eight)
    four = partial(environment.deploy, OWNER, same, ListShards="4")
    _publishes(environment, "ListShards=4", four)
    again = partial(environment.deploy, OWNER, same)
    _publishes(environment, "with no change but the DeployId of `make deploy`", again)


def _publishes(
    environment: Environment, what: str, deploy: Callable[[], object]
) -> None:
    before, versions = environment.live(OWNER), environment.versions(OWNER)
    with console.step("update", what):
        deploy()
    check_alias_moved(environment, before, versions)


def check_alias_moved(
    environment: Environment,
    before: dict[str, tuple[str, str]],
    versions: dict[str, list[str]],
    stack: str = OWNER,
) -> None:
    """Check that `live` names a new version and that the old versions still exist."""
    after, now = environment.live(stack), environment.versions(stack)
    for name, found in after.items():
        passed = found[0] not in versions[name] and set(versions[name]) < set(now[name])
        detail = f"{_move(before[name], found)}, {len(now[name])} kept"
        environment.expect(
            f"`live` of {name} is a new version", passed=passed, detail=detail
        )


def _move(before: tuple[str, str], after: tuple[str, str]) -> str:
    return f"{before[1]} (version {before[0]}) -> {after[1]} (version {after[0]})"


# ---- with requests running -------------------------------------------------------


@contextmanager
def serving(environment: Environment, deployment: Deployment) -> Iterator[LiveApi]:
    """Serve a stack over HTTP; each request runs the version that `live` names."""
    versions = VersionInvoker(
        deployment, environment.clients, environment.folder / deployment.stack
    )
    with LiveApi(versions, environment.port) as api:
        yield api
    for error in versions.errors:
        environment.faults.append(f"the API of the rehearsal failed: {error!r}")


def warming(environment: Environment, deployment: Deployment, api: LiveApi) -> None:
    """Invoke the targets of the warming rule; check that the functions accept it."""
    console.print_line("the warming rule's targets")
    functions = {one.alias: name for name, one in deployment.functions.items()}
    events = environment.clients.of("events")
    for rule in events.list_rules(NamePrefix=OWNER)["Rules"]:
        if not rule["Name"].startswith(f"{OWNER}-WarmingRule"):
            continue
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
            name = functions[target["Arn"]]
            call = Invocation(target["Input"].encode(), target["Arn"], "")
            outcome = api.invoke(name, call)
            environment.expect(
                f"{name} accepts the warming event {target['Input']}",
                passed=outcome.error is None,
                detail=outcome.payload.decode(),
            )


def switch(
    environment: Environment, api: LiveApi, data: StoredRecords, build: Build
) -> None:
    """Switch the implementation in place; check that no request or item is lost."""
    name = build.implementation
    before, versions = environment.live(OWNER), environment.versions(OWNER)
    with Traffic(api.url) as traffic:
        traffic.wait()
        with console.step("switch", f"to {name}, with requests running"):
            environment.deploy(OWNER, build)
        traffic.wait()
    result, after = traffic.result, environment.live(OWNER)
    environment.expect(
        "no request is lost", passed=_all_answered(result), detail=_counts(result)
    )
    environment.expect(
        "both implementations answered, the new one last",
        passed=len(set(result.implementations)) == 2
        and result.implementations[-1] == name,
        detail=f"{len(result.implementations)} responses of getHealth",
    )
    check_alias_moved(environment, before, versions)
    for function, found in after.items():
        other = found[1] != before[function][1]
        environment.expect(
            f"{function} has another runtime", passed=other, detail=found[1]
        )
    data.add(result)
    data.check(api.url)


def _all_answered(result: Json) -> bool:
    return result.requests > 0 and not result.lost


def _counts(result: Json) -> str:
    lost = "".join(f"; {line}" for line in result.lost[:3])
    return f"{result.requests} answered, {len(result.lost)} lost{lost}"


def second_stack(
    environment: Environment, data: StoredRecords, deployment: Deployment
) -> None:
    """Send requests to a second stack over the owner's data; check every record."""
    console.print_line(f"{deployment.stack}, over the data of {OWNER}")
    with serving(environment, deployment) as api:
        with Traffic(api.url) as traffic:
            traffic.wait()
        result = traffic.result
        environment.expect(
            "no request is lost", passed=_all_answered(result), detail=_counts(result)
        )
        data.add(result)
        data.check(api.url)


def broken_update(
    environment: Environment, standing: DeployedStack, api: LiveApi, data: StoredRecords
) -> None:
    """Let a deploy fail half-way; check that it rolls back and no request is lost."""
    declared, before = _reading(environment, standing)
    lives = environment.live(OWNER)
    served_before = len(api.versions.served)
    with Traffic(api.url) as traffic:
        traffic.wait()
        with console.step("update", "that fails once both aliases have moved"):
            failed = _fails(environment)
        traffic.wait()
    environment.expect(
        "the deploy fails", passed=failed, detail=environment.failure(OWNER)
    )
    done = environment.done_before_failure(OWNER)
    environment.expect(
        "both aliases had moved before it failed", passed=set(ALIASES) <= done
    )
    status = environment.status(OWNER)
    environment.expect(
        "CloudFormation rolls back",
        passed=status == "UPDATE_ROLLBACK_COMPLETE",
        detail=status,
    )
    during = sorted({one.version for one in api.versions.served[served_before:]})
    console.print_line(f"          versions that served during it: {', '.join(during)}")
    after = environment.live(OWNER)
    environment.expect(
        "`live` names the same versions", passed=after == lives, detail=_lives(after)
    )
    changed = differences(before, declared.read(environment.clients))
    environment.expect(
        "no property has changed", passed=not changed, detail=_few(changed, before)
    )
    result = traffic.result
    environment.expect(
        "no request is lost", passed=_all_answered(result), detail=_counts(result)
    )
    data.add(result)
    data.check(api.url)


def _lives(live: dict[str, tuple[str, str]]) -> str:
    return ", ".join(f"{name} {one[1]} ({one[0]})" for name, one in live.items())


def _fails(environment: Environment) -> bool:
    """Deploy other code with an impossible resource; return whether it fails."""

    def add_impossible(template: dict[str, Json]) -> None:
        template["Resources"]["Impossible"] = impossible(list(ALIASES))

    try:
        environment.deploy(
            OWNER, environment.builds["typescript"], add_impossible, DeployId=FAILED
        )
    except SamError:
        return True
    return False
