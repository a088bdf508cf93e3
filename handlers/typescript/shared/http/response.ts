/** Answers, as API Gateway takes them (payload format 2.0). */

import { etagOf } from "../etags.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** An answer; `recordId` and `problem` name for the log what it is about. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly recordId?: string;
  readonly problem?: string;
}

/** What API Gateway takes. */
export interface Rendered {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Return a document as compact JSON, with characters outside ASCII as they are. */
export function jsonText(document: object): string {
  return JSON.stringify(document);
}

/** Return a 200, with the ETag where the document is a record of a version. */
export function ok(document: object, version?: number): Response {
  const etag = version === undefined ? {} : { etag: etagOf(version) };
  return { status: 200, headers: { ...JSON_TYPE, ...etag }, body: jsonText(document) };
}

/** Return a 201 for the record `recordId` in `collection` ("users"). */
export function created(
  collection: string,
  recordId: string,
  version: number,
  document: object,
): Response {
  const headers = {
    ...JSON_TYPE,
    etag: etagOf(version),
    location: `/${collection}/${recordId}`,
  };
  return { status: 201, headers, body: jsonText(document), recordId };
}

/** Return a 204. */
export function noContent(): Response {
  return { status: 204, headers: {} };
}

/** Return a 304, which bears the ETag but no body (RFC 9110, section 15.4.5). */
export function notModified(version: number): Response {
  return { status: 304, headers: { etag: etagOf(version) } };
}

/** Return the response as API Gateway takes it. */
export function rendered(response: Response, requestId: string): Rendered {
  const headers = {
    ...response.headers,
    "x-request-id": requestId,
    "cache-control": "no-store",
  };
  const result = { statusCode: response.status, headers };
  return response.body === undefined ? result : { ...result, body: response.body };
}
