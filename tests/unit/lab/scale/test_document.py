"""The inputs fit their formats, and docs/scale.md matches the model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab.documents import InputError
from lab.scale import __main__ as command
from lab.scale.inputs import HERE, PRICES, Inputs, checked, read, require_drawable
from lab.scale.report.document import files
from lab.scale.report.figures import dollars, number, percent
from local import template
from local.template import load


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return read()


@pytest.fixture(scope="module")
def written(inputs: Inputs) -> dict[Path, str]:
    return files(inputs)


def test_the_document_and_its_plots_are_up_to_date(
    written: dict[Path, str],
) -> None:
    """If it fails, run `make scale` and look at what changed."""
    assert command.differing(written) == []


def test_a_stale_file_is_named(written: dict[Path, str]) -> None:
    path = next(path for path in written if path.name == "step-dark.svg")

    assert command.differing({**written, path: "other"}) == ["docs/scale/step-dark.svg"]
    rest = {at: text for at, text in written.items() if at != path}
    assert command.differing(rest) == ["docs/scale/step-dark.svg"]


def test_plots_are_well_formed_and_load_nothing(
    written: dict[Path, str],
) -> None:
    plots = [text for path, text in written.items() if path.suffix == ".svg"]

    for svg in plots:
        ET.fromstring(svg)  # noqa: S314 - written above
        assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert len(plots) == 14


def test_the_shares_of_the_mix_add_up_to_1_and_were_measured(inputs: Inputs) -> None:
    assert sum(inputs.mix.values()) == pytest.approx(1)
    for one in inputs.implementations:
        assert set(inputs.mix) <= set(one.operations)


def test_a_share_that_is_no_whole_hundredth_is_refused() -> None:
    require_drawable({"getUser": 0.07, "getAsset": 0.93})
    with pytest.raises(InputError, match=r"getUser has 0\.004, which is no multiple"):
        require_drawable({"getUser": 0.004, "getAsset": 0.996})
    with pytest.raises(InputError, match="their sum is not 1"):
        require_drawable({"getUser": 0.5, "getAsset": 0.4})


def test_bills_use_the_mean_and_not_the_median(inputs: Inputs) -> None:
    of_all = inputs.documents["durations"]["implementations"]

    for one in inputs.implementations:
        figures = of_all[one.name]
        for row, usage in one.operations.items():
            assert usage.cpu_ms == figures["operations"][row]["cpuMs"]["mean"]
        for word, start in one.starts.items():
            spreads = figures["functions"][word]
            assert start.init_ms == spreads["initCpuMs"]["mean"]
            assert start.first_ms == spreads["firstRequestCpuMs"]["mean"]


def test_api_gateway_bills_every_response_as_one_request(inputs: Inputs) -> None:
    """It bills each 512 KB begun (pricing page); the model counts requests."""
    for one in inputs.implementations:
        for rows in (one.operations, *one.lists.values()):
            assert max(usage.response_bytes for usage in rows.values()) < 512 * 1_024


def test_every_measured_operation_still_exists(inputs: Inputs) -> None:
    resources = load()["Resources"].values()
    functions = (one for one in resources if "Events" in one.get("Properties", {}))
    routed = {name for one in functions for name in one["Properties"]["Events"]}

    for one in inputs.implementations:
        assert one.operation_ids <= routed


def test_both_implementations_make_the_same_calls(inputs: Inputs) -> None:
    calls = inputs.documents["calls"]

    for part in ("operations", "lists"):
        first, *others = calls[part].values()
        assert all(other == first for other in others)


def test_the_access_log_line_is_about_as_long_as_assumed(inputs: Inputs) -> None:
    stage = load()["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]
    values = {
        "requestId": "JKJaXmPLvHcESHA=",
        "requestTimeEpoch": "1771000000000",
        "routeKey": "GET /users/{userId}",
        "status": "200",
        "responseLength": "1234",
        "responseLatency": "23",
        "integrationLatency": "21",
        "integrationStatus": "200",
    }

    line = re.sub(r"\$context\.(\w+)", lambda name: values[name[1]], stage["Format"])

    json.loads(line)
    assumed = inputs.assumed["accessLogBytes"]["value"]
    assert len(line) == pytest.approx(assumed, rel=0.05)


def test_every_price_has_its_source_and_date() -> None:
    document = checked("prices", PRICES)

    assert re.fullmatch(r"20\d\d-\d\d-\d\d", document["asOf"])
    for price in document["prices"].values():
        assert price["source"].startswith("https://aws.amazon.com/")


def test_a_file_of_another_format_is_refused_in_one_line(tmp_path: Path) -> None:
    document = json.loads((HERE / "limits.json").read_text("utf-8"))
    document["apiRate"]["value"] = "many"
    path = tmp_path / "limits.json"
    path.write_text(json.dumps(document), "utf-8")

    with pytest.raises(InputError, match=r"^limits\.json\.apiRate\.value: 'many'"):
        checked("limits", path)


def test_a_missing_measurement_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make it with: make scale-measure"):
        checked("durations", tmp_path / "durations.json")


def test_the_size_of_a_number_decides_its_digits() -> None:
    assert [number(value, 2) for value in (0, 0.01234, 1.96, 12_345)] == [
        "0",
        "0.012",
        "2",
        "12,000",
    ]
    assert [dollars(value) for value in (0.014, 12.5, 9_480.4)] == [
        "0.01",
        "12.50",
        "9,480",
    ]
    assert [percent(share) for share in (0, 0.000001, 0.0586, 0.5)] == [
        "0",
        "< 0.001 %",
        "5.9 %",
        "50 %",
    ]


@pytest.mark.parametrize(
    ("declared", "instead", "why"),
    [
        ("MemorySize: 512", "Timeout: 29", "has no Globals/Function/MemorySize"),
        ("MemorySize: 512", "MemorySize: lots", "MemorySize is not a whole number"),
        ("Globals:", "Globals: [", "template.yaml cannot be read: "),
    ],
)
def test_a_template_without_an_input_of_the_model_is_an_error_of_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    declared: str,
    instead: str,
    why: str,
) -> None:
    text = template.TEMPLATE.read_text("utf-8")
    assert declared in text
    path = tmp_path / "template.yaml"
    path.write_text(text.replace(declared, instead), "utf-8")
    monkeypatch.setattr(template, "TEMPLATE", path)

    assert command.main(["--check"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
