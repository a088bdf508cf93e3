/** Assets with Express behind an adapter, and zod. */

import serverlessExpress from "@codegenie/serverless-express";
import express from "express";
import { storeAsset } from "./assets-table";
import { assetCreate } from "./schemas";

const app = express();
app.use(express.json());

app.post("/assets", async (request, response) => {
  const body = assetCreate.safeParse(request.body);
  if (body.success) response.status(201).json(await storeAsset(body.data));
  else response.status(400).json({ title: "invalid", errors: body.error.issues });
});

export const handler = serverlessExpress({ app });
