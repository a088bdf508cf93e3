/** Text by the rules of ASCII and UTF-8, which JavaScript's methods do not follow. */

const OPTIONAL_WHITESPACE = " \t"; // OWS of RFC 9110, section 5.6.3

/** Return `text` with A to Z in lower case; all other characters are unchanged. */
export function asciiLower(text: string): string {
  if (!/[A-Z]/.test(text)) return text; // most of what comes, at a third of the cost
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Return `text` without spaces and tabs at its ends; other white space stays. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && OPTIONAL_WHITESPACE.includes(text.charAt(start))) start += 1;
  while (end > start && OPTIONAL_WHITESPACE.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Compare texts by their bytes in UTF-8; UTF-16 has another order after U+D7FF. */
export function inByteOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * Return a function that percent-encodes a text in UTF-8, except letters, digits and
 * the characters of `safe` (ASCII). encodeURIComponent does not encode !'()*.
 */
export function percentEncoder(safe: string): (text: string) => string {
  const plain = /[A-Za-z0-9]/;
  const encoded = Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (plain.test(character) || safe.includes(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return (text) => {
    let result = "";
    for (const byte of Buffer.from(text)) result += encoded[byte];
    return result;
  };
}
