/**
 * The exact value of a number in JSON, at bounded cost.
 *
 * A body may contain a number of 65,536 digits, or an exponent of as many. `Number`
 * would turn 1e-400 and 4503599627370496.5 into integers, and 1e400 into Infinity.
 */

export const SAFE_INTEGER = Number.MAX_SAFE_INTEGER; // 2^53 - 1
const BEYOND = SAFE_INTEGER + 1;
const SAFE_DIGITS = 16;
// A body has fewer digits than the value of such an exponent, so they cannot offset it.
const EXPONENT_DIGITS = 7;

// No field of this API accepts a number that is not an integer, so its value is
// dropped.
export const NO_INTEGER = 0.5;

/**
 * Return the integer that `literal` denotes, or `NO_INTEGER`.
 *
 * An integer beyond ±(2^53 - 1) is returned as ±2^53, which no field accepts.
 */
export function readNumber(literal: string): number {
  const [mantissa, exponent] = partition(literal.replace("E", "e"), "e");
  const negative = mantissa.startsWith("-");
  const [whole, fraction] = partition(mantissa.slice(negative ? 1 : 0), ".");
  const digits = withoutLeadingZeros(whole + fraction);
  const significant = withoutTrailingZeros(digits);
  if (significant === "") return 0;
  const zeros =
    readExponent(exponent) - fraction.length + digits.length - significant.length;
  if (zeros < 0) return NO_INTEGER;
  const value =
    significant.length + zeros > SAFE_DIGITS
      ? BEYOND
      : Math.min(Number(significant + "0".repeat(zeros)), BEYOND);
  return negative ? -value : value;
}

/** Return the exponent; one with too many digits is cut to an equivalent one. */
function readExponent(text: string): number {
  const digits = withoutLeadingZeros(text.replace(/^[+-]/, ""));
  const magnitude = Number(digits.slice(0, EXPONENT_DIGITS + 1));
  return text.startsWith("-") ? -magnitude : magnitude;
}

function partition(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+/, "");
}

/**
 * Remove zeros at the end in a loop: /0+$/ would try again at each zero in the text.
 */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
