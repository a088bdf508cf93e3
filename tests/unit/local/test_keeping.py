"""KEEP=1 saves and restores the data, and loses nothing of it after a failure."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from local import stopping
from local.commands import keeping as module
from local.commands.keeping import KeepError, Kept, keeping
from local.emulator.snapshot import Stores
from local.stopping import StoppedError, ignore_signals
from local.template import ROOT

STORES = Stores({"UsersTable": "users"}, {"AssetsBucket": "assets"})
PAST, FUTURE = "1000000000", "4000000000"


@cache
def client_of(name: str) -> Any:  # Any: either of two
    """Return a client; each is made once, which takes the most time here."""
    return boto3.client(  # type: ignore[call-overload]  # any name
        name,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # An object gets no checksum that nobody asked for.
        config=Config(request_checksum_calculation="when_required"),
    )


class Cloud:
    """An AWS in memory with an empty table and an empty bucket."""

    def __init__(self, key: str = "userId") -> None:
        self.client = client_of
        self.dynamodb, self.s3 = client_of("dynamodb"), client_of("s3")
        self.dynamodb.create_table(
            TableName="users",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )
        self.dynamodb.update_time_to_live(
            TableName="users",
            TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        )
        self.s3.create_bucket(Bucket="assets")

    def put(self, key: str, **more: object) -> None:
        item = {"userId": {"S": key}, **more}
        self.dynamodb.put_item(TableName="users", Item=item)

    def items(self) -> dict[str, Any]:
        found = self.dynamodb.scan(TableName="users")["Items"]
        return {one["userId"]["S"]: one for one in found}


def before_objects(
    cloud: Cloud, act: Callable[[], object]
) -> Callable[[str], Any]:  # Any: either of two
    """Return the cloud's clients; `act` is called before they list objects."""

    def paginator(name: str) -> Any:
        act()
        return cloud.s3.get_paginator(name)

    s3 = SimpleNamespace(get_paginator=paginator, get_object=cloud.s3.get_object)
    return lambda name: s3 if name == "s3" else cloud.client(name)


@pytest.fixture
def clouds() -> Iterator[Callable[..., Cloud]]:
    """Makes clouds; each one replaces the previous one."""
    running = ExitStack()

    def make(**settings: str) -> Cloud:
        running.close()
        running.enter_context(mock_aws())
        return Cloud(**settings)

    with running:
        yield make


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setattr(module, "STATE", tmp_path)
    # The signals stay those of the test run.
    monkeypatch.setattr(module, "stop_on_signals", lambda: None)
    monkeypatch.setattr(module, "ignore_signals", lambda: None)
    return Kept(4566)


def saved(kept: Kept, clouds: Callable[..., Cloud]) -> bytes:
    """Keep a first state; return the file's bytes."""
    cloud = clouds()
    cloud.put("first")
    kept.save(STORES, cloud.client)
    return kept.file.read_bytes()


def has_only_its_file(kept: Kept) -> bool:
    """Whether there is no file but the kept one."""
    return list(kept.file.parent.iterdir()) == [kept.file]


# ---- there and back -------------------------------------------------------------


