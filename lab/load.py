"""Raise the load on running stacks until they are past their knee.

    python -m lab.load --target python=http://127.0.0.1:3000

Creates one user at each target, then reads it with 1, 8, 32 and 128 clients for some
seconds each, by wrk (in Debian: apt-get install wrk); who is refused waits as it is
told. Prints requests answered a second, the latencies and every answer that was not
200. Below the knee there must be none; above it only 503 with Retry-After, and what is
answered must not fall below half. Exit code 0 when that holds, 1 when it does not, 2
when nothing could be measured. Loopback only.

    python -m lab.load --rounds 20 --seconds 2 --target old=URL --target new=URL

compares two stacks instead: 8 clients at one and then at the other, the order turned
each round, because a machine's speed drifts. Prints each one's rates and the median of
the second's rate over the first's in the same round.
"""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from local.children import tied
from local.command import DONE, parser_of, run

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STEPS = (1, 8, 32, 128)
COMPARED_CLIENTS = 8
SCRIPT = Path(__file__).with_name("load.lua")
# What was on its way when a step ended may still fill the stack.
RETRY_SECONDS = 30
ANSWER_SECONDS = 30  # what API Gateway gives an integration
MARK = "result "  # before the one line that the script adds
# More clients than before gain less than this: the knee is behind.
GAIN_BEFORE_KNEE = 1.1
# Beyond the knee less than this part of its rate is a collapse.
LEAST_BEYOND_KNEE = 0.5


class LoadError(Exception):
    """Nothing can be measured; the text is the one line a user reads."""


@dataclass(frozen=True)
class LoadStep:
    """What came of so many clients; latencies in milliseconds, refusals among them.

    `rate` is of requests that were answered with 200. `refused` counts 503 with
    Retry-After, `failed` every other answer, `broken` connections without one.
    """

    clients: int
    rate: float
    p50: float
    p99: float
    refused: int
    failed: int
    broken: int


def main(argv: list[str] | None = None) -> int:
    """Run every step on every target; return the exit code."""
    options = parse(argv)
    return run("load", lambda: _loaded(options), (LoadError,))


def _loaded(options: Namespace) -> int:
    targets = [parse_target(target) for target in options.target]
    if options.rounds:
        compare(targets, options.rounds, options.seconds)
        return DONE
    return report(
        {name: list(steps(name, url, options.seconds)) for name, url in targets}
    )


def parse(argv: list[str] | None) -> Namespace:
    """Read the command line."""
    parser = parser_of("load")
    parser.add_argument("--target", action="append", required=True, help="name=url")
    parser.add_argument("--seconds", type=int, default=10, help="of each step")
    parser.add_argument("--rounds", type=int, default=0, help="compare two targets")
    options = parser.parse_args(argv)
    if options.seconds < 1:
        parser.error("--seconds must be 1 or more")
    if options.rounds < 0 or (options.rounds and len(options.target) != 2):
        parser.error("--rounds compares two targets, 1 time or more")
    return options


