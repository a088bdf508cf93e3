/** The DynamoDB calls and S3 signing of assets, shared by all Node peers. */

import { randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

export interface AssetCreate {
  fileName: string;
  contentType: string;
  size: number;
}

const TABLE = process.env.ASSETS_TABLE;
const BUCKET = process.env.ASSETS_BUCKET;
const SHARDS = Number(process.env.LIST_SHARDS);
const URL_SECONDS = 3_600;
const THIRTY_DAYS_MS = 2_592_000_000;

const dynamodb = new DynamoDBClient({});
const s3 = new S3Client({ forcePathStyle: true });

/** Store a new asset; return the fields that a client sees, with its upload URL. */
export async function storeAsset({ fileName, contentType, size }: AssetCreate) {
  const assetId = randomUUID().replaceAll("-", "").slice(0, 26).toUpperCase();
  const key = `assets/${assetId}/${fileName}`;
  const now = Date.now();
  const expiresAt = now + THIRTY_DAYS_MS;
  await dynamodb.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: {
        assetId: { S: assetId },
        fileName: { S: fileName },
        contentType: { S: contentType },
        size: { N: String(size) },
        status: { S: "pending" },
        createdAt: { N: String(now) },
        updatedAt: { N: String(now) },
        expiresAt: { N: String(expiresAt) },
        ttl: { N: String(Math.ceil(expiresAt / 1000)) },
        version: { N: "1" },
        writeId: { S: randomUUID() },
        listShard: { N: String(Number.parseInt(assetId.slice(-1), 16) % SHARDS) },
        s3Bucket: { S: BUCKET ?? "" },
        s3Key: { S: key },
      },
      ConditionExpression: "attribute_not_exists(assetId)",
    }),
  );
  const upload = new PutObjectCommand({
    Bucket: BUCKET,
    Key: key,
    ContentType: contentType,
    ContentLength: size,
    IfNoneMatch: "*",
  });
  const url = await getSignedUrl(s3, upload, { expiresIn: URL_SECONDS });
  const headers = {
    "content-type": contentType,
    "content-length": String(size),
    "if-none-match": "*",
  };
  return {
    assetId,
    fileName,
    contentType,
    size,
    status: "pending",
    createdAt: now,
    updatedAt: now,
    expiresAt,
    upload: { method: "PUT", url, headers, expiresAt: now + URL_SECONDS * 1000 },
  };
}
