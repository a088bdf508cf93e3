"""The exact value of a number in JSON, at bounded cost.

A body may contain a number of 65,536 digits, or an exponent of as many. Such a number
becomes neither an `int` nor a `float`: Python refuses more than 4,300 digits, and a
float would turn 1e-400 and 4503599627370496.5 into integers.
"""

SAFE_INTEGER = 2**53 - 1
_BEYOND = SAFE_INTEGER + 1
_SAFE_DIGITS = 16
# A body has fewer digits than the value of such an exponent, so they cannot offset it.
_EXPONENT_DIGITS = 7

# No field of this API accepts a number that is not an integer, so its value is dropped.
NO_INTEGER = 0.5


def read_number(literal: str) -> int | float:
    """Return the integer that `literal` denotes, or `NO_INTEGER`.

    An integer beyond ±(2^53 - 1) is returned as ±2^53, which no field accepts.
    """
    mantissa, _, exponent = literal.replace("E", "e").partition("e")
    negative = mantissa.startswith("-")
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if significant == "":
        return 0
    zeros = _read_exponent(exponent) - len(fraction) + len(digits) - len(significant)
    if zeros < 0:
        return NO_INTEGER
    if len(significant) + zeros > _SAFE_DIGITS:
        value = _BEYOND
    else:
        value = min(int(significant) * 10**zeros, _BEYOND)
    return -value if negative else value


def _read_exponent(text: str) -> int:
    """Return the exponent; one with too many digits is cut to an equivalent one."""
    digits = text.lstrip("+-").lstrip("0")[: _EXPONENT_DIGITS + 1]
    magnitude = int(digits or "0")
    return -magnitude if text.startswith("-") else magnitude
