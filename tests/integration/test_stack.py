"""The whole local stack: its ports, its output, its reloads, and what it leaves."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.integration.stacks import (
    ROOT,
    Stack,
    alive,
    eventually,
    free,
    free_ports,
    gone,
)

Start = Callable[..., Stack]

# A handler that prints that it has begun, and then is slow.
SLEEPER = """
import pathlib, time
def handler(event, context):
    pathlib.Path('{begun}').touch()
    time.sleep(25)
"""


BAD_ANSWER = """
def handler(event, context):
    return {"statusCode": 200, "headers": {"x-a": chr(0xD800)}}
"""
INTERNAL = {"message": "Internal Server Error"}


def listening(pids: set[int]) -> set[tuple[str, int]]:
    """Return address and port of every TCP socket that these processes listen on."""
    inodes = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            target = str(handle.readlink())
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add((address, int(port, 16)))
    return found


# ---- the running stack  ------------------------------------------------


def test_everything_listens_on_loopback_only(stack: Stack) -> None:
    pids = {stack.process.pid, *stack.descendants()}

    sockets = listening(pids)

    assert {address for address, _ in sockets} == {"0100007F"}
    ports = {port for _, port in sockets}
    assert set(stack.ports) <= ports


def test_start_prints_its_steps_and_the_urls(stack: Stack) -> None:
    printed = "\n".join(stack.lines[: stack.lines.index("ready")])

    for word in ("local cloud", "build", "deploy"):
        assert word in printed
    for url in (stack.url, stack.typescript_url):
        assert f"{url}\n" in printed
        assert f"{url}/docs\n" in printed
    for url in (stack.endpoint, stack.lambda_endpoint):
        assert url in printed


def test_gaps_are_counted_behind_the_urls_and_a_command_lists_them(
    stack: Stack,
) -> None:
    line = stack.wait_for("  not as on AWS ")
    urls = [number for number, one in enumerate(stack.lines) if stack.url in one]
    assert urls[-1] < stack.lines.index(line) < stack.lines.index("ready")
    counts = re.search(r"(\d+) left out, (\d+) applied afterwards; make gaps", line)
    assert counts is not None

    listed = subprocess.run(
        ["make", "gaps", f"CLOUD_PORT={stack.cloud_port}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    gaps = [one for one in listed.splitlines() if one.startswith("  ")]
    assert len(gaps) == int(counts[1]) + int(counts[2])
    assert any("TLS is not demanded" in one for one in gaps)
    assert not any("TLS" in one for one in stack.lines)


# ---- starting and ending ------------------------------------------------------------


@pytest.mark.parametrize("taken", ["PORT", "PORT + 1", "CLOUD_PORT", "CLOUD_PORT + 1"])
def test_port_in_use_is_one_line_and_exit_code_2(start: Start, taken: str) -> None:
    port, cloud_port = free_ports()
    name, _, further = taken.partition(" + ")
    used = {"PORT": port, "CLOUD_PORT": cloud_port}[name] + int(further or 0)
    with socket.create_server(("127.0.0.1", used)):
        refused = start((port, cloud_port))

        assert refused.exit_code() == 2
    (line,) = filter(None, refused.lines)
    assert line.startswith(f"start: port {used} is in use; choose another with ")
    assert "PORT" in line


def test_failed_build_is_one_line_and_exit_code_2(start: Start, checkout: Path) -> None:
    requirements = checkout / "handlers" / "python" / "requirements.txt"
    pins = requirements.read_text()
    requirements.write_text(pins.replace("sha256:", "sha256:0000"))
    try:
        stack = start()
        code = stack.exit_code()
    finally:
        requirements.write_text(pins)
    told = [line for line in stack.lines if line.startswith("start: ")]
    assert code == 2
    assert len(told) == 1
    assert "build" in told[0]
    assert "Traceback" not in "\n".join(stack.lines)
    assert stack.descendants() == {}


@pytest.mark.parametrize(
    ("name", "why"), [("template.yaml", "(line "), ("samconfig.toml", "(at line ")]
)
def test_broken_file_is_one_line_and_exit_code_2(
    start: Start, checkout: Path, name: str, why: str
) -> None:
    path, digest = checkout / name, checkout / ".local" / "python" / "build.digest"
    sound, kept = path.read_bytes(), digest.read_bytes() if digest.exists() else None
    digest.unlink(missing_ok=True)  # what is built already would not be built again
    path.write_text("[dev\n", encoding="utf-8")
    try:
        stack = start()
        code = stack.exit_code()
    finally:
        path.write_bytes(sound)
        if kept is not None:
            digest.write_bytes(kept)
    assert code == 2
    (line,) = [one for one in stack.lines if "cannot be read" in one]
    assert line.startswith(f"start: {name} cannot be read: ")
    assert why in line
    assert "Traceback" not in "\n".join(stack.lines)


def test_missing_tool_is_one_line_and_exit_code_2(start: Start, checkout: Path) -> None:
    package = checkout / "node_modules"
    package.unlink()
    try:
        stack = start()
        code = stack.exit_code()
    finally:
        package.symlink_to(ROOT / "node_modules")
    assert code == 2
    (line,) = filter(None, stack.lines)
    assert line.startswith("start: node_modules/swagger-ui-dist/")
    assert line.endswith(" is not there; install it with: make setup")


def test_two_stacks_of_one_checkout_do_not_touch_each_other(start: Start) -> None:
    first = start().ready()
    second = start().ready()

    second.end()

    health = requests.get(f"{first.url}/health", timeout=40)
    assert health.status_code == 200
    assert first.logs.is_dir()
    assert not second.logs.exists()


def test_saved_file_runs_on_the_next_request_and_a_broken_one_is_told(
    start: Start, checkout: Path
) -> None:
    stack = start().ready()
    source = checkout / "handlers" / "python" / "users_handler.py"
    sound = source.read_text(encoding="utf-8")
    try:
        source.write_text(sound + "\nprint('saved once')\n", encoding="utf-8")
        assert requests.get(f"{stack.url}/health", timeout=40).ok
        assert stack.wait_for("reloaded")

        since = len(stack.lines)
        source.write_text(sound + "\ndef broken(:\n", encoding="utf-8")
        broken = requests.get(f"{stack.url}/health", timeout=40)
        assert (broken.status_code, broken.json()) == (
            500,
            {"message": "Internal Server Error"},
        )
        assert stack.wait_for("Runtime.UserCodeSyntaxError", since)
    finally:
        source.write_text(sound, encoding="utf-8")
    assert requests.get(f"{stack.url}/health", timeout=40).ok


def test_what_breaks_one_request_ends_no_other(start: Start, checkout: Path) -> None:
    """Broken links, a missing module, a bad response, a missing reference."""
    stack = start().ready()
    sources = checkout / "handlers" / "python"
    source, module = sources / "users_handler.py", sources / "extra.py"
    sound = source.read_text(encoding="utf-8")
    links = [sources / "loop.py", checkout / "handlers" / "typescript" / "through.ts"]
    try:
        links[0].symlink_to("loop.py")
        links[1].symlink_to("users-handler.ts/below")
        module.touch()
        source.write_text(f"import extra\n{sound}", encoding="utf-8")
        for url in (stack.url, stack.typescript_url):
            assert requests.get(f"{url}/health", timeout=40).ok

        since = len(stack.lines)
        module.unlink()
        assert requests.get(f"{stack.url}/health", timeout=40).status_code == 500
        assert "extra" in stack.wait_for("Runtime.ImportModuleError", since)

        source.write_text(sound + BAD_ANSWER, encoding="utf-8")
        bad = requests.get(f"{stack.url}/health", timeout=40)
        assert (bad.status_code, bad.json()) == (500, INTERNAL)
    finally:
        source.write_text(sound, encoding="utf-8")
        for link in (*links, module):
            link.unlink(missing_ok=True)

    (checkout / "node_modules").unlink()
    try:
        page = requests.get(f"{stack.url}/docs", timeout=40)
        health = requests.get(f"{stack.url}/health", timeout=40)
    finally:
        (checkout / "node_modules").symlink_to(ROOT / "node_modules")
    assert page.status_code == 503
    assert page.text.endswith(" is not there; bring it back with: make setup\n")
    assert health.ok
    assert not any("internal error" in line for line in stack.lines)


def test_sigterm_ends_everything_also_with_a_request_in_flight(
    start: Start, checkout: Path
) -> None:
    source = checkout / "handlers" / "python" / "users_handler.py"
    sound = source.read_text(encoding="utf-8")
    begun = checkout / "begun"
    stack = start().ready()
    try:
        source.write_text(sound + SLEEPER.format(begun=begun), encoding="utf-8")
        with socket.create_connection(("127.0.0.1", stack.port)) as connection:
            host = f"127.0.0.1:{stack.port}".encode()
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            assert eventually(begun.exists)
            pids = list(stack.descendants())

            seconds = stack.end(signal.SIGTERM)
    finally:
        source.write_text(sound, encoding="utf-8")

    assert seconds < 5
    assert stack.process.returncode == 0
    assert len(pids) >= 2
    assert not any(alive(pid) for pid in pids)
    assert all(map(free, stack.ports))


def test_sigint_while_deploying_ends_everything(start: Start) -> None:
    stack = start()
    assert eventually(lambda: "sam deploy" in " ".join(stack.descendants().values()))
    pids = list(stack.descendants())

    seconds = stack.end(signal.SIGINT)

    assert seconds < 5
    assert stack.process.returncode == 0
    assert gone(pids)
    assert free(stack.cloud_port)


def test_crash_of_the_cloud_is_told_and_ends_the_rest(start: Start) -> None:
    stack = start().ready()
    pids = stack.descendants()
    (cloud,) = [pid for pid, command in pids.items() if "local.emulator" in command]

    os.kill(cloud, signal.SIGKILL)

    assert stack.exit_code(10) == 2
    (line,) = [line for line in stack.lines if line.startswith("start: ")]
    assert "the AWS endpoint ended by itself" in line
    assert gone(list(pids))


def test_children_die_with_a_killed_parent(start: Start) -> None:
    stack = start().ready()
    pids = list(stack.descendants())

    stack.process.kill()
    stack.process.wait()

    assert len(pids) >= 3
    assert gone(pids)
