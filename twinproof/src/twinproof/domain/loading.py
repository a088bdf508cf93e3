"""Loads the plugin of a contract folder and its domain."""

from __future__ import annotations

import importlib
import sys
from typing import cast

from twinproof.cases.language import Expression
from twinproof.contract.config import FILE, Config
from twinproof.contract.openapi import Contract
from twinproof.domain.default import PlainDomain
from twinproof.domain.kinds import Kind
from twinproof.domain.protocol import Domain, Effects, Records
from twinproof.errors import FileFault, FileFinding, ToolError, located


def domain_of(contract: Contract) -> Domain:
    """Return the domain of a contract's plugin; raise `FileFault` if it is unfit.

    A contract without a plugin has the default domain.
    """
    # A plugin is imported by its dotted name only. Loaded from a file, it and its
    # classes would exist twice, next to those that tests import.
    config: Config = contract.config
    if config.plugin is None:
        return PlainDomain.of(config)
    module, folder = config.plugin
    path = str((config.root / folder).resolve())
    if path not in sys.path:
        sys.path.append(path)
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        raise _unfit(f"{module} cannot be imported: {error}") from None
    except Exception as bug:  # noqa: BLE001 - a plugin may fail in any way
        raise _unfit(f"{module} cannot be imported: {located(bug)}") from None
    make = getattr(found, "domain", None)
    if not callable(make):
        raise _unfit(f"{module} has no function `domain`")
    try:
        domain = make(config, contract)
    except ToolError:
        raise
    except Exception as bug:  # noqa: BLE001 - a plugin may fail in any way
        raise _unfit(f"{module} fails in `domain`: {located(bug)}") from None
    if lack := _lack(domain):
        raise _unfit(f"{module} returns a domain without {lack}")
    return cast("Domain", domain)


def _unfit(what: str) -> FileFault:
    return FileFault([FileFinding(FILE, "/plugin/module", f"the plugin {what}")])


def _lack(domain: object) -> str:
    """Return the first required part that a domain lacks; "" if none."""
    for name in ("records", "effects", "kinds", "expressions", "lint", "conventions"):
        if getattr(domain, name, None) is None:
            return name
    # The drawing is loaded when it is needed, by `fuzz` alone.
    if not hasattr(type(domain), "drawing") and "drawing" not in vars(domain):
        return "drawing"
    for part, protocol in (("records", Records), ("effects", Effects)):
        for name in (each for each in vars(protocol) if not each.startswith("_")):
            if not callable(getattr(getattr(domain, part), name, None)):
                return f"{part}.{name}"
    for part, wanted in (("kinds", Kind), ("expressions", Expression)):
        for name, value in getattr(domain, part).items():
            if not isinstance(value, wanted):
                return f"{wanted.__name__} under {part}[{name!r}]"
    return ""
