"""The tables of the means that keep sandboxes warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lab.markdown import table
from lab.scale.costs import PING_SECONDS
from lab.scale.loads import FUNCTIONS, NOTHING, PROVISIONED, RULE, Load
from lab.scale.report.figures import dollars, percent, whole

IDLE_MINUTES = (4, 10, 30, 60)
# SnapStart takes snapshots of Java, Python (3.12 and later) and .NET, not of Node.
SNAPSHOTS = frozenset({"python"})


def idle_time(loads: Mapping[str, list[Load]]) -> str:
    """Return the table of cold requests by the time Lambda keeps an idle sandbox."""
    thin = next(iter(loads.values()))[:2]
    means = {NOTHING: None, RULE: float(PING_SECONDS)}
    head = ["Lambda keeps an idle sandbox for"]
    head += [f"{whole(load.a_day)} a day: {how}" for load in thin for how in means]
    rows = []
    for minutes in IDLE_MINUTES:
        shares = [
            replace(load, idle=minutes * 60.0).cold_share(ping)
            for load in thin
            for ping in means.values()
        ]
        rows.append([f"{minutes} minutes", *map(percent, shares)])
    return table(head, rows)


def keep_warm(loads: Mapping[str, list[Load]]) -> str:
    """Return the table of each means: its cold requests, delays and dollars."""
    head = ["requests a day: kept warm by"]
    for name in loads:
        head += [f"cold, {name}", f"adds ms, {name}", f"dollars a month, {name}"]
    columns = [[_kept(load) for load in of] for of in loads.values()]
    first = next(iter(loads.values()))
    rows = []
    for index, load in enumerate(first):
        for how in columns[0][index]:
            cells = [cell for of in columns for cell in of[index].get(how, [""] * 3)]
            rows.append([f"{whole(load.a_day)}: {how}", *cells])
    return table(head, rows)


def _kept(load: Load) -> dict[str, list[str]]:
    """Return by means: cold requests, what one adds in ms, dollars a month."""
    costs, running, shares = load.costs, load.running(), load.cold_shares
    adds = max(costs.cold_ms(load.one, word) for word in FUNCTIONS)
    rule = costs.fixed_costs(load.one)["warming rule"]
    cells = {
        NOTHING: _cells(shares[NOTHING], adds, running + _cold(load, NOTHING)),
        RULE: _cells(shares[RULE], adds, running + rule + _cold(load, RULE)),
        PROVISIONED: _provisioned(load, adds),
    }
    if load.one.name in SNAPSHOTS:
        cells["SnapStart"] = _snapshots(load)
    return cells


def _cold(load: Load, how: str) -> float:
    return load.cold_dollars(load.cold_shares[how])


def _provisioned(load: Load, adds: float) -> list[str]:
    needed = sum(load.provisioned_count(word) for word in FUNCTIONS)
    kept_dollars = load.costs.provisioned(needed)
    paid = kept_dollars + load.running("provisionedDuration") + _cold(load, PROVISIONED)
    share, longer, cost = _cells(load.cold_shares[PROVISIONED], adds, paid)
    return [share, longer, f"{cost} ({needed} kept)"]


def _snapshots(load: Load) -> list[str]:
    costs, share = load.costs, load.cold_shares[NOTHING]
    adds = max(costs.restored_ms(load.one, word) for word in FUNCTIONS)
    kept_dollars = costs.snapshots(len(FUNCTIONS))
    paid = load.running() + kept_dollars + load.restored_dollars(share)
    return _cells(share, adds, paid)


def _cells(share: float, longer: float, paid: float) -> list[str]:
    return [percent(share), whole(longer), dollars(paid)]
