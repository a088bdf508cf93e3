/** Assets with Middy: its body parser and its validator (Ajv). */

import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import jsonBodyParser from "@middy/http-json-body-parser";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import { storeAsset } from "./assets-table";

const eventSchema = transpileSchema({
  type: "object",
  required: ["body"],
  properties: {
    body: {
      type: "object",
      required: ["fileName", "contentType", "size"],
      additionalProperties: false,
      properties: {
        fileName: { type: "string", minLength: 1, maxLength: 247 },
        contentType: { type: "string", maxLength: 255, pattern: ".+/.+" },
        size: { type: "integer", minimum: 1, maximum: 5368709120 },
      },
    },
  },
});

export const handler = middy()
  .use(jsonBodyParser())
  .use(validator({ eventSchema }))
  .use(httpErrorHandler({ logger: false }))
  .handler(async (event) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(await storeAsset(event.body));
    return { statusCode: 201, headers, body };
  });
