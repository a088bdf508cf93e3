"""What a number in JSON means: its decimal notation, to the letter, at bounded cost.

A body may hold a number of 65,536 digits or an exponent of as many. Neither becomes an
`int` or a `float`: Python refuses more than 4,300 digits, and a float would make an
integer of 1e-400 and of 4503599627370496.5.
"""

SAFE_INTEGER = 2**53 - 1
_BEYOND = SAFE_INTEGER + 1
_SAFE_DIGITS = 16
# Over the digits a body can hold: such an exponent cannot be made up for by them.
_EXPONENT_DIGITS = 7

# No member of this API takes a number that is no integer, so its value is not kept.
NO_INTEGER = 0.5


def read_number(literal: str) -> int | float:
    """Return the integer that `literal` denotes, or `NO_INTEGER`.

    An integer beyond ±(2^53 - 1) is returned as ±2^53, which no member admits.
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
    """Return the exponent, or one as good where it has more digits than that takes."""
    digits = text.lstrip("+-").lstrip("0")[: _EXPONENT_DIGITS + 1]
    magnitude = int(digits or "0")
    return -magnitude if text.startswith("-") else magnitude
