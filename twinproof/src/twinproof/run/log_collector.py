"""Adds the log lines of functions to the results of HTTP targets, and checks them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twinproof.cases.language import unlogged
from twinproof.checks.log_lines import log_mismatches
from twinproof.contract.openapi import Contract
from twinproof.exchange.drivers import Invoke
from twinproof.exchange.model import Exchange
from twinproof.exchange.tails import read_log
from twinproof.run.player import CasePlayed
from twinproof.run.results import Result, Verdict
from twinproof.targets.logs import LogReader, LogsUnreadable
from twinproof.targets.prepared import PreparedTarget
from twinproof.timing import Timing


@dataclass
class LogCollector:
    """Reads the logs behind the targets of a run; notes what could not be read."""

    contract: Contract
    prepared_targets: Sequence[PreparedTarget]
    timing: Timing
    unread: dict[str, str] = field(default_factory=dict)
    """By target, why its log groups cannot be read."""
    missing: int = 0
    """How many requests had no line in the logs that were read."""

    @property
    def notes(self) -> list[str]:
        """Return notes for the report, one line each."""
        lines = [
            f"{target}: log events cannot be read: {why}"
            for target, why in self.unread.items()
        ]
        lines += [
            f"{prepared.target.name}: log events cannot be read: Invoke shows none"
            for prepared in self.prepared_targets
            if isinstance(prepared.driver, Invoke) and not prepared.driver.shows_logs
        ]
        if self.missing:
            lines.append(f"the log events of {self.missing} requests were not found")
        return lines

    def with_log_events(self, played: Sequence[CasePlayed]) -> list[CasePlayed]:
        """Return the results with their log events, each checked by its schema.

        Call it soon after the run: a log may not be kept for long.
        """
        exchanges = [each for one in played for each in self._open(one.result)]
        if not exchanges:
            return list(played)
        since_ms = min(exchange.sent_ms for exchange in exchanges)
        readers = self._readers(since_ms)
        wanted = {
            self._request_id(exchange)
            for each in played
            for exchange in self._open(each.result)
            if readers.keys() >= set(each.result.targets)
        }
        texts = self._gather(readers, wanted, since_ms)
        self.missing += len(wanted - texts.keys())
        return [self._with_log_events(each, texts) for each in played]

    def _readers(self, since_ms: int) -> dict[str, LogReader]:
        """Return the readers that can read, by target; note why others cannot."""
        readers = {}
        for prepared in self.prepared_targets:
            name = prepared.target.name
            if prepared.target.is_lambda or name in self.unread:
                continue
            if prepared.logs is None:
                self.unread[name] = prepared.no_logs
                continue
            try:
                next(prepared.logs.read(since_ms), None)
                readers[name] = prepared.logs
            except LogsUnreadable as error:
                self.unread[name] = str(error)
        return readers

    def _gather(
        self, readers: Mapping[str, LogReader], wanted: set[str], since_ms: int
    ) -> dict[str, str]:
        """Return the lines of each request by its id; wait for lines that are late."""
        deadline = time.monotonic() + self.timing.logs
        texts: dict[str, str] = {}
        while wanted - texts.keys():
            for reader in readers.values():
                texts.update(reader.read(since_ms))
            if time.monotonic() > deadline:
                break
            if wanted - texts.keys():
                time.sleep(self.timing.logs_pause)
        return texts

    def _with_log_events(
        self, played: CasePlayed, texts: Mapping[str, str]
    ) -> CasePlayed:
        result = played.result
        exchanges = [self._with_log(each, texts) for each in result.exchanges]
        found = [
            mismatch
            for was, now in zip(result.exchanges, exchanges, strict=True)
            if was is not now
            for mismatch in log_mismatches(
                self.contract, now, unlogged(played.names.own)
            )
        ]
        lines = replace(
            result,
            exchanges=tuple(exchanges),
            mismatches=(*result.mismatches, *found),
            verdict=Verdict.FAILED if found else result.verdict,
        )
        return replace(played, result=lines)

    def _open(self, result: Result) -> Iterator[Exchange]:
        """Yield the exchanges that a function answered and that have no log yet."""
        for exchange in result.exchanges:
            if exchange.response.log is None and self._request_id(exchange):
                yield exchange

    def _request_id(self, exchange: Exchange) -> str:
        """Return the id that the function received; "" if no operation answered."""
        config, known = self.contract.config, self.contract.operations
        rule = config.request_id if config.logs else None
        if rule is None or exchange.operation not in known:
            return ""
        return exchange.response.header(rule.header) or ""

    def _with_log(self, exchange: Exchange, texts: Mapping[str, str]) -> Exchange:
        request_id = self._request_id(exchange)
        text = texts.get(request_id)
        if text is None or exchange.response.log is not None:
            return exchange
        response = replace(exchange.response, log=text, request_id=request_id)
        return replace(exchange, response=response, events=read_log(text)[0])
