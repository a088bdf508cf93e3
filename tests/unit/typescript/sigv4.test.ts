/** Signatures, compared with those of botocore's signer for the same requests. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { presignedUrl } from "../../../handlers/typescript/assets/sigv4.ts";

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
