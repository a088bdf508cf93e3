"""Finds the plugin of a contract folder and asks it for its domain."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, cast

from twinproof.cases.expressions import language_of
from twinproof.contract.config import FILE
from twinproof.domain.default import PlainDomain
from twinproof.errors import FileFault, Finding

if TYPE_CHECKING:
    from twinproof.cases.language import Language
    from twinproof.contract.config import Config
    from twinproof.contract.openapi import Contract
    from twinproof.domain.protocol import Domain


def language_in(contract: Contract) -> Language:
    """Return what a contract's cases are written in; raise `FileFault`."""
    return language_of(contract.config, domain_of(contract).expressions)


def domain_of(contract: Contract) -> Domain:
    """Return the domain of a contract's plugin; raise `FileFault` where that is unfit.

    A contract that names no plugin has what its config says.
    """
    # A plugin is imported by its dotted name only: from a file it would be a second
    # module beside the one that tests import, and so would its classes.
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
        told = f"the plugin {module} cannot be imported: {error}"
        raise FileFault([Finding(FILE, "/plugin/module", told)]) from None
    if not callable(getattr(found, "domain", None)):
        told = f"the plugin {module} has no function `domain`"
        raise FileFault([Finding(FILE, "/plugin/module", told)])
    return cast("Domain", found.domain(config, contract))
