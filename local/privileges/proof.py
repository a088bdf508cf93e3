"""`make iam`: take every right away, one at a time, and see a case fail without it.

Exit code 0 when every right is needed or listed as not judged, 1 when one is not, 2
when the proof could not be run.
"""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from local.console import say
from local.privileges.forbidden import OTHER, tried
from local.privileges.rights import rights_of, without
from local.privileges.stack import (
    CannotProveError,
    Policy,
    Ports,
    policy_of,
    replaced,
    started,
    statuses,
    verdicts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local.clients import Clients
    from local.privileges.rights import Right

Json = Any
CANDIDATES = Path(__file__).with_name("candidates.yaml")
NOT_RUN = 2


@dataclass
class Counts:
    """What became of the rights; `wrong` are those not accounted for."""

    needed: int = 0
    not_judged: int = 0
    wrong: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the proof; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.privileges.proof")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--cloud-port", type=int, default=4566)
    options = parser.parse_args(arguments)
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _stop)
    try:
        return _prove(Ports(options.port, options.cloud_port))
    except CannotProveError as error:
        sys.stderr.write(f"iam: {error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("iam: stopped\n")
    return NOT_RUN


def _stop(_: int, __: object) -> NoReturn:
    raise KeyboardInterrupt


def _prove(ports: Ports) -> int:
    data = yaml.safe_load(CANDIDATES.read_text("utf-8"))
    counts = Counts()
    say("starting a stack")
    with started(ports) as clients:
        _require_all_pass(data, ports)
        for function, known in data.items():
            policy = policy_of(function, clients)
            for right in rights_of(policy.document):
                _judge(right, policy, known, (clients, ports), counts)
        swaps = _swap(data, clients, ports)
        forbidden, allowed = _forbid(data, clients)
    total = counts.needed + counts.not_judged + counts.wrong
    say(
        f"{total} rights: {counts.needed} needed, {counts.not_judged} not judged here,"
        f" {counts.wrong} wrong"
    )
    say(f"{forbidden} forbidden calls: {allowed} not denied; {swaps} swaps wrong")
    return 1 if counts.wrong or swaps or allowed else 0


def _require_all_pass(data: Mapping[str, Json], ports: Ports) -> None:
    """Without this a case that fails anyway would prove every right."""
    cases = every_case(data)
    failed = [one for one, how in verdicts(cases, ports).items() if how != "passed"]
    if failed:
        raise CannotProveError(f"fails with every right: {', '.join(failed)}")


def every_case(data: Mapping[str, Json]) -> list[str]:
    """Return every case that the data file names, each once."""
    lists = (cases for known in data.values() for cases in known["candidates"].values())
    return list(dict.fromkeys(case for cases in lists for case in cases))


def _judge(
    right: Right,
    policy: Policy,
    known: Mapping[str, Json],
    where: tuple[Clients, Ports],
    counts: Counts,
) -> None:
    clients, ports = where
    unjudged = right.name in known["notJudged"]
    own = known["candidates"].get(right.name)
    cases = every_case({policy.function: known}) if unjudged else own
    failed: list[str] = []
    if cases:
        with replaced(policy, without(policy.document, right), clients):
            ran = verdicts(cases, ports)
        failed = [case for case, verdict in ran.items() if verdict == "failed"]
    say(f"{policy.function:<7} {right.name}\n        {right.resource}")
    if unjudged and not failed:
        counts.not_judged += 1
        say(f"        not judged here: {known['notJudged'][right.name]}")
    elif failed and not unjudged:
        counts.needed += 1
        say(f"        needed by {', '.join(failed)}")
    else:
        counts.wrong += 1
        why = "listed as not judged, but needed by" if unjudged else "needed by no case"
        say(f"        WRONG: {why} {', '.join(failed)}".rstrip())


def _swap(data: Mapping[str, Json], clients: Clients, ports: Ports) -> int:
    """Give each function the other's policy; return how many did not fail cleanly."""
    policies = {function: policy_of(function, clients) for function in data}
    wrong = 0
    for function, policy in policies.items():
        other = policies[OTHER[function]]
        with replaced(policy, other.document, clients):
            ran = statuses(every_case({function: data[function]}), ports)
        passed = [case for case, one in ran.items() if one.verdict != "failed"]
        clean = [case for case, one in ran.items() if 500 in one.statuses]
        say(f"{function:<7} with the rights of {OTHER[function]}")
        say(f"        {len(ran)} cases, {len(ran) - len(passed)} failed")
        say(f"        {len(clean)} answered 500; not failed: {', '.join(passed)}")
        wrong += not clean
    return wrong


def _forbid(data: Mapping[str, Json], clients: Clients) -> tuple[int, int]:
    """Make the forbidden calls; return how many, and how many were not denied."""
    made = not_denied = 0
    for function in data:
        for call, outcome in tried(function, clients):
            made += 1
            if outcome:
                not_denied += 1
                say(f"{function:<7} WRONG: {call}: {outcome}")
    return made, not_denied


if __name__ == "__main__":
    sys.exit(main())
