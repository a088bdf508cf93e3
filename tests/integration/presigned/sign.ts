/**
 * Sign an asset's upload and download as the TypeScript functions do, at a given time.
 *
 * The first argument is JSON: see `Order`. Prints `{upload, download}`.
 */

import { S3Client } from "@aws-sdk/client-s3";
import { Asset } from "../../../handlers/typescript/assets/model.ts";
import { S3ObjectStore } from "../../../handlers/typescript/assets/objects.ts";
import type { Credentials } from "../../../handlers/typescript/assets/sigv4.ts";

interface Order {
  readonly asset: ConstructorParameters<typeof Asset>[0];
  readonly credentials: Credentials;
  readonly region: string;
  readonly endpoint: string;
  readonly now: number;
}

async function signed(order: Order): Promise<object> {
  const { region, endpoint, now } = order;
  const credentials = async () => order.credentials;
  const asset = new Asset(order.asset);
  const client = new S3Client({ region });
  const store = new S3ObjectStore(client, asset.s3Bucket, {
    credentials,
    region,
    endpoint,
  });
  const upload = await store.upload(asset, now);
  return { upload, download: await store.download(asset, now) };
}

const order = JSON.parse(process.argv[2] ?? "") as Order;
signed(order).then((urls) => process.stdout.write(JSON.stringify(urls)));
