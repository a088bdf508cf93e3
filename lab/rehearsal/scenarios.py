"""What happens to a stack in its life, each rehearsed with the real `sam deploy`."""

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
from local.model import Build, Deployment, Standing
from local.template import Json

# The deploy that fails half-way.
FAILED = "failed-1"
# SAM's names of the aliases.
ALIASES = ("UsersFunctionAliaslive", "AssetsFunctionAliaslive")

# ---- what is refused before anything is deployed ---------------------------------


def refusals(environment: Environment) -> None:
    """Refuse a build for something else, and another's data for an owner of data."""
    console.say("what `make deploy` refuses")
    build = environment.builds["python"]
    same = pairs(build.parameters)
    environment.expect(
        "what was built for this is let through",
        passed=environment.refusal(build, *same) is None,
    )
    other = pairs(environment.builds["typescript"].parameters)
    reason = environment.refusal(build, *other)
    held = bool(reason and "is built for implementation python" in reason)
    environment.expect(
        "a build for the other implementation", passed=held, detail=reason
    )
    reason = environment.refusal(build, *same, f"DataStack={SECOND}")
    held = bool(reason and f"{OWNER} owns its data" in reason)
    environment.expect("DataStack on the owner of data", passed=held, detail=reason)
    reason = environment.refusal(build, *same, "BucketNaming=account")
    held = bool(reason and "would replace the bucket" in reason)
    environment.expect(
        "another name for the owner's bucket", passed=held, detail=reason
    )


# ---- what runs without requests --------------------------------------------------


def no_change(environment: Environment, standing: Standing) -> None:
    """Show that an update that changes nothing changes nothing, by hand."""
    declared, before = _reading(environment, standing)
    versions = environment.versions(OWNER)
    with console.step("update", "with no change"):
        environment.deploy(OWNER, standing.build, DeployId=first_id(standing))
    after = declared.read(environment.clients)
    log = (standing.place / "deploy.log").read_text("utf-8")
    environment.expect("SAM CLI finds no change", passed="No changes to deploy" in log)
    changed = differences(before, after)
    environment.expect(
        "every property is as it was", passed=not changed, detail=_few(changed, before)
    )
    environment.expect(
        "no version is published", passed=environment.versions(OWNER) == versions
    )


def first_id(standing: Standing) -> str:
    """Return a stack's first `DeployId`, which `sam deploy` by hand would keep."""
    return standing.parameters["DeployId"]


def _reading(environment: Environment, standing: Standing) -> tuple[Json, Json]:
    declared = environment.declared(standing)
    return declared, declared.read(environment.clients)


def _few(changed: list[str], state: Json) -> str:
    total = sum(map(len, state.values()))
    return ", ".join(changed[:5]) or f"{total} values compared"


