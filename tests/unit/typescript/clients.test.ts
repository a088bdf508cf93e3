/** AWS's clients: the settings that keep their calls cheap. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import {
  dynamodbClient,
  s3Client,
} from "../../../handlers/typescript/shared/aws/clients.ts";

setFlagsFromString("--allow-natives-syntax");
const hasFastProperties = runInThisContext("(it) => %HasFastProperties(it)");

for (const [name, client] of Object.entries({ dynamodbClient, s3Client })) {
  test(`${name}: V8 stores the configuration as an object, not as a hash table`, () => {
    assert.ok(hasFastProperties(client().config));
  });
}
