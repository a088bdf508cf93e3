/** Ids of records (ULIDs) and of writes, and the list shard that an id determines. */

import { randomFillSync } from "node:crypto";
import { ULID } from "@contract/schemas";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32
const ULID_PATTERN = new RegExp(ULID.pattern, "u");
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
const WRITE_ID_BYTES = 16;

/** Return whether `text` is a ULID in upper case; no other spelling is accepted. */
export function isUlid(text: string): boolean {
  return ULID_PATTERN.test(text);
}

// Drawn a thousand at a time: a draw of ten costs as much, which is 2 % of createUser.
const POOL = Buffer.alloc(1_024);
let drawn = POOL.length;

/** Return `length` random bytes; the caller must read them before the next call. */
function freshBytes(length: number): Buffer {
  if (drawn + length > POOL.length) {
    randomFillSync(POOL);
    drawn = 0;
  }
  drawn += length;
  return POOL.subarray(drawn - length, drawn);
}

/** Return a ULID of the time `now` (ms since 1970) with 80 fresh random bits. */
export function newUlid(now: number): string {
  let time = "";
  let rest = now;
  for (let length = 0; length < TIME_LENGTH; length += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = "";
  for (const byte of freshBytes(RANDOM_LENGTH)) {
    random += ALPHABET.charAt(byte & 31);
  }
  return time + random;
}

/** Return the time of a ULID in milliseconds since 1970. */
export function ulidTime(ulid: string): number {
  let time = 0;
  for (const character of ulid.slice(0, TIME_LENGTH)) {
    time = time * 32 + ALPHABET.indexOf(character);
  }
  return time;
}

/** Return the list shard of a record, a number below `shards`. */
export function listShard(ulid: string, shards: number): number {
  return ALPHABET.indexOf(ulid.slice(-1)) % shards;
}

/** Return 32 random hexadecimal digits that identify one write. */
export function newWriteId(): string {
  return freshBytes(WRITE_ID_BYTES).toString("hex");
}
