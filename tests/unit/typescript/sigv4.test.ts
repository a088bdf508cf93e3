/** Signatures, against those that botocore's signer makes of the same requests. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "../../../handlers/typescript/assets/objects.ts";
import { presignedUrl } from "../../../handlers/typescript/assets/sigv4.ts";
import { asset, ID, NOW } from "./support.ts";

const SECONDS = 1_771_000_000;
const CREDENTIALS = { accessKey: "AKIDEXAMPLE", secretKey: "secret/key+", token: null };
const HOST = "b.s3.eu-west-1.amazonaws.com";

test("an upload is signed with its headers and a session's token", () => {
  const url = presignedUrl(
    {
      method: "PUT",
      scheme: "https",
      host: HOST,
      path: "/assets/x/a b+%~'()*!日😀.png",
      query: {},
      headers: {
        "content-length": "3",
        "content-type": "text/plain; charset=utf-8",
        "if-none-match": "*",
        "x-amz-checksum-sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
      },
    },
    { ...CREDENTIALS, token: "to/ken==" },
    "eu-west-1",
    SECONDS,
  );
  assert.equal(
    url,
    `https://${HOST}/assets/x/a%20b%2B%25~%27%28%29%2A%21%E6%97%A5%F0%9F%98%80.png` +
      "?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIDEXAMPLE%2F20260213%2Feu-west-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20260213T162640Z&X-Amz-Expires=3600" +
      "&X-Amz-Security-Token=to%2Fken%3D%3D" +
      "&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match" +
      "%3Bx-amz-checksum-sha256&X-Amz-Signature=" +
      "f8bc7de1172e160aa80677613f9b0415b836cd6ca7237e63365af4680e451711",
  );
});

test("a download is signed with the file's name", () => {
  const disposition =
    "attachment; filename*=UTF-8''it%27s%20%28a%29%20%2Ab%2A!%20~%E6%97%A5.png";
  const url = presignedUrl(
    {
      method: "GET",
      scheme: "https",
      host: HOST,
      path: "/assets/x/a",
      query: { "response-content-disposition": disposition },
      headers: {},
    },
    CREDENTIALS,
    "eu-west-1",
    SECONDS,
  );
  const signature = new URL(url).searchParams.get("X-Amz-Signature");
  assert.equal(
    signature,
    "4885dfbcaf40d62286ce77bf6422aa4c3c6c0c00ce7372f69f9c7636372f10a9",
  );
});

function store(region: string, endpoint: string): S3ObjectStore {
  const signing = { credentials: async () => CREDENTIALS, region, endpoint };
  return new S3ObjectStore(new S3Client({ region }), "bucket", signing);
}

test("AWS has a host for each bucket, an endpoint the bucket in the path", async () => {
  const places = [
    store("eu-west-1", ""),
    store("cn-north-1", ""),
    store("eu-west-1", "http://127.0.0.1:4566/"),
  ].map(async (objects) => {
    const { url } = await objects.download(asset(), NOW);
    return url.slice(0, url.indexOf("?"));
  });
  assert.deepEqual(await Promise.all(places), [
    `https://bucket.s3.eu-west-1.amazonaws.com/assets/${ID}/engine.png`,
    `https://bucket.s3.cn-north-1.amazonaws.com.cn/assets/${ID}/engine.png`,
    `http://127.0.0.1:4566/bucket/assets/${ID}/engine.png`,
  ]);
});

test("a URL ends an hour after the whole second it was signed in", async () => {
  const upload = await store("eu-west-1", "").upload(asset(), NOW + 999);
  assert.equal(upload.expiresAt, NOW + 3_600_000);
  assert.deepEqual(upload.headers, {
    "content-type": "image/png",
    "content-length": "3",
    "if-none-match": "*",
  });
});
