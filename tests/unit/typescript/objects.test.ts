/** Objects in S3 (a client with scripted responses), and the URLs to them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  S3ObjectStore,
  type Signing,
} from "../../../handlers/typescript/assets/objects.ts";
import { AwsFault, Unavailable } from "../../../handlers/typescript/shared/errors.ts";
import { asset, awsError, clock, ID, NOW, Scripted } from "./support.ts";

const BUCKET = "assets-bucket";
const NAMES = ["a b+c%.png", "\u5b57".repeat(85), "\u65e5\u672c", "...", "'\"~&?#"];
const CHECKSUM = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
const PLACE = { Bucket: "bucket", Key: `assets/${ID}/engine.png` };

function signing(changes: Partial<Signing> = {}, token: string | null = null): Signing {
  const credentials = async () => ({ accessKey: "key", secretKey: "secret", token });
  return { credentials, region: "eu-west-1", endpoint: "", ...changes };
}

function store(how = signing()): S3ObjectStore {
  return new S3ObjectStore(new Scripted([]).s3, BUCKET, how);
}

function answering(...answers: unknown[]): {
  objects: S3ObjectStore;
  client: Scripted;
} {
  const client = new Scripted(answers);
  return { objects: new S3ObjectStore(client.s3, BUCKET, signing()), client };
}

function query(url: string): URLSearchParams {
  return new URL(url).searchParams;
}

test("the length is the size of the object or null", async () => {
  const { objects, client } = answering(awsError("NotFound", 404), {
    ContentLength: 3,
  });
  assert.equal(objects.bucket, BUCKET);
  assert.equal(await objects.length(asset(), clock()), null);
  assert.equal(await objects.length(asset(), clock()), 3);
  await objects.delete(asset(), clock());
  assert.deepEqual(client.sent, [
    { name: "HeadObjectCommand", input: PLACE },
    { name: "HeadObjectCommand", input: PLACE },
    { name: "DeleteObjectCommand", input: PLACE },
  ]);
});

for (const [code, status, error] of [
  ["403", 403, AwsFault],
  ["503", 503, Unavailable],
  ["SlowDown", 400, Unavailable],
] as const) {
  test(`an S3 error other than 404 is not a missing object: ${code}`, async () => {
    const { objects } = answering(awsError(code, status));
    await assert.rejects(objects.length(asset(), clock()), error);
  });
}

test("an empty object replaces any object", async () => {
  const { objects, client } = answering();
  await objects.empty(asset(), clock());
  const empty = { ContentLength: 0, ContentType: "application/octet-stream" };
  assert.deepEqual(client.sent, [
    { name: "PutObjectCommand", input: { ...PLACE, ...empty } },
  ]);
});

test("an object that cannot be emptied is unavailable", async () => {
  const { objects } = answering(awsError("InternalError", 500));
  await assert.rejects(objects.empty(asset(), clock()), Unavailable);
});

test("a failed deletion is unavailable", async () => {
  const { objects } = answering(awsError("InternalError", 500));
  await assert.rejects(objects.delete(asset(), clock()), Unavailable);
});

test("an upload signs the headers that S3 enforces", async () => {
  const upload = await store().upload(asset(), NOW + 999);
  assert.deepEqual(upload.headers, {
    "content-type": "image/png",
    "content-length": "3",
    "if-none-match": "*",
  });
  assert.equal(upload.expiresAt, NOW + 3_600_000);
  const prefix = `https://bucket.s3.eu-west-1.amazonaws.com/assets/${ID}/engine.png?`;
  assert.ok(upload.url.startsWith(prefix));
  assert.deepEqual(
    [...query(upload.url).keys()],
    [
      "X-Amz-Algorithm",
      "X-Amz-Credential",
      "X-Amz-Date",
      "X-Amz-Expires",
      "X-Amz-SignedHeaders",
      "X-Amz-Signature",
    ],
  );
  assert.equal(
    query(upload.url).get("X-Amz-SignedHeaders"),
    "content-length;content-type;host;if-none-match",
  );
  assert.equal(query(upload.url).get("X-Amz-Expires"), "3600");
});

test("a checksum is a signed header but not a parameter", async () => {
  const upload = await store().upload(asset({ checksumSha256: CHECKSUM }), NOW);
  assert.equal(upload.headers["x-amz-checksum-sha256"], CHECKSUM);
  assert.doesNotMatch([...query(upload.url).keys()].join(), /checksum/i);
  assert.equal(
    query(upload.url).get("X-Amz-SignedHeaders"),
    "content-length;content-type;host;if-none-match;x-amz-checksum-sha256",
  );
});

test("the token of a session is signed", async () => {
  const how = signing({}, "session+token/=");
  const { url } = await store(how).upload(asset(), NOW);
  assert.equal(query(url).get("X-Amz-Security-Token"), "session+token/=");
});

for (const name of NAMES) {
  test(`a download has the current name and the first key: ${name}`, async () => {
    const download = await store().download(asset({ fileName: name }), NOW);
    const disposition = query(download.url).get("response-content-disposition") ?? "";
    const [before, quoted = ""] = disposition.split("UTF-8''");
    assert.equal(before, "attachment; filename*=");
    assert.equal(decodeURIComponent(quoted), name);
    assert.equal(new URL(download.url).pathname, `/assets/${ID}/engine.png`);
    assert.equal(query(download.url).get("X-Amz-SignedHeaders"), "host");
    assert.equal(download.expiresAt, NOW + 3_600_000);
  });

  test(`the key of any file name survives encoding: ${name}`, async () => {
    const { url } = await store().upload(asset({ s3Key: `assets/${ID}/${name}` }), NOW);
    const path = url.slice("https://bucket.s3.eu-west-1.amazonaws.com".length);
    const [quoted = ""] = path.split("?");
    assert.match(quoted, /^[\x21-\x7E]+$/);
    assert.equal(decodeURIComponent(quoted), `/assets/${ID}/${name}`);
    assert.ok(Buffer.byteLength(decodeURIComponent(quoted)) - 1 <= 1_024);
  });
}

for (const [region, host] of [
  ["us-east-1", "bucket.s3.us-east-1.amazonaws.com"],
  ["cn-north-1", "bucket.s3.cn-north-1.amazonaws.com.cn"],
] as const) {
  test(`the host of a URL is regional: ${region}`, async () => {
    const { url } = await store(signing({ region })).upload(asset(), NOW);
    assert.equal(new URL(url).host, host);
    const scope = `/${region}/s3/aws4_request`;
    assert.ok(query(url).get("X-Amz-Credential")?.endsWith(scope));
  });
}

test("an endpoint has the bucket in the path", async () => {
  const how = signing({ endpoint: "http://127.0.0.1:4566" });
  const { url } = await store(how).upload(asset(), NOW);
  assert.ok(url.startsWith(`http://127.0.0.1:4566/bucket/assets/${ID}/engine.png?`));
});
