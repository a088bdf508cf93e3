/** Users with the AWS SDK only: reads events and checks bodies by hand. */

import { findUser, newestUsers, storeUser, type UserCreate } from "./users-table";

const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const KNOWN = ["email", "name", "department", "expiresAt"];

interface Event {
  routeKey: string;
  body?: string;
  pathParameters?: Record<string, string>;
  queryStringParameters?: Record<string, string>;
}

export async function handler(event: Event) {
  switch (event.routeKey) {
    case "POST /users":
      return create(JSON.parse(event.body ?? ""));
    case "GET /users/{userId}": {
      const user = await findUser(event.pathParameters?.userId ?? "");
      return user === null ? answer(404, { title: "not found" }) : answer(200, user);
    }
    case "GET /users": {
      const limit = Number(event.queryStringParameters?.limit ?? "20");
      return answer(200, await newestUsers(limit));
    }
  }
  return answer(404, { title: "not found" });
}

async function create(body: Record<string, unknown>) {
  const errors = check(body);
  if (errors.length > 0) return answer(400, { title: "invalid", errors });
  const user = await storeUser(body as unknown as UserCreate);
  return user === null ? answer(409, { title: "taken" }) : answer(201, user);
}

function check({ email, name, department, expiresAt, ...others }: Record<string, unknown>) {
  const errors = [];
  if (typeof email !== "string" || email.length > 254 || !EMAIL.test(email)) {
    errors.push({ pointer: "/email", code: "pattern" });
  }
  if (!isShort(name)) errors.push({ pointer: "/name", code: "length" });
  if (department !== undefined && !isShort(department)) {
    errors.push({ pointer: "/department", code: "length" });
  }
  if (expiresAt !== undefined && !Number.isInteger(expiresAt)) {
    errors.push({ pointer: "/expiresAt", code: "type" });
  }
  for (const other of Object.keys(others)) {
    if (!KNOWN.includes(other)) errors.push({ pointer: `/${other}`, code: "unknown" });
  }
  return errors;
}

function isShort(value: unknown) {
  return typeof value === "string" && value.length >= 1 && value.length <= 100;
}

function answer(statusCode: number, document: unknown) {
  const headers = { "content-type": "application/json" };
  return { statusCode, headers, body: JSON.stringify(document) };
}
