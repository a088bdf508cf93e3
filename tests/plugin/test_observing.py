"""An observation has the requested id and the records from before the exchange."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from contract.plugin.keys import user_key
from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from tests.plugin.made import NEW, OLD, RECEIVED, SENT, USER, exchange
from twinproof.cases.model import Call
from twinproof.checks.checks import Checks
from twinproof.compare.exchanges import Rules, compare
from twinproof.contract.openapi import Contract
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.run.play import Play

ENCODED = f"%{ord(OLD[0]):02X}{OLD[1:]}"


@pytest.mark.parametrize(
    ("path", "requested"),
    [
        (f"/users/{OLD}", OLD),
        (f"/users/{ENCODED}", OLD),
        (f"/assets/{ENCODED}", OLD),
        (f"/users/{OLD}%0A", None),
        (f"/users/{OLD}/more", None),
        (f"/health/{OLD}", None),
        ("/users/bad", None),
        ("/users", None),
    ],
)
def test_requested_id_is_decoded_from_the_sent_path(
    contract: Contract, path: str, requested: str | None
) -> None:
    assert contract.requested_id(path) == requested


def test_record_of_an_encoded_id_is_read_back(checks: Checks) -> None:
    fake = Fake()
    with serving(fake) as url:
        prepared = prepared_of(fake, url)
        play = Play("getUser/encoded", "0badcafe", checks, prepared)
        play.call(Call("getUser", {"rawPath": f"/users/{ENCODED}"}))
        prepared.driver.close()

    assert user_key(OLD) in play.exchanges[0].stored


def test_id_from_before_a_request_was_not_created_by_it(checks: Checks) -> None:
    made = exchange("POST", 201, earlier=frozenset())

    def created(each: Exchange) -> bool:
        seen = Observation.of(each, checks.contract, checks.domain, None, 0)
        return seen.created

    assert created(made)
    assert not created(replace(made, earlier=frozenset({OLD})))


def listed(*ids: str) -> Exchange:
    body = json.dumps({"items": [{**USER, "userId": each} for each in ids]})
    json_type = (("content-type", "application/json"),)
    response = Response(200, json_type, body.encode())
    return Exchange("listUsers", Request("GET", "/users"), response, SENT, RECEIVED, 1)


def test_id_without_a_bound_name_is_named_by_its_first_label(
    checks: Checks,
) -> None:
    rules = Rules(checks, Names(), Names(names={NEW: "<ada>"}))

    compare(listed(OLD), listed(NEW), rules, step=2)

    assert rules.left.names == {OLD: "<step 2 body /items/0/userId>"}
    assert rules.right.names == {NEW: "<ada>"}


def test_extra_id_of_one_target_renames_no_later_id(checks: Checks) -> None:
    rules = Rules(checks, Names(), Names())

    one_more = compare(listed(OLD), listed(), rules, step=1)

    assert [each.where for each in one_more] == ["body /items/0"]
    assert compare(listed(NEW), listed(NEW), rules, step=2) == []


def test_two_ids_with_one_label_have_two_names() -> None:
    names = Names()

    assert [names.name(each, "stored user") for each in (OLD, NEW, OLD)] == [
        "<stored user>",
        "<stored user 2>",
        "<stored user>",
    ]
