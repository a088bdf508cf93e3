"""The list of faults that a client sees: in a fixed order, and of limited length."""

from collections.abc import Iterable, Sequence

from shared.errors import Fault
from shared.text import in_byte_order

MAX_FAULTS = 100


def listed(faults: Iterable[Fault]) -> Sequence[Fault]:
    """Return the first hundred faults, sorted by the UTF-8 bytes of their locations."""
    return sorted(faults, key=lambda fault: in_byte_order(fault.location))[:MAX_FAULTS]