def test_items_of_every_type_come_back_as_they_were(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    for number in range(60):  # more than one batch
        cloud.put(f"user-{number}", n={"N": "12345678901234567890.123"})
    cloud.put(
        "all",
        binary={"B": b"\x00\xff"},
        binaries={"BS": [b"a", b"\xfe"]},
        text={"S": "\U0001d49c\n\u2028"},
        map={"M": {"$binary": {"S": "x"}, "b": {"B": b"z"}, "none": {"NULL": True}}},
        list={"L": [{"BOOL": False}, {"N": "1"}]},
        ttl={"N": FUTURE},
    )
    before = cloud.items()
    kept.save(STORES, cloud.client)

    fresh = clouds()
    kept.restore(STORES, fresh.client)

    assert len(before) == 61
    assert fresh.items() == before
    assert has_only_its_file(kept)


def test_items_that_have_expired_meanwhile_do_not_come_back(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    cloud.put("expired", ttl={"N": PAST})
    cloud.put("living", ttl={"N": FUTURE})
    cloud.put("for ever")
    kept.save(STORES, cloud.client)

    fresh = clouds()
    kept.restore(STORES, fresh.client)

    assert set(fresh.items()) == {"living", "for ever"}


def test_objects_come_back_with_their_metadata_and_no_more_checksums(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    cloud.s3.put_object(
        Bucket="assets",
        Key="assets/é b.json",
        Body=b"hello",
        ContentType="text/plain",
        CacheControl="no-store",
        Metadata={"a": "b"},
    )
    large = bytes(range(256)) * 10_000
    cloud.s3.put_object(Bucket="assets", Key="large", Body=large)
    cloud.s3.put_object(Bucket="assets", Key="empty", Body=b"")
    kept.save(STORES, cloud.client)

    fresh = clouds()
    kept.restore(STORES, fresh.client)

    ask = {"Bucket": "assets", "ChecksumMode": "ENABLED"}
    one = fresh.s3.get_object(**ask, Key="assets/é b.json")
    assert one["Body"].read() == b"hello"
    assert (one["ContentType"], one["CacheControl"]) == ("text/plain", "no-store")
    assert one["Metadata"] == {"a": "b"}
    assert fresh.s3.get_object(**ask, Key="large")["Body"].read() == large
    assert fresh.s3.get_object(**ask, Key="empty")["Body"].read() == b""
    assert "ChecksumCRC32" not in fresh.s3.head_object(**ask, Key="large")


def test_without_a_file_there_is_nothing_to_put_back(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    kept.check()
    with keeping(kept, STORES, cloud.client, lambda: None):
        assert cloud.items() == {}
        cloud.put("new")
    assert kept.file.exists()


# ---- a file that cannot be used -------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"no zip at all",
    ],
    ids=["cut", "empty", "another"],
)
def test_file_that_cannot_be_read_is_told_before_anything_is_started(
    kept: Kept, clouds: Callable[..., Cloud], damage: Callable[[bytes], bytes]
) -> None:
    damaged = damage(saved(kept, clouds))
    kept.file.write_bytes(damaged)

    with pytest.raises(KeepError) as refused:
        kept.check()

    text = str(refused.value)
    assert text.startswith(f"{kept.file} cannot be read (BadZipFile")
    assert text.endswith(
        "move it away to begin with empty tables, or start without KEEP=1"
    )
    assert kept.file.read_bytes() == damaged


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('{"format": 2}', "is of another format (2)"),
        ("{}", "cannot be read (KeyError"),
        ("[]", "cannot be read (TypeError"),
        ("{", "cannot be read (JSONDecodeError"),
    ],
)
def test_file_of_another_kind_is_told_so(
    kept: Kept, manifest: str, reason: str
) -> None:
    with zipfile.ZipFile(kept.file, "w") as made:
        made.writestr("manifest.json", manifest)
    with pytest.raises(KeepError) as refused:
        kept.check()
    assert str(refused.value).startswith(f"{kept.file} {reason}")


