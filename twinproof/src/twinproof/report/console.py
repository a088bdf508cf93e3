"""What a run prints: a closing line, and before it everything about each failure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange, text_of
from twinproof.output import print_line, printable
from twinproof.run.grounds import grounds_line
from twinproof.run.results import Pair, Result, Run, Verdict

MAX_VALUE = 300
"""Characters of one value on a terminal; the reports have all of it."""


def print_run(
    run: Run, reruns: Mapping[str, str], out: TextIO, options: str = ""
) -> None:
    """Print each result that is failed, stale or errored, then the closing line.

    `reruns`: by target, the flag that names it. `options`: the run's other options.
    """
    for each in run.all:
        if each.verdict not in (Verdict.PASSED, Verdict.KNOWN):
            flags = [reruns[target] for target in each.targets]
            rerun = " ".join([*flags, *filter(None, [options])])
            for line in failure_lines(each, rerun):
                print_line(line, out)
    for note in run.notes:
        print_line(note, out)
    if grounds := grounds_line(run):
        print_line(grounds, out)
    print_line(closing_line(run), out)


def failure_lines(each: Result | Pair, rerun: str) -> Iterator[str]:
    """Yield all lines about a result or a pair that is failed, stale or errored."""
    lines = _pair(each) if isinstance(each, Pair) else _result(each)
    yield from map(printable, lines)
    yield f"  rerun: twinproof check {rerun} --case {each.full_id}"


def _result(result: Result) -> Iterator[str]:
    step = f" step {result.step}" if result.step else ""
    yield f"{result.verdict.upper()} {result.full_id}{step}   [{result.target}]"
    width = max([13, *(len(each.where) for each in result.mismatches)])
    for mismatch in result.mismatches:
        yield f"  {mismatch.where:<{width}} {mismatch_text(mismatch)}"
    if result.error:
        yield f"  {_why(result.verdict):<{width}} {result.error}"
    if result.exchanges:
        yield from _exchange(result.exchanges[-1], width)


def _why(verdict: Verdict) -> str:
    return "error" if verdict is Verdict.ERRORED else verdict.value


def _pair(pair: Pair) -> Iterator[str]:
    """Yield the two values of each difference in two lines, then both exchanges."""
    yield f"{pair.verdict.upper()} {pair.full_id}   [{' | '.join(pair.targets)}]"
    width = max([13, *(len(each.where) for each in pair.mismatches)])
    names = max(len(target) for target in pair.targets)
    for each in pair.mismatches:
        left, right = pair.targets
        yield f"  {each.where:<{width}} {left:<{names}} {shown(each.expected)}"
        yield f"  {'':<{width}} {right:<{names}} {shown(each.got)}"
    if pair.error:
        yield f"  {_why(pair.verdict):<{width}} {pair.error}"
    for target, exchange in zip(pair.targets, pair.exchanges, strict=True):
        if exchange is not None:
            yield f"  {target}"
            yield from _exchange(exchange, width)


def mismatch_text(mismatch: Mismatch) -> str:
    """Return a mismatch in words: expected and got, unexpected, or missing."""
    rule = f"   ({mismatch.check})" if mismatch.check else ""
    if mismatch.expected is MISSING:
        return f"unexpected     {shown(mismatch.got)}{rule}"
    if mismatch.got is MISSING:
        return f"missing        {shown(mismatch.expected)}{rule}"
    return f"expected {shown(mismatch.expected)}   got {shown(mismatch.got)}{rule}"


def shown(value: Any, limit: int = MAX_VALUE) -> str:
    """Return a value as JSON on one line, shortened to the limit."""
    if value is MISSING:
        return "nothing"
    return _cut(json.dumps(value, ensure_ascii=False, default=repr), limit)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text)} characters)"


def _exchange(exchange: Exchange, width: int) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    query = f"?{request.query}" if request.query else ""
    line = shown(f"{request.method} {request.path}{query}")[1:-1]
    body = "" if request.body is None else f" {_body_text(request.body)}"
    yield f"  {'sent':<{width}} {line}{body}"
    answer = f"{response.status} {_body_text(response.body)}".rstrip()
    yield f"  {'answered':<{width}} {answer}"


def _body_text(body: bytes) -> str:
    return _cut(text_of(body), MAX_VALUE)


def closing_line(run: Run) -> str:
    """Return the summary of a run in one line."""
    cases = {each.full_id for each in run.results if not each.is_journey}
    journeys = {each.full_id for each in run.results if each.is_journey}
    counted = [_counted(len(cases), "case")] if cases or not journeys else []
    counted += [_counted(len(journeys), "journey")] if journeys else []
    counted.append(_counted(len(run.targets), "target"))
    counted += [_counted(len(run.pairs), "pair")] if run.pairs else []
    counted += [_counted(len(run.relays), "relay")] if run.relays else []
    verdicts = [
        f"{run.count(verdict)} {verdict}"
        for verdict in Verdict
        if run.count(verdict) or verdict in _ALWAYS
    ]
    line = f"{', '.join(counted)}: {', '.join(verdicts)}"
    line += f" ({run.duration_ms / 1000:.1f} s)"
    why = Counter(each.why for each in run.left_out)
    left_out = [f"{times} left out ({reason})" for reason, times in why.items()]
    return "; ".join([line, *left_out])


_ALWAYS = (Verdict.PASSED, Verdict.FAILED, Verdict.KNOWN)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


class ProgressLine:
    """One line on a terminal that is overwritten during the run."""

    def __init__(self, total: int, out: TextIO) -> None:
        self._total = total
        self._out = out
        self._done = 0
        self._bad = 0
        self._live = out.isatty()

    def __call__(self, result: Result) -> None:
        """Count a result and show how far the run is."""
        self._done += 1
        self._bad += result.verdict in (Verdict.FAILED, Verdict.ERRORED)
        if self._live:
            bad = f", {self._bad} failed" if self._bad else ""
            line = f"{self._done} of {self._total}{bad}   {result.full_id}"
            print(f"\r\x1b[K{line[:79]}", end="", file=self._out, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if self._live:
            print("\r\x1b[K", end="", file=self._out, flush=True)
