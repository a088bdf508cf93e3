/** Stores in memory, clients with scripted responses, and sample records. */

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { readAsset } from "../../../handlers/typescript/assets/items.ts";
import {
  Asset,
  type AssetStore,
  type Download,
  type ObjectStore,
  type Upload,
} from "../../../handlers/typescript/assets/model.ts";
import { type Clock, Deadline } from "../../../handlers/typescript/shared/clock.ts";
import type {
  FirstUse,
  IdempotencyKey,
} from "../../../handlers/typescript/shared/idempotency.ts";
import { listShard } from "../../../handlers/typescript/shared/ids.ts";
import type {
  Listed,
  Position,
  ShardPage,
  ShardQuery,
} from "../../../handlers/typescript/shared/pages.ts";
import { EmailTaken } from "../../../handlers/typescript/users/errors.ts";
import { readUser } from "../../../handlers/typescript/users/items.ts";
import { User, type UserStore } from "../../../handlers/typescript/users/model.ts";

export const NOW = 1_771_000_000_000;
export const ID = "01KHBX6VG00000000000000000"; // a ULID of NOW
export const OTHER_ID = "01KHBX6VG00000000000000001";
export const PLENTY_MS = 29_000;

/** A deadline whose pauses take no time. */
export function deadline(remaining = PLENTY_MS): Deadline {
  return new Deadline(
    () => remaining,
    () => Promise.resolve(),
  );
}

/** A clock that reads `now`, with plenty of time left. */
export function clock(now = NOW): Clock {
  return { now, deadline: deadline() };
}

/** A user without optional fields, with `changes`. */
export function user(changes: Partial<User> = {}): User {
  const ada = readUser({
    userId: ID,
    email: "ada@example.com",
    name: "Ada",
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    writeId: "0".repeat(32),
  });
  return new User({ ...ada, ...changes });
}

/** An asset without optional fields, with `changes`. */
export function asset(changes: Partial<Asset> = {}): Asset {
  const engine = readAsset({
    assetId: ID,
    fileName: "engine.png",
    contentType: "image/png",
    size: 3,
    status: "pending",
    createdAt: NOW,
    updatedAt: NOW,
    expiresAt: NOW + 2_592_000_000,
    version: 1,
    writeId: "0".repeat(32),
    s3Bucket: "bucket",
    s3Key: `assets/${ID}/engine.png`,
  });
  return new Asset({ ...engine, ...changes });
}

/** A store in memory whose next `races` writes lose against another request. */
abstract class Memory<Record extends Listed & { readonly version: number }> {
  readonly shards = 2;
  readonly records = new Map<string, Record>();
  private readonly keys = new Map<string, FirstUse>();
  /** Writes as the other request, which wins a race. */
  onRace: (() => void) | null = null;

  constructor(
    records: readonly Record[],
    private races = 0,
  ) {
    for (const record of records) this.keep(record);
  }

  async find(recordId: string): Promise<Record | null> {
    return this.records.get(recordId) ?? null;
  }

  async create(
    record: Record,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null> {
    const first = this.keys.get(idempotency?.key ?? "");
    if (first !== undefined) return first;
    this.claim(record, clock);
    const { recordId } = record.position;
    if (idempotency) this.keys.set(idempotency.key, { key: idempotency, recordId });
    this.keep(record);
    return null;
  }

  async replace(before: Record, after: Record, clock: Clock): Promise<boolean> {
    if (this.lostRace() || this.stored(before) !== before) return false;
    this.claim(after, clock);
    this.keep(after);
    return true;
  }

  async delete(record: Record): Promise<boolean> {
    if (this.lostRace() || this.stored(record) !== record) return false;
    return this.records.delete(record.position.recordId);
  }

  keep(record: Record): void {
    this.records.set(record.position.recordId, record);
  }

  /** Throw the error that keeps a record from being stored, if there is one. */
  private claim(record: Record, clock: Clock): void {
    const refusal = this.refusal(record, clock);
    if (refusal !== null) throw refusal;
  }

  protected abstract refusal(record: Record, clock: Clock): Error | null;

  private stored(record: Record): Record | undefined {
    return this.records.get(record.position.recordId);
  }

  private lostRace(): boolean {
    if (this.races === 0) return false;
    this.races -= 1;
    this.onRace?.();
    return true;
  }
}

export class MemoryUsers extends Memory<User> implements UserStore {
  async newest(queries: readonly ShardQuery[]): Promise<readonly ShardPage<User>[]> {
    return queries.map((query) => answer(this.records.values(), query, this.shards));
  }

