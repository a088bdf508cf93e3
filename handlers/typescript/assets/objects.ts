/**
 * The objects of assets in S3, and the URLs that clients use to reach them directly.
 */

import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { httpStatus, serviceFailures } from "../shared/aws/failures.ts";
import type { Clock } from "../shared/clock.ts";
import { percentEncoder } from "../shared/text.ts";
import type { Asset, Download, ObjectStore, Upload, UploadHeaders } from "./model.ts";
import {
  type Credentials,
  presignedUrl,
  type UnsignedUrl,
  URL_TTL_SECONDS,
} from "./sigv4.ts";

// attr-char of RFC 8187, apart from letters and digits.
const quote = percentEncoder("!#$&+-.^_`|~");

// RFC 2046, section 4.5.1: the type of arbitrary bytes.
const EMPTY_TYPE = "application/octet-stream";

/**
 * How URLs are signed; `endpoint` replaces the endpoint of AWS, "" means AWS.
 *
 * `credentials` is called for each URL, because a role's credentials change.
 */
export interface Signing {
  readonly credentials: () => Promise<Credentials>;
  readonly region: string;
  readonly endpoint: string;
}

/** A bucket; implements `ObjectStore`. */
export class S3ObjectStore implements ObjectStore {
  constructor(
    private readonly client: S3Client,
    readonly bucket: string,
    private readonly signing: Signing,
  ) {}

  /** Return the size of the asset's object in bytes, null while there is none. */
  async length(asset: Asset, clock: Clock): Promise<number | null> {
    const location = { Bucket: asset.s3Bucket, Key: asset.s3Key };
    return serviceFailures(clock.deadline, async () => {
      try {
        const head = await this.client.send(new HeadObjectCommand(location));
        return head.ContentLength ?? null;
      } catch (error) {
        if (httpStatus(error) === 404) return null;
        throw error;
      }
    });
  }

  /** Remove the asset's object, if there is one. */
  async delete(asset: Asset, clock: Clock): Promise<void> {
    const location = { Bucket: asset.s3Bucket, Key: asset.s3Key };
    const command = new DeleteObjectCommand(location);
    await serviceFailures(clock.deadline, () => this.client.send(command));
  }

  /** Replace the asset's object by an empty one, whether or not it exists. */
  async empty(asset: Asset, clock: Clock): Promise<void> {
    const location = { Bucket: asset.s3Bucket, Key: asset.s3Key };
    const empty = { ContentLength: 0, ContentType: EMPTY_TYPE };
    const command = new PutObjectCommand({ ...location, ...empty });
    await serviceFailures(clock.deadline, () => this.client.send(command));
  }

  /**
   * Sign the upload: S3 itself then refuses another size, type or content.
   *
   * `if-none-match` makes the upload work only once.
   */
  async upload(asset: Asset, now: number): Promise<Upload> {
    const headers: UploadHeaders = {
      "content-type": asset.contentType,
      "content-length": String(asset.size),
      "if-none-match": "*",
      ...(asset.checksumSha256 !== null && {
        "x-amz-checksum-sha256": asset.checksumSha256,
      }),
    };
    const url = await this.signed(this.request("PUT", asset, {}, { ...headers }), now);
    return { url, headers, expiresAt: urlExpiresAt(now) };
  }

  /** Sign the download, with the file name that the asset has now. */
  async download(asset: Asset, now: number): Promise<Download> {
    const query = {
      "response-content-disposition": contentDisposition(asset.fileName),
    };
    const url = await this.signed(this.request("GET", asset, query, {}), now);
    return { url, expiresAt: urlExpiresAt(now) };
  }

  private async signed(request: UnsignedUrl, now: number): Promise<string> {
    const credentials = await this.signing.credentials();
    const seconds = Math.floor(now / 1000);
    return presignedUrl(request, credentials, this.signing.region, seconds);
  }

  /**
   * Return a request for the asset's object.
   *
   * AWS has one host for each bucket; any other endpoint has the bucket in the path.
   */
  private request(
    method: string,
    asset: Asset,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): UnsignedUrl {
    const { s3Bucket: bucket, s3Key: key } = asset;
    const { endpoint, region } = this.signing;
    if (endpoint !== "") {
      const { protocol, host } = new URL(endpoint);
      const scheme = protocol.slice(0, -1);
      return { method, scheme, host, path: `/${bucket}/${key}`, query, headers };
    }
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const host = `${bucket}.s3.${region}.${domain}`;
    return { method, scheme: "https", host, path: `/${key}`, query, headers };
  }
}

/** Return the header that makes browsers save a file under any name (RFC 8187). */
export function contentDisposition(fileName: string): string {
  return `attachment; filename*=UTF-8''${quote(fileName)}`;
}

/** Return when a URL signed at `now` expires; signatures have whole seconds. */
function urlExpiresAt(now: number): number {
  return (Math.floor(now / 1000) + URL_TTL_SECONDS) * 1000;
}
