"""`make iam`: remove every right, one at a time, and check that its cases fail.

A right is removed from the roles of both implementations at once. Exit code 0 if every
right is needed or listed as not judged and every forbidden call is denied, 1 if not, 2
if the proof could not run.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from lab.iam.cases import CaseResult, run_cases
from lab.iam.errors import CannotProveError
from lab.iam.forbidden import OTHER, calls_of, try_calls
from lab.iam.judgement import Judgement, judge_removed_right, judge_swapped_role
from lab.iam.listed_rights import ListedRights, entry_faults, read_listed_rights
from lab.iam.rights import Right, faults_of, rights_of, without
from lab.iam.stack import Policy, policies_of, replace_policies
from lab.iam.static import findings
from local.command import CLOUD_PORT, DONE, FOUND, PORT, parser_of, run
from local.commands.own_stack import NotStartedError, Ports, started
from local.commands.start import ports_of
from local.console import print_line
from local.emulator.clients import Clients
from local.http.ports import PortError, require_apart
from local.stopping import ignore_signals

FORESEEN = (CannotProveError, NotStartedError, PortError, ClientError, BotoCoreError)


@dataclass
class Proof:
    """A running stack, its listed and deployed rights, and the results so far."""

    ports: Ports
    clients: Clients
    listed: Mapping[str, ListedRights]
    policies: Sequence[Policy]
    counts: Counter[str] = field(default_factory=Counter)
    provable: set[tuple[str, str]] = field(default_factory=set)
    """Functions with rights that are listed as not judged although cases need them."""

    def of(self, function: str) -> list[Policy]:
        """Return the policies of a function, one for each implementation."""
        return [one for one in self.policies if one.function == function]

    def wrong(self, kind: str, what: str) -> None:
        """Count a fault and print it."""
        self.counts[f"wrong {kind}"] += 1
        print_line(f"        WRONG: {what}")

    def run_cases_without(
        self, removed: Callable[[Right, str], bool], cases: Sequence[str]
    ) -> list[CaseResult]:
        """Run cases while the roles lack the rights for which `removed` is true."""
        changes = [
            (
                policy,
                without(
                    policy.document,
                    {
                        right
                        for right in rights_of(policy.document)
                        if removed(right, policy.function)
                    },
                ),
            )
            for policy in self.policies
        ]
        with replace_policies(changes, self.clients):
            return run_cases(cases, self.ports)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the proof; return the exit code."""
    options = parser_of("iam", PORT, CLOUD_PORT).parse_args(arguments)
    ports = Ports(options.port, options.cloud_port)
    return run("iam", lambda: _prove(ports), FORESEEN)


def _prove(ports: Ports) -> int:
    require_apart(ports_of(ports.api, ports.cloud))
    began, listed = time.monotonic(), read_listed_rights()
    for function in OTHER:
        calls_of(function)  # finds a fault in the file before the minutes of the proof
    print_line("starting a stack")
    with started(ports) as clients:
        proof = Proof(ports, clients, listed, policies_of(clients))
        _check_entries(proof)
        _lint(proof)
        if not proof.counts["wrong statements"]:
            _judge(proof)
        ignore_signals()
    return _close(proof, time.monotonic() - began)


def _judge(proof: Proof) -> None:
    _require_all_cases_pass(proof)
    for function in proof.listed:
        _remove_each(proof, function)
    for function in proof.listed:
        _swap(proof, function)
    for policy in proof.policies:
        _forbid(proof, policy)


def _check_entries(proof: Proof) -> None:
    """Compare the deployed policies with the data file."""
    functions = {policy.function for policy in proof.policies}
    if functions != set(proof.listed) or functions != set(OTHER):
        raise CannotProveError(
            f"the stacks have the functions {', '.join(sorted(functions))}, rights.yaml"
            f" has {', '.join(sorted(proof.listed))}, forbidden.py {', '.join(OTHER)}"
        )
    for policy in proof.policies:
        print_line(f"{policy.function:<7} {policy.implementation}: {policy.role_name}")
        faults = list(faults_of(policy.document))
        for fault in faults:
            proof.wrong("statements", fault)
        if faults:
            continue
        names = [right.name for right in rights_of(policy.document)]
        for fault in entry_faults(proof.listed[policy.function], names):
            proof.wrong("entries", fault)


def _lint(proof: Proof) -> None:
    found = findings(proof.policies)
    print_line(f"cloudsplaining and cfn-lint on the policies: {len(found)} findings")
    for what in found:
        proof.wrong("findings", what)


