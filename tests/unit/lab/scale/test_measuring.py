"""A measurement writes two files or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.documents import InputError
from lab.scale.inputs import HERE
from lab.scale.measuring.__main__ import main, write
from lab.scale.measuring.lifecycle import http_bytes
from lab.scale.measuring.measure import spread

NAMES = ("durations", "calls")


def documents() -> dict[str, object]:
    return {
        name: json.loads((HERE / f"{name}.json").read_text("utf-8")) for name in NAMES
    }


def test_a_spread_has_the_mean_and_the_median() -> None:
    assert spread([1.0, 2.0, 3.0, 10.0]) == {
        "lower": 1,
        "median": 2,
        "upper": 3,
        "mean": 4,
    }


def test_a_response_counts_with_its_http_head() -> None:
    body = '{"name":"Ad\u00e4"}'
    headers = {"content-type": "application/json"}
    result = {"statusCode": 200, "headers": headers, "body": body}
    head = [
        "HTTP/1.1 200 OK",
        "content-type: application/json",
        "apigw-requestid: JKJaXmPLvHcESHA=",
        "date: Tue, 25 May 2021 00:50:36 GMT",
        "content-length: 15",
        "connection: keep-alive",
    ]
    sent = "\r\n".join([*head, "", body])

    assert http_bytes(json.dumps(result).encode()) == len(sent.encode())


@pytest.mark.parametrize("option", ["--colds", "--warm-up", "--rounds"])
@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_counts_below_1_are_refused(
    option: str, count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option, count])

    assert ended.value.code == 2
    assert f"'{count}' is not a whole number from 1 up" in capsys.readouterr().err


def test_both_files_are_written_from_any_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = tmp_path / "data", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    monkeypatch.chdir(other)

    write(documents(), folder)

    for name, document in documents().items():
        assert json.loads((folder / f"{name}.json").read_text("utf-8")) == document


@pytest.mark.parametrize("wrong", NAMES)
def test_nothing_is_written_if_one_document_does_not_fit(
    wrong: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"^{wrong}\.json"):
        write({**documents(), wrong: {}}, tmp_path)

    assert list(tmp_path.iterdir()) == []
