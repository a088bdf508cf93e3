"""`make iam`: take every right away, one at a time, and see its cases fail without it.

On both implementations at once: a right is taken from the role in each one's stack.
Exit code 0 when every right is needed or listed as not judged and nothing else may be
done, 1 when not, 2 when the proof could not be run.
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
    """A running stack, what is known of its rights, and what was found so far."""

    ports: Ports
    clients: Clients
    known: Mapping[str, ListedRights]
    policies: Sequence[Policy]
    counts: Counter[str] = field(default_factory=Counter)
    provable: set[tuple[str, str]] = field(default_factory=set)
    """Functions and their rights that are listed as not judged, and could be."""

    def of(self, function: str) -> list[Policy]:
        """Return the policies of a function, one for each implementation."""
        return [one for one in self.policies if one.function == function]

    def wrong(self, kind: str, what: str) -> None:
        """Tell of something that must not be."""
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
    began, known = time.monotonic(), read_listed_rights()
    for function in OTHER:
        calls_of(function)  # to tell of a fault in the file before minutes have passed
    print_line("starting a stack")
    with started(ports) as clients:
        proof = Proof(ports, clients, known, policies_of(clients))
        _check_entries(proof)
        _lint(proof)
        if not proof.counts["wrong statements"]:
            _judge(proof)
        ignore_signals()
    return _close(proof, time.monotonic() - began)


def _judge(proof: Proof) -> None:
    _require_all_cases_pass(proof)
    for function in proof.known:
        _remove_each(proof, function)
    for function in proof.known:
        _swap(proof, function)
    for policy in proof.policies:
        _forbid(proof, policy)


def _check_entries(proof: Proof) -> None:
    """Hold the deployed policies to the data file, both ways."""
    functions = {policy.function for policy in proof.policies}
    if functions != set(proof.known) or functions != set(OTHER):
        raise CannotProveError(
            f"the stacks have the functions {', '.join(sorted(functions))}, the data"
            f" file {', '.join(sorted(proof.known))}, forbidden.py {', '.join(OTHER)}"
        )
    for policy in proof.policies:
        print_line(f"{policy.function:<7} {policy.implementation}: {policy.role_name}")
        faults = list(faults_of(policy.document))
        for fault in faults:
            proof.wrong("statements", fault)
        if faults:
            continue
        names = [right.name for right in rights_of(policy.document)]
        for fault in entry_faults(proof.known[policy.function], names):
            proof.wrong("entries", fault)


def _lint(proof: Proof) -> None:
    found = findings(proof.policies)
    print_line(f"cloudsplaining and cfn-lint on the policies: {len(found)} findings")
    for what in found:
        proof.wrong("findings", what)


def _require_all_cases_pass(proof: Proof) -> None:
    """Run the whole suite while no role has what is said not to be judged here.

    What passes with fewer rights passes with all: so this also shows that every case
    named as needing a right holds with it, and would not fail anyway.
    """
    print_line("the whole suite, without the rights that are not judged here")
    ran = proof.run_cases_without(
        lambda right, function: right.name in proof.known[function].not_judged, []
    )
    names = {case for known in proof.known.values() for case in known.cases}
    missing = sorted(names - {one.case for one in ran})
    if missing:
        raise CannotProveError(f"the suite has no case {', '.join(missing)}")
    needing = [one for one in ran if not one.conforms]
    print_line(f"        {len(ran)} results, {len(needing)} not held")
    if needing:
        _report_needing_cases(proof, list(dict.fromkeys(one.case for one in needing)))


def _report_needing_cases(proof: Proof, cases: Sequence[str]) -> None:
    """Name the rights, said not to be judged here, that cases turned out to need."""
    failed = [one for one in run_cases(cases, proof.ports) if not one.conforms]
    if failed:
        raise CannotProveError(f"fails with every right: {', '.join(map(str, failed))}")
    before = proof.counts["wrong rights"]
    for function, known in proof.known.items():
        for name in known.not_judged:
            ran = proof.run_cases_without(_named(name, function), cases)
            needing = list(dict.fromkeys(one.case for one in ran if not one.conforms))
            if needing:
                proof.provable.add((function, name))
                proof.wrong(
                    "rights",
                    f"{function} {name} is listed as not judged, but needed by"
                    f" {', '.join(needing)}",
                )
    if proof.counts["wrong rights"] == before:
        raise CannotProveError(
            f"held without each right alone, not without all: {', '.join(cases)}"
        )


def _named(name: str, function: str) -> Callable[[Right, str], bool]:
    return lambda right, of: (right.name, of) == (name, function)


def _remove_each(proof: Proof, function: str) -> None:
    known = proof.known[function]
    for right in rights_of(proof.of(function)[0].document):
        print_line(f"{function:<7} {right.name}\n        {right.resource}")
        page, cases = known.not_judged.get(right.name), known.needed_by.get(right.name)
        if (function, right.name) in proof.provable:
            print_line("        listed as not judged: see above")
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
    """Give a function the other's policy: each of its cases must answer 500."""
    print_line(f"{function:<7} with the rights of {OTHER[function]}")
    changes = [
        (mine, theirs.document)
        for mine in proof.of(function)
        for theirs in proof.of(OTHER[function])
        if mine.stack == theirs.stack
    ]
    with replace_policies(changes, proof.clients):
        ran = run_cases(proof.known[function].cases, proof.ports)
    _report(proof, "swapped", judge_swapped_role(ran))


def _forbid(proof: Proof, policy: Policy) -> None:
    print_line(f"{policy.function:<7} {policy.implementation}: what it may not do")
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
