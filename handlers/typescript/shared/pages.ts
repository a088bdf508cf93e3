/** Pages of lists that are stored in shards: merged, newest first, without repeats. */

// Rounds after the first. Expired records cause more, but the response must be in time.
export const MAX_ROUNDS = 5;

/** The position of a record in a list; of equal times, the greater id is newer. */
export interface Position {
  readonly createdAt: number;
  readonly recordId: string;
}

/** A record that can be in a list: its position, and whether it is gone at `now`. */
export interface Listed {
  readonly position: Position;
  expired(now: number): boolean;
}

/** The part of a list that a client asks for: `limit` records older than `after`. */
export interface Slice {
  readonly limit: number;
  readonly after: Position | null;
}

/** A query of a shard: at most `limit` records older than `after`. */
export interface ShardQuery {
  readonly shard: number;
  readonly after: Position | null;
  readonly limit: number;
}

/** The result of a shard; `frontier` is how far it was read, null is to its end. */
export interface ShardPage<Record> {
  readonly records: readonly Record[];
  readonly frontier: Position | null;
}

/** Records, newest first, and the position that the next page follows. */
export interface Page<Record> {
  readonly records: readonly Record[];
  readonly next: Position | null;
}

/** Query shards in parallel; the results are in the order of the queries. */
export type AskShards<Record> = (
  queries: readonly ShardQuery[],
) => Promise<readonly ShardPage<Record>[]>;

/** Return a page of `records`, which are the whole list in any order. */
export function cutPage<Record extends Listed>(
  records: readonly Record[],
  wanted: Slice,
  now: number,
): Page<Record> {
  const live = newestFirst(records.filter((record) => !record.expired(now)));
  const after = wanted.after;
  const rest = live.filter(
    (record) => after === null || isOlder(record.position, after),
  );
  const page = rest.slice(0, wanted.limit);
  const last = page.at(-1);
  return {
    records: page,
    next: last !== undefined && rest.length > wanted.limit ? last.position : null,
  };
}

/**
 * Return a page of a list in `shards` shards, which are queried in parallel.
 *
 * A shard's unread records are all older than its frontier. So the position of a live
 * record is final once no unfinished shard has a newer frontier. Shards are queried
 * until that is true for one record more than wanted. After `MAX_ROUNDS` further
 * rounds, the page ends where it is no longer true, and the next page
 * continues there.
 */
export async function mergePage<Record extends Listed>(
  ask: AskShards<Record>,
  shards: number,
  wanted: Slice,
  now: number,
): Promise<Page<Record>> {
  const unread = new Map<number, Position | null>();
  for (let shard = 0; shard < shards; shard += 1) unread.set(shard, wanted.after);
  let live: Record[] = [];
  let behind = [...unread.keys()];
  for (let round = 0; round <= MAX_ROUNDS; round += 1) {
    const queries = behind.map((shard) => ({
      shard,
      after: unread.get(shard) ?? null,
      limit: wanted.limit + 1,
    }));
    for (const [index, found] of (await ask(queries)).entries()) {
      live.push(...found.records.filter((record) => !record.expired(now)));
      const shard = behind[index] as number;
      if (found.frontier === null) unread.delete(shard);
      else unread.set(shard, found.frontier);
    }
    live = newestFirst(live);
    behind = stillBehind(unread, live, wanted.limit);
    if (behind.length === 0) return cutPage(live, wanted, now);
  }
  const edge = newest([...unread.values()].filter((frontier) => frontier !== null));
  return {
    records: live.filter((record) => !isOlder(record.position, edge)),
    next: edge,
  };
}

/** Return whether `left` is after `right` in a list. */
function isOlder(left: Position, right: Position): boolean {
  return compare(left, right) < 0;
}

function compare(left: Position, right: Position): number {
  if (left.createdAt !== right.createdAt) return left.createdAt - right.createdAt;
  if (left.recordId === right.recordId) return 0;
  return left.recordId < right.recordId ? -1 : 1;
}

function newest(positions: readonly Position[]): Position {
  return positions.reduce((left, right) => (isOlder(left, right) ? right : left));
}

function newestFirst<Record extends Listed>(records: readonly Record[]): Record[] {
  return [...records].sort((left, right) => compare(right.position, left.position));
}

/** Return the shards that may still have a record of the page, or the one after. */
function stillBehind(
  unread: ReadonlyMap<number, Position | null>,
  live: readonly Listed[],
  limit: number,
): number[] {
  const last = live[limit]?.position;
  if (last === undefined) return [...unread.keys()];
  return [...unread.keys()].filter((shard) => {
    const frontier = unread.get(shard);
    return frontier && isOlder(last, frontier);
  });
}
