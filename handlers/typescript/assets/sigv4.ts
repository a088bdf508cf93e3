/**
 * Presigned URLs by AWS Signature Version 4, with the signature in the query.
 *
 * The signer is written here because those of the SDKs differ from the contract: boto3
 * signs Version 2 in some regions and drops one content type from the signature; the
 * JavaScript signer moves headers into the query. For the algorithm and an example with
 * its result, see
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */

import { createHash, createHmac } from "node:crypto";
import { percentEncoder } from "../shared/text.ts";

export const URL_TTL_SECONDS = 3_600;
const ALGORITHM = "AWS4-HMAC-SHA256";
// The unreserved characters of RFC 3986, apart from letters and digits.
const UNRESERVED = "-._~";

const quotePath = percentEncoder(`/${UNRESERVED}`);
const quote = percentEncoder(UNRESERVED);

/** The credentials that sign; only those of a session have a `token`. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string | null;
}

type Texts = Readonly<Record<string, string>>;

/** A request to sign: the path is not encoded yet, header names are lower-case. */
export interface UnsignedUrl {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: Texts;
  readonly headers: Texts;
}

/**
 * Return the URL of `request`, signed at `seconds` since 1970, valid for an hour.
 *
 * A client must send `request.headers` unchanged, and may add others.
 */
export function presignedUrl(
  request: UnsignedUrl,
  credentials: Credentials,
  region: string,
  seconds: number,
): string {
  const timestamp = new Date(seconds * 1000).toISOString().replace(/[-:]|\.000/g, "");
  const scope = `${timestamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const path = quotePath(request.path);
  const headers = { ...request.headers, host: request.host };
  const parameters = {
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${credentials.accessKey}/${scope}`,
    "X-Amz-Date": timestamp,
    "X-Amz-Expires": String(URL_TTL_SECONDS),
    "X-Amz-SignedHeaders": Object.keys(headers).sort().join(";"),
    ...(credentials.token !== null && { "X-Amz-Security-Token": credentials.token }),
  };
  const query = canonicalQuery({ ...request.query, ...parameters });
  const canonical = canonicalRequest(request.method, path, query, headers);
  const digest = createHash("sha256").update(canonical).digest("hex");
  const toSign = `${ALGORITHM}\n${timestamp}\n${scope}\n${digest}`;
  const key = signingKey(credentials.secretKey, scope);
  const signature = hmac(key, toSign).toString("hex");
  const url = `${request.scheme}://${request.host}${path}`;
  return `${url}?${query}&X-Amz-Signature=${signature}`;
}

function canonicalRequest(
  method: string,
  path: string,
  query: string,
  headers: Texts,
): string {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}`);
  const signed = names.join(";");
  return [method, path, query, ...lines, "", signed, "UNSIGNED-PAYLOAD"].join("\n");
}

function canonicalQuery(query: Texts): string {
  const pairs = Object.entries(query).map(([name, value]) => [
    quote(name),
    quote(value),
  ]);
  // All names differ, and none is the beginning of another.
  return pairs
    .map((pair) => pair.join("="))
    .sort()
    .join("&");
}

function signingKey(secretKey: string, scope: string): Buffer {
  return scope.split("/").reduce(hmac, Buffer.from(`AWS4${secretKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