def _require_all_cases_pass(proof: Proof) -> None:
    """Run all cases while the roles lack the rights that are not judged.

    A case that passes with fewer rights passes with all. So this also shows that the
    cases in the data file do not fail anyway.
    """
    print_line("all cases, without the rights that are not judged here")
    ran = proof.run_cases_without(
        lambda right, function: right.name in proof.listed[function].not_judged, []
    )
    names = {case for listed in proof.listed.values() for case in listed.cases}
    missing = sorted(names - {one.case for one in ran})
    if missing:
        raise CannotProveError(f"the contract has no case {', '.join(missing)}")
    needing = [one for one in ran if not one.conforms]
    print_line(f"        {len(ran)} results, {len(needing)} did not pass")
    if needing:
        _report_needing_cases(proof, list(dict.fromkeys(one.case for one in needing)))


def _report_needing_cases(proof: Proof, cases: Sequence[str]) -> None:
    """Report the rights that are listed as not judged although cases need them."""
    failed = [one for one in run_cases(cases, proof.ports) if not one.conforms]
    if failed:
        raise CannotProveError(f"fails with every right: {', '.join(map(str, failed))}")
    before = proof.counts["wrong rights"]
    for function, listed in proof.listed.items():
        for name in listed.not_judged:
            ran = proof.run_cases_without(_named(name, function), cases)
            needing = list(dict.fromkeys(one.case for one in ran if not one.conforms))
            if needing:
                proof.provable.add((function, name))
                proof.wrong(
                    "rights",
                    f"{function} {name} is listed as not judged, but these cases need"
                    f" it: {', '.join(needing)}",
                )
    if proof.counts["wrong rights"] == before:
        raise CannotProveError(
            f"passed without each single right, failed without all: {', '.join(cases)}"
        )


def _named(name: str, function: str) -> Callable[[Right, str], bool]:
    return lambda right, of: (right.name, of) == (name, function)


def _remove_each(proof: Proof, function: str) -> None:
    listed = proof.listed[function]
    for right in rights_of(proof.of(function)[0].document):
        print_line(f"{function:<7} {right.name}\n        {right.resource}")
        page = listed.not_judged.get(right.name)
        cases = listed.needed_by.get(right.name)
        if (function, right.name) in proof.provable:
            print_line("        listed as not judged, but needed: see above")
        elif page:
            proof.counts["not judged"] += 1
            print_line(f"        not judged here: {page}")
        elif cases:
            ran = proof.run_cases_without(_named(right.name, function), cases)
            _report(proof, "needed", judge_removed_right(ran))
        else:
            print_line("        no entry: see above")


def _report(proof: Proof, kind: str, judgement: Judgement) -> None:
    if judgement.wrong:
        proof.wrong("rights" if kind == "needed" else "swaps", judgement.text)
    else:
        proof.counts[kind] += 1
        print_line(f"        {judgement.text}")


def _swap(proof: Proof, function: str) -> None:
    """Give a function the other's policy; each of its cases must answer 500."""
    print_line(f"{function:<7} with the rights of {OTHER[function]}")
    changes = [
        (mine, theirs.document)
        for mine in proof.of(function)
        for theirs in proof.of(OTHER[function])
        if mine.stack == theirs.stack
    ]
    with replace_policies(changes, proof.clients):
        ran = run_cases(proof.listed[function].cases, proof.ports)
    _report(proof, "swapped", judge_swapped_role(ran))


def _forbid(proof: Proof, policy: Policy) -> None:
    print_line(f"{policy.function:<7} {policy.implementation}: forbidden calls")
    made: Counter[str] = Counter()
    for call, outcome in try_calls(policy, proof.policies, proof.clients):
        made[call.split()[0]] += 1
        if outcome:
            proof.wrong("calls", f"{call}: {outcome}")
    proof.counts["forbidden"] += made.total()
    services = ", ".join(f"{service} {count}" for service, count in made.items())
    print_line(f"        {made.total()} calls: {services}")


def _close(proof: Proof, seconds: float) -> int:
    counts = proof.counts
    entries = counts["wrong entries"] + counts["wrong statements"]
    print_line("")
    print_line(
        f"rights: {counts['needed']} needed, {counts['not judged']} not judged here,"
        f" {counts['wrong rights']} wrong; {entries} wrong entries,"
        f" {counts['wrong findings']} findings"
    )
    print_line(
        f"roles: {counts['swapped']} swapped, {counts['wrong swaps']} wrong;"
        f" {counts['forbidden']} forbidden calls, {counts['wrong calls']} not denied"
        f" ({seconds:.0f} s)"
    )
    wrong = any(count for name, count in counts.items() if name.startswith("wrong"))
    return FOUND if wrong else DONE


if __name__ == "__main__":
    sys.exit(main())
