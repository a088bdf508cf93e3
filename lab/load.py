"""Raise the load on running stacks beyond their knee.

    python -m lab.load --target python=http://127.0.0.1:3000

Creates one user at each target, then reads it with 1, 8, 32 and 128 clients for some
seconds each, with wrk (Debian: apt-get install wrk). A refused client waits as
Retry-After says. Prints the answered requests a second, the latencies and the number of
responses other than 200. The knee is the number of clients from which more of them gain
next to nothing. Below the knee, every response must be 200. Above it, 503 with
Retry-After is allowed, and the rate must not fall below half of the rate at the knee.
Exit code 0 if that is so, 1 if it is not, 2 if it could not measure. Loopback only.

    python -m lab.load --rounds 20 --seconds 2 --target old=URL --target new=URL

compares two stacks instead. In each round, 8 clients read from one and then from the
other. The order changes each round, because a machine's speed drifts. Prints the rates
of both, and the median of the second's rate over the first's in the same round.
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

from local.children import die_with_parent
from local.command import DONE, parser_of, run

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STEPS = (1, 8, 32, 128)
COMPARED_CLIENTS = 8
SCRIPT = Path(__file__).with_name("load.lua")
# Requests of a step that has ended may still fill the stack.
RETRY_SECONDS = 30
ANSWER_SECONDS = 30  # what API Gateway gives an integration
MARK = "result "  # begins the line that the script prints
# Below the knee, each step raises the rate by at least this factor.
GAIN_BEFORE_KNEE = 1.1
# Beyond the knee, a lower share of its rate than this is a collapse.
LEAST_BEYOND_KNEE = 0.5


class LoadError(Exception):
    """The load cannot be measured; the text is one line for the user."""


@dataclass(frozen=True)
class LoadStep:
    """The result of a number of clients.

    `rate` is the number of 200 responses a second. `p50` and `p99` are latencies in
    milliseconds, of refusals too. `refused` counts 503 with Retry-After, `failed` every
    other response, `broken` connections without a response.
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
    parser.add_argument("--seconds", type=int, default=10, help="duration of a step")
    parser.add_argument(
        "--rounds", type=int, default=0, help="compare two targets in so many rounds"
    )
    options = parser.parse_args(argv)
    if options.seconds < 1:
        parser.error("--seconds must be 1 or more")
    if options.rounds < 0 or (options.rounds and len(options.target) != 2):
        parser.error("--rounds needs two targets and must be 1 or more")
    return options


def parse_target(target: str) -> tuple[str, str]:
    """Return name and address of a target; raises `LoadError` beyond loopback."""
    name, found, url = target.partition("=")
    if not found:
        raise LoadError(f"{target} is not name=url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading them raises `ValueError`
    except ValueError as error:
        raise LoadError(f"{url}: {error}") from None
    if host not in LOOPBACK:
        raise LoadError("targets must be on loopback, such as http://127.0.0.1:3000")
    return name, url


def steps(name: str, url: str, seconds: int) -> Iterator[LoadStep]:
    """Yield the result of each number of clients at one target."""
    wrk = wrk_path()
    with user_at(url) as address:
        for clients in STEPS:
            sys.stderr.write(f"load: {name}, {clients} clients, {seconds} s\n")
            yield step(wrk, address, clients, seconds)


def compare(targets: list[tuple[str, str]], rounds: int, seconds: int) -> None:
    """Print the rates of two targets, measured in turn, and their ratio."""
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
    """Return the median and the quartiles as text."""
    low, middle, high = (
        statistics.quantiles(values, n=4) if len(values) > 1 else 3 * values
    )
    return f"{middle:{digits}} ({low:{digits}} to {high:{digits}})"


def wrk_path() -> str:
    """Return the path of wrk; raises `LoadError` if it is not installed."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise LoadError("wrk is not installed; on Debian: apt-get install wrk")
    return wrk


@contextmanager
def user_at(url: str) -> Iterator[str]:
    """Create a user, yield its address and delete it afterwards."""
    body = json.dumps({"email": f"load@{uuid.uuid4().hex}.example", "name": "Load"})
    address = f"{url}/users/{user_id_of(call(f'{url}/users', 'POST', body))}"
    try:
        yield address
    finally:
        call(address, "DELETE")


def user_id_of(answer: bytes) -> str:
    """Return the id in the response of createUser; raises `LoadError`."""
    try:
        user_id: str = json.loads(answer)["userId"]
    except (ValueError, LookupError, TypeError):
        raise LoadError(f"no user was created; the response: {answer[:80]!r}") from None
    return user_id


def call(url: str, method: str, body: str | None = None) -> bytes:
    """Send a request until it is not refused, and return the body of its response.

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
            raise LoadError(
                f"nothing listens at {url}; run first: make start"
            ) from None
        except (OSError, HTTPException) as error:
            raise LoadError(f"{method} {url}: {error}") from None
        time.sleep(1)  # as Retry-After says
    raise LoadError(f"{method} {url} was refused for {RETRY_SECONDS} s")


class Refused(Exception):
    """The stack answered 503 with Retry-After."""


def answer_of(request: urllib.request.Request) -> bytes:
    """Return the body of a response; raises `Refused`, `OSError`, `HTTPException`."""
    try:
        with urllib.request.urlopen(  # noqa: S310 - loopback
            request, timeout=ANSWER_SECONDS
        ) as answer:
            body: bytes = answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 503 and error.headers["retry-after"]:
            raise Refused from None
        raise
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from None
    return body


def step(wrk: str, address: str, clients: int, seconds: int) -> LoadStep:
    """Run wrk with one connection for each client; raises `LoadError`."""
    command = [
        *[wrk, "--threads", "1", "--connections", str(clients)],
        *["--duration", f"{seconds}s", "--timeout", "30s", "--script", str(SCRIPT)],
        address,
    ]
    done = subprocess.run(
        die_with_parent(command), capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode != 0 or not lines:
        raise LoadError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    counts = json.loads(lines[0].removeprefix(MARK))
    answered = counts.pop("requests") - counts["refused"] - counts["failed"]
    return LoadStep(clients, answered / counts.pop("seconds"), **counts)


def report(results: dict[str, list[LoadStep]]) -> int:
    """Print the figures and the faults; return 1 if there are any, else 0."""
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
    print("p50 and p99 are of all responses, refusals included")
    for fault in faults:
        print(f"FAILED {fault}")
    return 1 if faults else 0


def faults_in(found: list[LoadStep]) -> Iterator[str]:
    """Yield failures, refusals below the knee, and a collapse beyond it."""
    knee = knee_of(found)
    at_knee = next(one.rate for one in found if one.clients == knee)
    for one in found:
        if one.failed or one.broken:
            yield f"{one.clients} clients: {one.failed} failed, {one.broken} broken"
        if one.refused and one.clients < knee:
            yield f"{one.clients} clients: {one.refused} refused below the knee"
        if one.clients > knee and one.rate < at_knee * LEAST_BEYOND_KNEE:
            yield f"{one.clients} clients: less than half of the rate at the knee"


def knee_of(found: list[LoadStep]) -> int:
    """Return the number of clients from which more gain less than 10 %."""
    for one, more in itertools.pairwise(found):
        if more.rate < one.rate * GAIN_BEFORE_KNEE:
            return one.clients
    return found[-1].clients


if __name__ == "__main__":
    sys.exit(main())