  async withEmail(email: string): Promise<readonly User[]> {
    return [...this.records.values()].filter((user) => user.email === email);
  }

  protected refusal({ email, userId }: User, clock: Clock): Error | null {
    const others = [...this.records.values()].filter((user) => user.userId !== userId);
    const taken = others.some(
      (user) => user.email === email && !user.expired(clock.now),
    );
    return taken ? new EmailTaken(email) : null;
  }
}

export class MemoryAssets extends Memory<Asset> implements AssetStore {
  async newest(
    status: string | null,
    queries: readonly ShardQuery[],
  ): Promise<readonly ShardPage<Asset>[]> {
    const all = [...this.records.values()];
    const listed = all.filter((asset) => status === null || asset.status === status);
    return queries.map((query) => answer(listed, query, this.shards));
  }

  protected refusal(): null {
    return null;
  }
}

/** A bucket that stores only the sizes of objects. */
export class MemoryObjects implements ObjectStore {
  readonly bucket = "bucket";
  readonly objects: Map<string, number>;
  asked = 0;

  constructor(objects: Readonly<Record<string, number>> = {}) {
    this.objects = new Map(Object.entries(objects));
  }

  async length(asset: Asset): Promise<number | null> {
    this.asked += 1;
    return this.objects.get(asset.s3Key) ?? null;
  }

  async delete(asset: Asset): Promise<void> {
    this.objects.delete(asset.s3Key);
  }

  async empty(asset: Asset): Promise<void> {
    this.objects.set(asset.s3Key, 0);
  }

  async upload(asset: Asset, now: number): Promise<Upload> {
    const headers = {
      "content-type": asset.contentType,
      "content-length": String(asset.size),
      "if-none-match": "*",
    } as const;
    return { url: `https://put/${asset.s3Key}`, headers, expiresAt: now };
  }

  async download(asset: Asset, now: number): Promise<Download> {
    return { url: `https://get/${asset.s3Key}?as=${asset.fileName}`, expiresAt: now };
  }
}

/** DynamoDB's result for a shard: it has a frontier if the limit was reached. */
function answer<Record extends Listed>(
  records: Iterable<Record>,
  { shard, after, limit }: ShardQuery,
  shards: number,
): ShardPage<Record> {
  const older = [...records]
    .filter(({ position }) => listShard(position.recordId, shards) === shard)
    .filter(({ position }) => after === null || sortKey(position) < sortKey(after))
    .sort((left, right) => (sortKey(left.position) < sortKey(right.position) ? 1 : -1));
  const found = older.slice(0, limit);
  return { records: found, frontier: found[limit - 1]?.position ?? null };
}

function sortKey({ createdAt, recordId }: Position): string {
  return `${String(createdAt).padStart(16, "0")} ${recordId}`;
}

/** An error response of AWS. */
export function awsError(name: string, status = 400, more: object = {}): Error {
  const error = new Error("quotes ada@example.com");
  return Object.assign(error, { name, $metadata: { httpStatusCode: status }, ...more });
}

/** A cancelled transaction with these codes as its reasons. */
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

export type Attributes = Record<string, { S: string } | { N: string }>;

/** A transaction whose write at `index` was refused by `item`. */
export function refused(index: number, item: Attributes): Error {
  const reasons = Array.from({ length: index + 1 }, (_, number) =>
    number === index
      ? { Code: "ConditionalCheckFailed", Item: item }
      : { Code: "None" },
  );
  return awsError("TransactionCanceledException", 400, {
    CancellationReasons: reasons,
  });
}

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/**
 * A client that returns the responses in turn, throws those that are errors, and
 * records the commands it got.
 */
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

  /** This client, with the type that the stores expect. */
  get dynamodb(): DynamoDBClient {
    return this as unknown as DynamoDBClient;
  }

  get s3(): S3Client {
    return this as unknown as S3Client;
  }
}