def test_flipped_bit_is_found_by_the_checksum(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    body = b"to be found: " + bytes(1_000)
    cloud.s3.put_object(Bucket="assets", Key="one", Body=body)
    kept.save(STORES, cloud.client)
    with zipfile.ZipFile(kept.file) as read:
        names = {name: read.read(name) for name in read.namelist()}
    with zipfile.ZipFile(kept.file, "w", zipfile.ZIP_STORED) as made:
        for name, data in names.items():
            made.writestr(name, data)
    data = kept.file.read_bytes()
    kept.file.write_bytes(data.replace(b"to be found", b"to be f0und"))

    fresh = clouds()
    with pytest.raises(KeepError, match=r"cannot be read \(BadZipFile: Bad CRC-32"):
        kept.restore(STORES, fresh.client)


@pytest.mark.parametrize(
    ("stores", "key", "reason"),
    [
        (STORES, "email", "does not fit: UsersTable has other keys now"),
        (
            Stores({}, STORES.buckets),
            "userId",
            "does not fit: UsersTable has other keys now",
        ),
        (
            Stores(STORES.tables, {"AssetsBucket": "other"}),
            "userId",
            "does not fit: AssetsBucket was named assets",
        ),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_put_back(
    kept: Kept,
    clouds: Callable[..., Cloud],
    stores: Stores,
    key: str,
    reason: str,
) -> None:
    before = saved(kept, clouds)
    fresh = clouds(key=key)

    with pytest.raises(KeepError) as refused:
        kept.restore(stores, fresh.client)

    assert str(refused.value).startswith(f"{kept.file} {reason}; move it away")
    assert fresh.dynamodb.scan(TableName="users")["Count"] == 0
    assert kept.file.read_bytes() == before


def test_item_that_the_table_refuses_is_one_line(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    saved(kept, clouds)
    with zipfile.ZipFile(kept.file) as read:
        manifest = read.read("manifest.json")
    with zipfile.ZipFile(kept.file, "w") as made:
        made.writestr("manifest.json", manifest)
        made.writestr("tables/UsersTable", '{"userId":{"N":"1"}}\n')

    with pytest.raises(KeepError, match=r"cannot be put back: .*ValidationException"):
        kept.restore(STORES, clouds().client)


def test_data_that_could_not_be_put_back_is_not_overwritten(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    before = saved(kept, clouds)
    other = Stores(STORES.tables, {"AssetsBucket": "other"})

    with (
        pytest.raises(KeepError),
        keeping(kept, other, clouds().client, lambda: None),
    ):
        pytest.fail("nothing is served")

    assert kept.file.read_bytes() == before


# ---- keeping that fails ---------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            EndpointConnectionError(endpoint_url="x"),
            "Could not connect to the endpoint",
        ),
        (OSError(28, "No space left on device"), "[Errno 28] No space left"),
        (StoppedError(2), "stopped meanwhile"),
    ],
)
def test_what_was_kept_stays_when_keeping_fails_in_the_middle(
    kept: Kept, clouds: Callable[..., Cloud], error: BaseException, reason: str
) -> None:
    before = saved(kept, clouds)

    def fail() -> None:
        raise error

    with pytest.raises(KeepError) as failed:
        kept.save(STORES, before_objects(clouds(), fail))

    text = str(failed.value)
    assert text.startswith(f"tables and objects were not kept: {reason}")
    assert text.endswith(f"; {kept.file} still has what was kept before")
    assert kept.file.read_bytes() == before
    assert has_only_its_file(kept)


def test_second_interrupt_gives_the_keeping_up_and_loses_nothing(
    kept: Kept, clouds: Callable[..., Cloud], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved(kept, clouds)
    monkeypatch.setattr(module, "stop_on_signals", stopping.stop_on_signals)
    monkeypatch.setattr(stopping, "end_descendants", lambda: None)

    client = before_objects(clouds(), lambda: signal.raise_signal(signal.SIGINT))
    with (
        pytest.raises(KeepError, match="not kept: stopped meanwhile; "),
        keeping(kept, STORES, client, lambda: None),
    ):
        ignore_signals()  # as the stack is once it no longer serves

    assert kept.file.read_bytes() == before
    assert has_only_its_file(kept)


def test_failure_of_the_first_keeping_promises_nothing(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    other = Stores({"UsersTable": "nowhere"}, {})
    with pytest.raises(KeepError, match=r"; there is nothing from before$"):
        kept.save(other, clouds().client)


def test_failed_part_of_the_stack_keeps_the_data_too(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    cloud = clouds()
    cloud.put("late")

    with (
        pytest.raises(RuntimeError, match="a part"),
        keeping(kept, STORES, cloud.client, lambda: None),
    ):
        raise RuntimeError("a part")

    with zipfile.ZipFile(kept.file) as read:
        (line,) = read.read("tables/UsersTable").splitlines()
    assert json.loads(line) == {"userId": {"S": "late"}}


def test_cloud_that_is_gone_leaves_what_was_kept_before(
    kept: Kept, clouds: Callable[..., Cloud], capsys: pytest.CaptureFixture[str]
) -> None:
    before = saved(kept, clouds)
    cloud = clouds()

    with (
        pytest.raises(RuntimeError, match="the cloud"),
        keeping(kept, STORES, cloud.client, lambda: "it ended"),
    ):
        raise RuntimeError("the cloud")

    assert kept.file.read_bytes() == before
    assert capsys.readouterr().err == (
        "start: tables and objects were not kept: the AWS endpoint is gone;"
        f" {kept.file} still has what was kept before\n"
    )


def test_stop_before_anything_is_served_keeps_nothing(
    kept: Kept, clouds: Callable[..., Cloud]
) -> None:
    before = saved(kept, clouds)

    with (
        pytest.raises(StoppedError),
        keeping(kept, STORES, clouds().client, lambda: None),
    ):
        raise StoppedError(2)

    assert kept.file.read_bytes() == before


def test_cleaning_up_leaves_what_was_kept(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "mk", tmp_path / "mk")
    state = tmp_path / ".local"
    for folder in ("stack-4566", "python"):
        (state / folder).mkdir(parents=True)
    (state / "kept-4566.zip").touch()

    subprocess.run(["make", "clean"], cwd=tmp_path, check=True)

    assert [one.name for one in state.iterdir()] == ["kept-4566.zip"]
