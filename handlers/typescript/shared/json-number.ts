/**
 * What a number in JSON means: its decimal notation, to the letter, at bounded cost.
 *
 * A body may hold a number of 65,536 digits or an exponent of as many. `Number` would
 * make an integer of 1e-400 and of 4503599627370496.5, and Infinity of 1e400.
 */

export const SAFE_INTEGER = Number.MAX_SAFE_INTEGER; // 2^53 - 1
const BEYOND = SAFE_INTEGER + 1;
const SAFE_DIGITS = 16;
// Over the digits a body can hold: such an exponent cannot be made up for by them.
const EXPONENT_DIGITS = 7;

// No member of this API takes a number that is no integer, so its value is not kept.
export const NO_INTEGER = 0.5;

/**
 * Return the integer that `literal` denotes, or `NO_INTEGER`.
 *
 * An integer beyond ±(2^53 - 1) is returned as ±2^53, which no member admits.
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

/** Return the exponent, or one as good where it has more digits than that takes. */
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

/** Remove zeros at the end, by a loop: /0+$/ tries again at each zero on the way. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
