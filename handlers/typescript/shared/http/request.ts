/** The event of an HTTP API (payload format 2.0) as a request. */

import { MalformedRequest, PayloadTooLarge } from "../errors.ts";
import { asciiLower, trimWhitespace } from "../text.ts";

const MAX_BODY_BYTES = 65_536;

type Texts = ReadonlyMap<string, string>;

/** The parts of an event that the functions read; header names are in lower case. */
export class Request {
  constructor(
    readonly route: string,
    readonly path: Texts,
    readonly query: string,
    readonly headers: Texts,
    readonly body: string,
    readonly isBase64: boolean,
  ) {}

  /** Return a header's value without white space around it, or null. */
  header(name: string): string | null {
    const value = this.headers.get(name);
    return value === undefined ? null : trimWhitespace(value);
  }

  /**
   * Return the body as it was sent, or throw `MalformedRequest`.
   *
   * If the text has a lone surrogate, the bytes are not UTF-8 either.
   */
  bodyBytes(): Buffer {
    if (!this.isBase64) return surrogatesPassed(this.body);
    const data = Buffer.from(this.body, "base64");
    // Node ignores characters that are not base64, and unused bits that are set.
    if (data.toString("base64") !== this.body) throw new MalformedRequest();
    return data;
  }

  /** Return the size of the body; for broken base64, the size of the base64. */
  byteCount(): number {
    try {
      return this.bodyBytes().length;
    } catch {
      return Buffer.byteLength(this.body);
    }
  }

  /** Return the body's bytes; also throws `PayloadTooLarge`. */
  boundedBytes(): Buffer {
    const data = this.bodyBytes();
    if (data.length > MAX_BODY_BYTES) throw new PayloadTooLarge();
    return data;
  }
}

/** Return the gateway's id of the request, or null. */
export function requestIdOf(event: unknown): string | null {
  const requestId = mapping(mapping(event)["requestContext"])["requestId"];
  return typeof requestId === "string" && requestId !== "" ? requestId : null;
}

/** Return the request in an event; throws `MalformedRequest` for any other event. */
export function readRequest(event: unknown): Request {
  const fields = mapping(event);
  const route = fields["routeKey"];
  const http = mapping(fields["requestContext"])["http"];
  if (typeof route !== "string" || !isMapping(http)) throw new MalformedRequest();
  return new Request(
    route,
    texts(fields, "pathParameters"),
    text(fields, "rawQueryString"),
    joined(texts(fields, "headers")),
    text(fields, "body"),
    fields["isBase64Encoded"] === true,
  );
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function text(fields: Mapping, name: string): string {
  const value = fields[name] ?? "";
  if (typeof value !== "string") throw new MalformedRequest();
  return value;
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

function texts(fields: Mapping, name: string): Texts {
  const values = fields[name] ?? {};
  if (!isMapping(values)) throw new MalformedRequest();
  const entries = Object.entries(values);
  if (!entries.every(isTextEntry)) throw new MalformedRequest();
  return new Map(entries);
}

/** Return headers by lower-case name; values of the same name are joined. */
function joined(headers: Texts): Texts {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = asciiLower(name);
    const other = values.get(key);
    values.set(key, other === undefined ? value : `${other},${value}`);
  }
  return values;
}

/** Return a text in UTF-8; a lone surrogate is encoded as if it were a character. */
function surrogatesPassed(body: string): Buffer {
  if (body.isWellFormed()) return Buffer.from(body);
  return Buffer.concat(
    Array.from(body, (character) => {
      const point = character.charCodeAt(0);
      if (character.length > 1 || point < 0xd800 || point > 0xdfff) {
        return Buffer.from(character);
      }
      return Buffer.of(
        0xe0 | (point >> 12),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }),
  );
}
