"""The latest log lines of the functions, and the limits of their number and size."""

from __future__ import annotations

import time

import pytest

from local.lambda_ import log_events
from local.lambda_.log_events import LogEvent, LogEvents, UnknownGroupError


def everything(_: LogEvent) -> bool:
    return True


def messages(events: LogEvents, group: str = "g") -> list[str]:
    return [event.message for event in events.find(group, everything)]


@pytest.fixture
def events() -> LogEvents:
    kept = LogEvents()
    kept.open("g")
    return kept


def test_each_line_is_an_event_with_its_newline(events: LogEvents) -> None:
    events.add("g", "s", b"one\ntwo\r still two\nthe rest")
    assert messages(events) == ["one\n", "two\r still two\n", "the rest"]


def test_empty_output_is_no_event(events: LogEvents) -> None:
    events.add("g", "s", b"")
    assert messages(events) == []


def test_bytes_that_are_not_utf_8_are_replaced(
    events: LogEvents,
) -> None:
    events.add("g", "s", b"a\xffb\n")
    assert messages(events) == ["a\ufffdb\n"]


def test_event_has_its_time_of_arrival_and_its_stream(events: LogEvents) -> None:
    before = int(time.time() * 1000)
    events.add("g", "2026/01/01/[1]a", b"line\n")
    (event,) = events.find("g", everything)
    assert event.stream == "2026/01/01/[1]a"
    assert before <= event.timestamp <= int(time.time() * 1000)


def test_groups_are_separate(events: LogEvents) -> None:
    events.open("other")
    events.add("g", "s", b"mine\n")
    assert messages(events, "other") == []


def test_opening_a_group_again_keeps_its_events(events: LogEvents) -> None:
    events.add("g", "s", b"mine\n")
    events.open("g")
    assert messages(events) == ["mine\n"]


def test_unknown_group_is_an_error_before_the_first_event_is_read(
    events: LogEvents,
) -> None:
    with pytest.raises(UnknownGroupError):
        events.find("nobody", everything)


def test_oldest_events_are_dropped_above_the_event_limit(
    events: LogEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_events, "MAX_EVENTS", 2)
    events.add("g", "s", b"1\n2\n3\n")
    assert messages(events) == ["2\n", "3\n"]


def test_oldest_events_are_dropped_above_the_size_limit(
    events: LogEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_events, "MAX_CHARACTERS", 10)
    events.add("g", "s", b"12345\n12\n123456\n")
    assert messages(events) == ["12\n", "123456\n"]
