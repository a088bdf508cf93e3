"""How many requests a second the local front answers, and what the stack weighs.

    python -m bench.front --url http://127.0.0.1:3000 --stack-pid PID

Creates one user, then reads it (`GET /users/{userId}`) with a number of clients, each
a process of its own on one kept connection, for several rounds. Prints requests a
second (median, least, most over the rounds), latency percentiles and errors. With
`--stack-pid` it also prints the memory (PSS, so that shared pages count once) of that
process and its descendants before the load. Loopback only.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import statistics
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
KIB_PER_MIB = 1_024
JSON = {"content-type": "application/json"}

Round = tuple[list[float], int]


def main(argv: list[str] | None = None) -> int:
    """Run the rounds; exit code 1 if any request failed, 2 for unusable arguments."""
    options = parse(argv)
    address = urlsplit(options.url)
    if address.hostname not in LOOPBACK:
        print("front: load goes to loopback only", file=sys.stderr)
        return 2
    if options.stack_pid:
        print(f"memory at rest: {memory_mib(options.stack_pid):.0f} MiB")
    host = f"{address.hostname}:{address.port}"
    try:
        user_id = create_user(host)
    except OSError as error:
        print(f"front: {options.url} does not answer: {error}", file=sys.stderr)
        return 2
    results = [measure(host, user_id, options) for _ in range(options.rounds)]
    request(http.client.HTTPConnection(host), "DELETE", f"/users/{user_id}")
    return report(results, options)


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.front")
    parser.add_argument("--url", default="http://127.0.0.1:3000")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=250, help="per client, round")
    parser.add_argument("--stack-pid", type=int)
    return parser.parse_args(argv)


def request(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
) -> tuple[int, bytes]:
    """Send one request and read the whole answer: status and body."""
    connection.request(method, path, body, JSON if body else {})
    response = connection.getresponse()
    return response.status, response.read()


def create_user(host: str) -> str:
    """Create the user that the load reads, and return its id."""
    body = json.dumps({"email": f"load@{uuid.uuid4().hex}.example", "name": "Load"})
    _, answer = request(http.client.HTTPConnection(host), "POST", "/users", body)
    return str(json.loads(answer)["userId"])


def measure(
    host: str, user_id: str, options: argparse.Namespace
) -> tuple[float, Round]:
    """Run one round: its wall time in seconds, all latencies, and the errors."""
    work = [(host, user_id, options.requests)] * options.clients
    with multiprocessing.Pool(options.clients) as pool:
        pool.map(abs, range(options.clients))  # the processes are up before the clock
        started = time.perf_counter()
        parts = pool.starmap(client, work, chunksize=1)
        wall = time.perf_counter() - started
    latencies = [latency for part, _ in parts for latency in part]
    return wall, (latencies, sum(errors for _, errors in parts))


def client(host: str, user_id: str, requests: int) -> Round:
    """Read the user so many times on one connection: latencies in s, and errors."""
    connection = http.client.HTTPConnection(host)
    latencies, errors = [], 0
    for _ in range(requests):
        started = time.perf_counter()
        status, _ = request(connection, "GET", f"/users/{user_id}")
        latencies.append(time.perf_counter() - started)
        errors += status != 200
    return latencies, errors


def report(results: list[tuple[float, Round]], options: argparse.Namespace) -> int:
    """Print the figures; 1 if there was an error."""
    rates = sorted(len(latencies) / wall for wall, (latencies, _) in results)
    latencies = sorted(value for _, (part, _) in results for value in part)
    errors = sum(count for _, (_, count) in results)
    print(
        f"{options.clients} clients, {len(results)} rounds, {len(latencies)} requests: "
        f"{statistics.median(rates):.0f} requests/s "
        f"(least {rates[0]:.0f}, most {rates[-1]:.0f}), {errors} errors"
    )
    p50, p99 = (latencies[int(len(latencies) * share)] * 1e3 for share in (0.5, 0.99))
    most = latencies[-1] * 1e3
    print(f"latency: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms")
    return 1 if errors else 0


def memory_mib(pid: int) -> float:
    """Return the proportional set size of a process and its descendants in MiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(line.split()[1]) / KIB_PER_MIB + sum(map(memory_mib, map(int, children)))


if __name__ == "__main__":
    sys.exit(main())