def parse_target(target: str) -> tuple[str, str]:
    """Return name and address of a target; load goes to loopback only."""
    name, found, url = target.partition("=")
    if not found:
        raise LoadError(f"{target} is not name=url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # which is refused when it is read
    except ValueError as error:
        raise LoadError(f"{url}: {error}") from None
    if host not in LOOPBACK:
        raise LoadError("load goes to loopback only")
    return name, url


def steps(name: str, url: str, seconds: int) -> Iterator[LoadStep]:
    """Yield what comes of each number of clients at one target."""
    wrk = wrk_path()
    with user_at(url) as address:
        for clients in STEPS:
            sys.stderr.write(f"load: {name}, {clients} clients, {seconds} s\n")
            yield step(wrk, address, clients, seconds)


def compare(targets: list[tuple[str, str]], rounds: int, seconds: int) -> None:
    """Print the rates of two targets that take turns, and how they compare."""
    wrk = wrk_path()
    (one, url), (other, other_url) = targets
    rates: dict[str, list[float]] = {one: [], other: []}
    with user_at(url) as address, user_at(other_url) as other_address:
        turn = [(one, address), (other, other_address)]
        for number in range(rounds):
            sys.stderr.write(f"load: round {number + 1} of {rounds}\n")
            for name, where in turn if number % 2 == 0 else turn[::-1]:
                found = step(wrk, where, COMPARED_CLIENTS, seconds)
                if found.failed or found.broken or found.refused:
                    raise LoadError(f"{name} did not answer every request with 200")
                rates[name].append(found.rate)
    for name, found_rates in rates.items():
        print(f"{name}: {spread(found_rates, '.0f')} answered/s")
    ratios = [b / a for a, b in zip(rates[one], rates[other], strict=True)]
    print(f"{other} over {one}: {spread(ratios, '.2f')}, {rounds} rounds")


def spread(values: list[float], digits: str) -> str:
    """Return the median, and from where to where the middle half of values lies."""
    low, middle, high = (
        statistics.quantiles(values, n=4) if len(values) > 1 else 3 * values
    )
    return f"{middle:{digits}} ({low:{digits}} to {high:{digits}})"


def wrk_path() -> str:
    """Return where wrk is; raise `LoadError` where it is not."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise LoadError("wrk is not here; on Debian: apt-get install wrk")
    return wrk


@contextmanager
def user_at(url: str) -> Iterator[str]:
    """Create a user to read; give its address, and delete it afterwards."""
    body = json.dumps({"email": f"load@{uuid.uuid4().hex}.example", "name": "Load"})
    address = f"{url}/users/{user_id_of(call(f'{url}/users', 'POST', body))}"
    try:
        yield address
    finally:
        call(address, "DELETE")


def user_id_of(answer: bytes) -> str:
    """Return the id of the user that was created."""
    try:
        user_id: str = json.loads(answer)["userId"]
    except (ValueError, LookupError, TypeError):
        raise LoadError(f"no user was created, but answered: {answer[:80]!r}") from None
    return user_id


def call(url: str, method: str, body: str | None = None) -> bytes:
    """Send one request until it is not refused, and return the answer's body.

    Raises `LoadError`.
    """
    request = urllib.request.Request(  # noqa: S310 - loopback
        url,
        body.encode() if body is not None else None,
        {"content-type": "application/json"},
        method=method,
    )
    for _ in range(RETRY_SECONDS):
        try:
            return answer_of(request)
        except Refused:
            pass
        except ConnectionRefusedError:
            raise LoadError(f"nothing is at {url}; run first: make start") from None
        except (OSError, HTTPException) as error:
            raise LoadError(f"{method} {url}: {error}") from None
        time.sleep(1)  # as Retry-After says
    raise LoadError(f"{method} {url} is refused for {RETRY_SECONDS} s")


class Refused(Exception):
    """The stack has too much in hand."""


def answer_of(request: urllib.request.Request) -> bytes:
    """Return the answer's body; raises `Refused`, `OSError` or `HTTPException`."""
    try:
        with urllib.request.urlopen(  # noqa: S310 - loopback
            request, timeout=ANSWER_SECONDS
        ) as answer:
            octets: bytes = answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 503 and error.headers["retry-after"]:
            raise Refused from None
        raise
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from None
    return octets


def step(wrk: str, address: str, clients: int, seconds: int) -> LoadStep:
    """Run wrk with so many connections, and read what its script tells."""
    command = [
        *[wrk, "--threads", "1", "--connections", str(clients)],
        *["--duration", f"{seconds}s", "--timeout", "30s", "--script", str(SCRIPT)],
        address,
    ]
    done = subprocess.run(tied(command), capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode != 0 or not lines:
        raise LoadError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    told = json.loads(lines[0].removeprefix(MARK))
    answered = told.pop("requests") - told["refused"] - told["failed"]
    return LoadStep(clients, answered / told.pop("seconds"), **told)


def report(results: dict[str, list[LoadStep]]) -> int:
    """Print the figures; 1 where they are not as they must be, which is told."""
    faults = [
        f"{name}: {fault}"
        for name, found in results.items()
        for fault in faults_in(found)
    ]
    for name, found in results.items():
        knee = knee_of(found)
        print(f"{name}: the knee is at {knee} clients")
        print("  clients  answered/s   p50 ms   p99 ms  refused  failed  broken")
        for one in found:
            print(
                f"  {one.clients:7d}  {one.rate:10.0f}  {one.p50:7.1f}  {one.p99:7.1f}"
                f"  {one.refused:7d}  {one.failed:6d}  {one.broken:6d}"
            )
    print("p50 and p99 are of every answer, refusals as well")
    for fault in faults:
        print(f"FAILED {fault}")
    return 1 if faults else 0


def faults_in(found: list[LoadStep]) -> Iterator[str]:
    """Yield what must not be: failures, refusals below the knee, a collapse beyond."""
    knee = knee_of(found)
    at_knee = next(one.rate for one in found if one.clients == knee)
    for one in found:
        if one.failed or one.broken:
            yield f"{one.clients} clients: {one.failed} failed, {one.broken} broken"
        if one.refused and one.clients < knee:
            yield f"{one.clients} clients: {one.refused} refused below the knee"
        if one.clients > knee and one.rate < at_knee * LEAST_BEYOND_KNEE:
            yield f"{one.clients} clients: less than half of what the knee answers"


def knee_of(found: list[LoadStep]) -> int:
    """Return the number of clients from which more of them gain next to nothing."""
    for one, more in itertools.pairwise(found):
        if more.rate < one.rate * GAIN_BEFORE_KNEE:
            return one.clients
    return found[-1].clients


if __name__ == "__main__":
    sys.exit(main())
