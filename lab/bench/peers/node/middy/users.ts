/** Users with Middy: its router, its body parser and its validator (Ajv). */

import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import jsonBodyParser from "@middy/http-json-body-parser";
import httpRouter from "@middy/http-router";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import { findUser, newestUsers, storeUser } from "./users-table";

const eventSchema = transpileSchema({
  type: "object",
  required: ["body"],
  properties: {
    body: {
      type: "object",
      required: ["email", "name"],
      additionalProperties: false,
      properties: {
        email: {
          type: "string",
          maxLength: 254,
          pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
        },
        name: { type: "string", minLength: 1, maxLength: 100 },
        department: { type: "string", minLength: 1, maxLength: 100 },
        expiresAt: { type: "integer" },
      },
    },
  },
});

const createUser = middy()
  .use(jsonBodyParser())
  .use(validator({ eventSchema }))
  .handler(async (event) => {
    const user = await storeUser(event.body);
    return user === null ? answer(409, { title: "taken" }) : answer(201, user);
  });

const getUser = middy().handler(async (event) => {
  const user = await findUser(event.pathParameters.userId);
  return user === null ? answer(404, { title: "not found" }) : answer(200, user);
});

const listUsers = middy().handler(async (event) => {
  const limit = Number(event.queryStringParameters?.limit ?? "20");
  return answer(200, await newestUsers(limit));
});

function answer(statusCode: number, document: unknown) {
  const headers = { "content-type": "application/json" };
  return { statusCode, headers, body: JSON.stringify(document) };
}

export const handler = middy()
  .use(httpErrorHandler({ logger: false }))
  .handler(
    httpRouter([
      { method: "POST", path: "/users", handler: createUser },
      { method: "GET", path: "/users/{userId}", handler: getUser },
      { method: "GET", path: "/users", handler: listUsers },
    ]),
  );
