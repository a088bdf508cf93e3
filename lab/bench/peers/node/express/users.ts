/** Users with Express behind an adapter, and zod. */

import serverlessExpress from "@codegenie/serverless-express";
import express from "express";
import { listQuery, userCreate } from "./schemas";
import { findUser, newestUsers, storeUser } from "./users-table";

const app = express();
app.use(express.json());

app.post("/users", async (request, response) => {
  const body = userCreate.safeParse(request.body);
  if (!body.success) {
    response.status(400).json({ title: "invalid", errors: body.error.issues });
    return;
  }
  const user = await storeUser(body.data);
  if (user === null) response.status(409).json({ title: "taken" });
  else response.status(201).json(user);
});

app.get("/users/:userId", async (request, response) => {
  const user = await findUser(request.params.userId);
  if (user === null) response.status(404).json({ title: "not found" });
  else response.json(user);
});

app.get("/users", async (request, response) => {
  const query = listQuery.safeParse(request.query);
  if (query.success) response.json(await newestUsers(query.data.limit));
  else response.status(400).json({ title: "invalid", errors: query.error.issues });
});

export const handler = serverlessExpress({ app });