def new_versions(environment: Environment, standing: Standing, other: Build) -> None:
    """Change the runtime, a parameter or the memory alone: each publishes a version.

    The alias moves to each; in the end everything is as it was.
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
    """See that `live` names a new version, and that the ones before are still there."""
    after, now = environment.live(stack), environment.versions(stack)
    for name, found in after.items():
        held = found[0] not in versions[name] and set(versions[name]) < set(now[name])
        detail = f"{_move(before[name], found)}, {len(now[name])} kept"
        environment.expect(
            f"`live` of {name} is a new version", passed=held, detail=detail
        )


def _move(before: tuple[str, str], after: tuple[str, str]) -> str:
    return f"{before[1]} (version {before[0]}) -> {after[1]} (version {after[0]})"


# ---- with requests running -------------------------------------------------------


@contextmanager
def serving(environment: Environment, deployment: Deployment) -> Iterator[LiveApi]:
    """Serve a stack over HTTP, each request by the version that `live` names."""
    versions = VersionInvoker(
        deployment, environment.clients, environment.folder / deployment.stack
    )
    with LiveApi(versions, environment.port) as api:
        yield api
    for error in versions.errors:
        environment.faults.append(f"the rehearsal's own API broke: {error!r}")


def warming(environment: Environment, deployment: Deployment, api: LiveApi) -> None:
    """Send what the warming rule sends: the functions are kept warm by it."""
    console.say("the warming rule's targets")
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
                f"{name} takes {target['Input']} as a call to keep warm",
                passed=outcome.error is None,
                detail=outcome.payload.decode(),
            )


def switch(
    environment: Environment, api: LiveApi, data: StoredRecords, build: Build
) -> None:
    """Switch the implementation in folder: no request and no item is lost."""
    name = build.implementation
    before, versions = environment.live(OWNER), environment.versions(OWNER)
    with Traffic(api.url) as traffic:
        traffic.wait()
        with console.step("switch", f"to {name}, with requests running"):
            environment.deploy(OWNER, build)
        traffic.wait()
    seen, after = traffic.seen, environment.live(OWNER)
    environment.expect(
        "no request is lost", passed=_all_answered(seen), detail=_counts(seen)
    )
    environment.expect(
        "both implementations answered, and the new one last",
        passed=len(set(seen.implementations)) == 2 and seen.implementations[-1] == name,
        detail=f"{len(seen.implementations)} answers of getHealth",
    )
    check_alias_moved(environment, before, versions)
    for function, found in after.items():
        other = found[1] != before[function][1]
        environment.expect(
            f"{function} has another runtime", passed=other, detail=found[1]
        )
    data.add(seen)
    data.check(api.url)


def _all_answered(seen: Json) -> bool:
    return seen.requests > 0 and not seen.lost


def _counts(seen: Json) -> str:
    lost = "".join(f"; {line}" for line in seen.lost[:3])
    return f"{seen.requests} answered, {len(seen.lost)} lost{lost}"


def second_stack(
    environment: Environment, data: StoredRecords, deployment: Deployment
) -> None:
    """Let a second stack work on the data of the first, and the first on its."""
    console.say(f"{deployment.stack}, over the data of {OWNER}")
    with serving(environment, deployment) as api:
        with Traffic(api.url) as traffic:
            traffic.wait()
        seen = traffic.seen
        environment.expect(
            "no request is lost", passed=_all_answered(seen), detail=_counts(seen)
        )
        data.add(seen)
        data.check(api.url)


def broken_update(
    environment: Environment, standing: Standing, api: LiveApi, data: StoredRecords
) -> None:
    """Let a deploy fail half-way: it rolls back, and the stack serves on."""
    declared, before = _reading(environment, standing)
    lives = environment.live(OWNER)
    seen_before = len(api.versions.served)
    with Traffic(api.url) as traffic:
        traffic.wait()
        with console.step("update", "that fails once both aliases have moved"):
            failed = _fails(environment)
        traffic.wait()
    environment.expect(
        "the deploy fails", passed=failed, detail=environment.failure(OWNER)
    )
    done = environment.done_before_failure(OWNER)
    environment.expect("both aliases had moved by then", passed=set(ALIASES) <= done)
    status = environment.status(OWNER)
    environment.expect(
        "CloudFormation rolls back",
        passed=status == "UPDATE_ROLLBACK_COMPLETE",
        detail=status,
    )
    during = sorted({one.version for one in api.versions.served[seen_before:]})
    console.say(f"          versions that served meanwhile: {', '.join(during)}")
    after = environment.live(OWNER)
    environment.expect(
        "`live` is where it was", passed=after == lives, detail=_lives(after)
    )
    changed = differences(before, declared.read(environment.clients))
    environment.expect(
        "every property is as it was", passed=not changed, detail=_few(changed, before)
    )
    seen = traffic.seen
    environment.expect(
        "no request is lost", passed=_all_answered(seen), detail=_counts(seen)
    )
    data.add(seen)
    data.check(api.url)


def _lives(live: dict[str, tuple[str, str]]) -> str:
    return ", ".join(f"{name} {one[1]} ({one[0]})" for name, one in live.items())


def _fails(environment: Environment) -> bool:
    """Deploy the other code and a resource that cannot be; say whether it fails."""

    def add_impossible(template: dict[str, Json]) -> None:
        template["Resources"]["Impossible"] = impossible(list(ALIASES))

    try:
        environment.deploy(
            OWNER, environment.builds["typescript"], add_impossible, DeployId=FAILED
        )
    except SamError:
        return True
    return False
