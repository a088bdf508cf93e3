/** Cursors: positions as text, the same in every implementation and for all shards. */

import { InvalidCursor } from "./errors.ts";
import { isUlid, ulidTime } from "./ids.ts";
import type { Position } from "./pages.ts";

const TIME = /^(0|[1-9][0-9]{0,14})$/;

/** Return the cursor of the page that follows `position`. */
export function encodeCursor(position: Position): string {
  return encode(Buffer.from(`${position.createdAt}.${position.recordId}`));
}

/** Return the position in a cursor; throws `InvalidCursor` for any other text. */
export function decodeCursor(cursor: string): Position {
  const [time = "", recordId = "", ...more] = decode(cursor).split(".");
  if (!TIME.test(time) || !isUlid(recordId) || more.length > 0) {
    throw new InvalidCursor();
  }
  if (Number(time) !== ulidTime(recordId)) throw new InvalidCursor();
  return { createdAt: Number(time), recordId };
}

function encode(data: Buffer): string {
  return data.toString("base64url");
}

/** Return the text in a cursor, read as Latin-1: a position is only ASCII. */
function decode(cursor: string): string {
  const data = Buffer.from(cursor, "base64url");
  // Node ignores characters that are not base64url, and unused bits that are set.
  if (encode(data) !== cursor) throw new InvalidCursor();
  return data.toString("latin1");
}
