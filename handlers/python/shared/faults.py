"""The list of faults that a client sees: in a fixed order, and not without end."""

from collections.abc import Iterable, Sequence

from shared.errors import Fault
from shared.text import in_byte_order

MAX_FAULTS = 100


def listed(faults: Iterable[Fault]) -> Sequence[Fault]:
    """Return the faults by the UTF-8 octets of their places, the first hundred."""
    return sorted(faults, key=lambda fault: in_byte_order(fault.location))[:MAX_FAULTS]
