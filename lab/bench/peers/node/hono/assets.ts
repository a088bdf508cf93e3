/** Assets with Hono and zod. */

import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { storeAsset } from "./assets-table";
import { assetCreate } from "./schemas";

const app = new Hono();

app.post("/assets", zValidator("json", assetCreate), async (c) => {
  return c.json(await storeAsset(c.req.valid("json")), 201);
});

export const handler = handle(app);
