/** Moments, records and clients to begin with. */

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Asset } from "../../../handlers/typescript/assets/model.ts";
import { Moment } from "../../../handlers/typescript/shared/moment.ts";
import { User } from "../../../handlers/typescript/users/model.ts";

export const NOW = 1_771_000_000_000;
export const ID = "01KHBX6VG00000000000000000"; // a ULID of NOW
export const OTHER_ID = "01KHBX6VG00000000000000001";
export const PLENTY_MS = 29_000;

/** A moment whose pauses take no time. */
export function moment(now = NOW, remaining = PLENTY_MS): Moment {
  return new Moment(
    now,
    () => remaining,
    () => Promise.resolve(),
  );
}

export function user(changes: Partial<User> = {}): User {
  return new User({
    userId: ID,
    email: "ada@example.com",
    name: "Ada",
    department: null,
    expiresAt: null,
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    writeId: "0".repeat(32),
    ...changes,
  });
}

export function asset(changes: Partial<Asset> = {}): Asset {
  return new Asset({
    assetId: ID,
    fileName: "engine.png",
    contentType: "image/png",
    size: 3,
    checksumSha256: null,
    status: "pending",
    createdAt: NOW,
    updatedAt: NOW,
    expiresAt: NOW + 2_592_000_000,
    version: 1,
    writeId: "0".repeat(32),
    s3Bucket: "bucket",
    s3Key: `assets/${ID}/engine.png`,
    ...changes,
  });
}

/** An answer of AWS that is an error. */
export function awsError(name: string, status = 400, more: object = {}): Error {
  const error = new Error("quotes ada@example.com");
  return Object.assign(error, { name, $metadata: { httpStatusCode: status }, ...more });
}

/** A cancelled transaction, by the codes of its reasons. */
export function cancelled(...codes: string[]): Error {
  const reasons = codes.map((code, number) => ({
    Code: code,
    ...(code === "ConditionalCheckFailed" && {
      Item: { userId: { S: `old-${number}` } },
    }),
  }));
  return awsError("TransactionCanceledException", 400, {
    CancellationReasons: reasons,
  });
}

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** A client that answers in turn, with an error by throwing, and notes what it got. */
export class Scripted {
  readonly sent: Sent[] = [];

  constructor(private readonly answers: unknown[]) {}

  async send(command: object): Promise<unknown> {
    const { input } = command as { input: Record<string, unknown> };
    this.sent.push({ name: command.constructor.name, input });
    const answer = this.answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** This, as what the store takes it for. */
  get dynamodb(): DynamoDBClient {
    return this as unknown as DynamoDBClient;
  }
}
