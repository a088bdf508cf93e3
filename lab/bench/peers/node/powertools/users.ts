/** Users with the event handler of Powertools for AWS Lambda, with its validation. */

import { HttpStatusCodes, Router } from "@aws-lambda-powertools/event-handler/http";
import { listQuery, userCreate } from "./schemas";
import { findUser, newestUsers, storeUser } from "./users-table";

const app = new Router();

app.post(
  "/users",
  async ({ valid }) => {
    const user = await storeUser(valid.req.body);
    return user === null
      ? { statusCode: HttpStatusCodes.CONFLICT, body: JSON.stringify({ title: "taken" }) }
      : { statusCode: HttpStatusCodes.CREATED, body: JSON.stringify(user) };
  },
  { validation: { req: { body: userCreate } } },
);

app.get("/users/:userId", async ({ params }) => {
  const user = await findUser(params.userId ?? "");
  return user ?? { statusCode: HttpStatusCodes.NOT_FOUND, body: "{}" };
});

app.get("/users", async ({ valid }) => newestUsers(valid.req.query.limit), {
  validation: { req: { query: listQuery } },
});

export const handler = async (event: unknown, context: never) =>
  app.resolve(event, context);
