"""Checks an exchange by openapi.yaml and the schemas, whatever the case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.contract.openapi import Contract, Documented
from twinproof.contract.schemas import Fault, unescape_pointer
from twinproof.exchange.model import Exchange, Response, text_of

RULE = "openapi.yaml"


def response_mismatches(
    contract: Contract, exchange: Exchange, gateway_headers: frozenset[str]
) -> Iterator[Mismatch]:
    """Yield where a function's response differs from the document."""
    response = exchange.response
    documented = contract.operations[exchange.operation].responses.get(response.status)
    if documented is None:
        yield Mismatch("status", "a documented status", response.status, RULE)
        return
    schema, wrong = _schema_of_body(documented, response)
    sent = [name for name in documented.headers if name in response.by_name]
    to_check = [(documented.headers[name][1], response.by_name[name]) for name in sent]
    if schema:
        to_check.append((schema, response.parsed))
    faults = contract.schemas.faults_of_each(to_check)
    yield from _headers(
        documented, response, gateway_headers, dict(zip(sent, faults, strict=False))
    )
    yield from wrong
    if schema:
        yield from _faulty(faults[-1], exchange)
    yield from _request_id(contract, exchange)
    yield from name_mismatches(exchange, "body", response.parsed)


def _request_id(contract: Contract, exchange: Exchange) -> Iterator[Mismatch]:
    """Yield a mismatch if the service returns another id than the gateway gave."""
    rule, response = contract.config.request_id, exchange.response
    if rule is None:
        return
    given = response.request_id or response.by_name.get(rule.gateway)
    got = response.by_name.get(rule.header)
    if given and got is not None and got != given:
        yield Mismatch(f"header {rule.header}", given, got, rule.clause)


def gateway_mismatches(contract: Contract, exchange: Exchange) -> Iterator[Mismatch]:
    """Yield where a response of the gateway itself differs from the document."""
    gateway = contract.config.gateway
    if gateway and gateway.schema:
        faults = contract.schemas.faults(gateway.schema, exchange.json())
        yield from _faulty(faults, exchange)


def name_mismatches(
    exchange: Exchange, where: str, shown: object
) -> Iterator[Mismatch]:
    """Yield where a body or a log event names another implementation.

    If the target's file names none, any name passes; the schemas say where one is.
    """
    name = exchange.implementation
    if name is None or not isinstance(shown, dict):
        return
    got = shown.get("implementation", name)
    if got != name:
        yield Mismatch(f"{where} /implementation", name, got, "targets/")


def _headers(
    documented: Documented,
    response: Response,
    gateway_headers: frozenset[str],
    faults: Mapping[str, list[Fault]],
) -> Iterator[Mismatch]:
    for name, (required, _) in documented.headers.items():
        if required and name not in response.by_name:
            yield Mismatch(f"header {name}", "present", MISSING, RULE)
        for fault in faults.get(name, ()):
            got = response.by_name[name]
            yield Mismatch(f"header {name}", fault.what, got, RULE)
    known = documented.headers.keys() | gateway_headers
    if documented.content:
        known = known | {"content-type"}
    for name, value in response.headers:
        if name not in known:
            yield Mismatch(f"header {name}", MISSING, value, RULE)


def _schema_of_body(
    documented: Documented, response: Response
) -> tuple[str, list[Mismatch]]:
    """Return the schema of a response's body, or why there is none."""
    if not documented.content:
        lines = [Mismatch("body", MISSING, text_of(response.body), RULE)]
        return "", lines if response.body else []
    media_type = response.by_name.get("content-type", "").strip().lower()
    schema = documented.content.get(media_type)
    if schema is None:
        expected = " or ".join(documented.content)
        got = media_type or MISSING
        return "", [Mismatch("header content-type", expected, got, RULE)]
    try:
        response.json()
    except ValueError as error:
        lines = [Mismatch("body", f"JSON: {error}", text_of(response.body), RULE)]
        return "", lines
    return schema, []


def _faulty(faults: list[Fault], exchange: Exchange) -> Iterator[Mismatch]:
    for fault in faults:
        where = f"body {fault.pointer}".rstrip()
        got = value_at(exchange.json(), fault.pointer)
        yield Mismatch(where, fault.what, got, f"schema {fault.keyword}")


def value_at(document: object, pointer: str) -> object:
    """Return the value that a fault points at."""
    here = document
    for step in pointer.split("/")[1:]:
        name = unescape_pointer(step)
        if isinstance(here, list):
            here = here[int(name)]
        elif isinstance(here, dict):
            here = here.get(name, MISSING)
    return here
