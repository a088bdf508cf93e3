/** Responses, in API Gateway's format (payload format 2.0). */

import { etagOf } from "../etags.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** A response; `recordId` and `problem` are for the log. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly recordId?: string;
  readonly problem?: string;
}

/** A response in API Gateway's format. */
export interface Rendered {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Return a document as compact JSON; characters outside ASCII are not escaped. */
export function jsonText(document: object): string {
  return JSON.stringify(document);
}

/** Return a 200; it has an ETag if `version` is that of a record. */
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

/** Return a 304, which has the ETag but no body (RFC 9110, section 15.4.5). */
export function notModified(version: number): Response {
  return { status: 304, headers: { etag: etagOf(version) } };
}

/** Return the response in API Gateway's format. */
export function rendered(response: Response, requestId: string): Rendered {
  const headers = {
    ...response.headers,
    "x-request-id": requestId,
    "cache-control": "no-store",
  };
  const result = { statusCode: response.status, headers };
  return response.body === undefined ? result : { ...result, body: response.body };
}
