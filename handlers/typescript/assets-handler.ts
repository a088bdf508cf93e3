/** The assets function: the operations on assets. */

import { KEY } from "./assets/items.ts";
import { S3ObjectStore } from "./assets/objects.ts";
import { ASSET_ROUTES, type AssetStores } from "./assets/routes.ts";
import type { Credentials } from "./assets/sigv4.ts";
import { DynamoAssetStore } from "./assets/store.ts";
import {
  currentCredentials,
  dynamodbClient,
  endpointUrl,
  environment,
  regionName,
  s3Client,
} from "./shared/aws/clients.ts";
import { Table } from "./shared/aws/table.ts";
import { Entry, type LambdaContext } from "./shared/http/entry.ts";

const S3 = s3Client();

async function credentials(): Promise<Credentials> {
  const current = await currentCredentials(S3);
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = current;
  return { accessKey, secretKey, token: current.sessionToken ?? null };
}

/** Make the function's one entry from its environment variables. */
function entry(): Entry<AssetStores> {
  const table = new Table(dynamodbClient(), environment("ASSETS_TABLE"), KEY);
  const store = new DynamoAssetStore(table, Number(environment("LIST_SHARDS")));
  const signing = { credentials, region: regionName(), endpoint: endpointUrl() };
  const objects = new S3ObjectStore(S3, environment("ASSETS_BUCKET"), signing);
  return new Entry<AssetStores>(KEY, ASSET_ROUTES, [store, objects]);
}

const ENTRY = entry();

/** Answer an event of API Gateway or of the warming rule. */
export async function handler(event: unknown, context: LambdaContext): Promise<object> {
  return ENTRY.answer(event, context);
}
