/** Assets with the event handler of Powertools for AWS Lambda, with its validation. */

import { HttpStatusCodes, Router } from "@aws-lambda-powertools/event-handler/http";
import { storeAsset } from "./assets-table";
import { assetCreate } from "./schemas";

const app = new Router();

app.post(
  "/assets",
  async ({ valid }) => {
    const asset = await storeAsset(valid.req.body);
    return { statusCode: HttpStatusCodes.CREATED, body: JSON.stringify(asset) };
  },
  { validation: { req: { body: assetCreate } } },
);

export const handler = async (event: unknown, context: never) =>
  app.resolve(event, context);
