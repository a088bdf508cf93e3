/** Users with Hono and zod. */

import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { listQuery, userCreate } from "./schemas";
import { findUser, newestUsers, storeUser } from "./users-table";

const app = new Hono();

app.post("/users", zValidator("json", userCreate), async (c) => {
  const user = await storeUser(c.req.valid("json"));
  return user === null ? c.json({ title: "taken" }, 409) : c.json(user, 201);
});

app.get("/users/:userId", async (c) => {
  const user = await findUser(c.req.param("userId"));
  return user === null ? c.json({ title: "not found" }, 404) : c.json(user);
});

app.get("/users", zValidator("query", listQuery), async (c) => {
  return c.json(await newestUsers(c.req.valid("query").limit));
});

export const handler = handle(app);
