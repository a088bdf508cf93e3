/** The operations on assets, with stores in memory. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ASSET_CREATE,
  ASSET_PATCH,
  type AssetCreate,
  type AssetPatch,
} from "../../../handlers/typescript/assets/bodies.ts";
import { createAsset } from "../../../handlers/typescript/assets/create-asset.ts";
import { deleteAsset } from "../../../handlers/typescript/assets/delete-asset.ts";
import { downloadAsset } from "../../../handlers/typescript/assets/download-asset.ts";
import {
  AssetNotFound,
  AssetNotUploaded,
} from "../../../handlers/typescript/assets/errors.ts";
import { getAsset } from "../../../handlers/typescript/assets/get-asset.ts";
import { listAssets } from "../../../handlers/typescript/assets/list-assets.ts";
import { Asset } from "../../../handlers/typescript/assets/model.ts";
import { updateAsset } from "../../../handlers/typescript/assets/update-asset.ts";
import {
  Conflict,
  IdempotencyKeyReused,
  PreconditionFailed,
} from "../../../handlers/typescript/shared/errors.ts";
import { readEntityTags } from "../../../handlers/typescript/shared/etags.ts";
import { newUlid, ulidTime } from "../../../handlers/typescript/shared/ids.ts";
import { readBody } from "../../../handlers/typescript/shared/validation.ts";
import { asset, clock, ID, MemoryAssets, MemoryObjects, NOW } from "./support.ts";

const LATER = NOW + 5_000;
const KEY = { key: "key", bodySha256: "a".repeat(64) };
const ENGINE = asset();
const GONE = asset({ expiresAt: NOW });

const holding = (...assets: Asset[]) => new MemoryAssets(assets);
const racing = (races: number) => new MemoryAssets([ENGINE], races);
const arrived = (length = 3) => new MemoryObjects({ [ENGINE.s3Key]: length });
const nothing = () => new MemoryObjects();

function body(): AssetCreate {
  const sent = { fileName: "e.png", contentType: "image/png", size: 3 };
  return readBody(ASSET_CREATE, sent, NOW);
}

function patch(fields: AssetPatch = {}): AssetPatch {
  return readBody(ASSET_PATCH, { ...fields }, NOW);
}

test("a new asset is pending for thirty days", async () => {
  const assets = holding();
  const [created, upload] = await createAsset(assets, nothing(), body(), null, clock());
  assert.deepEqual([...assets.records], [[created.assetId, created]]);
  assert.equal(ulidTime(created.assetId), NOW);
  assert.deepEqual([created.createdAt, created.updatedAt], [NOW, NOW]);
  assert.deepEqual([created.status, created.version], ["pending", 1]);
  assert.equal(created.expiresAt, NOW + 30 * 24 * 3600 * 1000);
  assert.equal(created.s3Bucket, "bucket");
  assert.equal(created.s3Key, `assets/${created.assetId}/e.png`);
  assert.equal(upload.url, `https://put/${created.s3Key}`);
});

test("a repeat returns the current asset with a new upload URL", async () => {
  const assets = holding();
  const create = (now: number) =>
    createAsset(assets, nothing(), body(), KEY, clock(now));
  const [first] = await create(NOW);
  const changed = new Asset({ ...first, fileName: "b", version: 2 });
  assets.keep(changed);
  const [again, upload] = await create(LATER);
  assert.equal(again, changed);
  assert.deepEqual(
    [upload.url, upload.expiresAt],
    [`https://put/${first.s3Key}`, LATER],
  );
});

test("a key with another body is refused", async () => {
  const assets = holding();
  await createAsset(assets, nothing(), body(), KEY, clock());
  const other = { ...KEY, bodySha256: "b".repeat(64) };
  const creating = createAsset(assets, nothing(), body(), other, clock());
  await assert.rejects(creating, IdempotencyKeyReused);
});

test("a repeat after the asset is deleted is not found", async () => {
  const assets = holding();
  await createAsset(assets, nothing(), body(), KEY, clock());
  assets.records.clear();
  const creating = createAsset(assets, nothing(), body(), KEY, clock());
  await assert.rejects(creating, AssetNotFound);
});

for (const [state, assets] of [
  ["absent", holding()],
  ["expired", holding(GONE)],
] as const) {
  test(`no operation finds an asset that is not live: ${state}`, async () => {
    const objects = arrived();
    const tags = readEntityTags("*");
    const calls = [
      getAsset(assets, objects, ID, clock()),
      downloadAsset(assets, objects, ID, clock()),
      updateAsset(assets, ID, patch(), tags, clock()),
      deleteAsset(assets, objects, ID, tags, clock()),
    ];
    for (const call of calls) await assert.rejects(call, AssetNotFound);
    assert.equal(objects.asked, 0);
  });
}

test("an asset is uploaded once its object is there", async () => {
  const assets = holding(ENGINE);
  const found = await getAsset(assets, arrived(), ID, clock(LATER));
  const { writeId } = found;
  assert.deepEqual(
    found,
    new Asset({ ...ENGINE, status: "uploaded", updatedAt: LATER, version: 2, writeId }),
  );
  assert.equal(assets.records.get(ID), found);
  assert.notEqual(writeId, ENGINE.writeId);
});

for (const [state, objects] of [
  ["none", nothing()],
  ["short", arrived(2)],
  ["long", arrived(4)],
] as const) {
  test(`an asset is pending until its object has its size: ${state}`, async () => {
    const assets = holding(ENGINE);
    assert.equal(await getAsset(assets, objects, ID, clock()), ENGINE);
    const downloading = downloadAsset(assets, objects, ID, clock());
    await assert.rejects(downloading, AssetNotUploaded);
    assert.deepEqual([...assets.records.values()], [ENGINE]);
  });
}

test("S3 is not asked about an uploaded asset", async () => {
  const uploaded = asset({ status: "uploaded" });
  const objects = nothing();
  assert.equal(await getAsset(holding(uploaded), objects, ID, clock()), uploaded);
  await downloadAsset(holding(uploaded), objects, ID, clock());
  assert.equal(objects.asked, 0);
});

test("marking an asset uploaded survives four lost races but not five", async () => {
  const found = await getAsset(racing(4), arrived(), ID, clock());
  assert.equal(found.version, 2);
  await assert.rejects(getAsset(racing(5), arrived(), ID, clock()), Conflict);
});

test("a download marks the asset uploaded and has its current name", async () => {
  const assets = holding(asset({ fileName: "new name" }));
  const download = await downloadAsset(assets, arrived(), ID, clock());
  assert.equal(download.url, `https://get/${ENGINE.s3Key}?as=new name`);
  assert.equal(assets.records.get(ID)?.status, "uploaded");
});

test("a renamed asset keeps its object key", async () => {
  const assets = holding(ENGINE);
  const renamed = await updateAsset(
    assets,
    ID,
    patch({ fileName: "b" }),
    null,
    clock(LATER),
  );
  assert.deepEqual([renamed.fileName, renamed.s3Key], ["b", ENGINE.s3Key]);
  assert.deepEqual([renamed.version, renamed.updatedAt], [2, LATER]);
  const tags = readEntityTags('"2"');
  const again = await updateAsset(assets, ID, patch(), tags, clock(LATER));
  assert.deepEqual([again.fileName, again.version], ["b", 3]);
});

test("a write with If-Match of another version changes nothing", async () => {
  const assets = holding(ENGINE);
  const objects = arrived();
  const tags = readEntityTags('"2"');
  const updating = updateAsset(assets, ID, patch(), tags, clock());
  await assert.rejects(updating, PreconditionFailed);
  const deleting = deleteAsset(assets, objects, ID, tags, clock());
  await assert.rejects(deleting, PreconditionFailed);
  assert.deepEqual([...assets.records.values()], [ENGINE]);
  assert.deepEqual([...objects.objects], [[ENGINE.s3Key, 3]]);
});

test("writes survive four lost races but not five", async () => {
  const writes = [
    (races: number) => updateAsset(racing(races), ID, patch(), null, clock()),
    (races: number) => deleteAsset(racing(races), arrived(), ID, null, clock()),
  ];
  for (const write of writes) {
    await write(4);
    await assert.rejects(write(5), Conflict);
  }
});

for (const age of [0, 89_999_999]) {
  test(`an empty object replaces a deleted one while an upload URL works: ${age} ms`, async () => {
    const assets = holding(ENGINE);
    const objects = arrived();
    await deleteAsset(assets, objects, ID, null, clock(ENGINE.createdAt + age));
    assert.equal(assets.records.size, 0);
    assert.deepEqual([...objects.objects], [[ENGINE.s3Key, 0]]);
  });
}

test("the object is deleted once no upload URL works", async () => {
  const assets = holding(ENGINE);
  const objects = arrived();
  const late = clock(ENGINE.createdAt + 90_000_000);
  await deleteAsset(assets, objects, ID, null, late);
  assert.deepEqual([assets.records.size, objects.objects.size], [0, 0]);
});

test("a list with a status has only assets stored with it", async () => {
  const ids = [0, 1, 2].map((number) => newUlid(NOW + number));
  const assets = holding(
    ...ids.map((assetId, number) =>
      asset({
        assetId,
        createdAt: NOW + number,
        status: number === 2 ? "pending" : "uploaded",
      }),
    ),
  );
  const everything = await listAssets(assets, { limit: 9, after: null }, null, clock());
  assert.deepEqual(
    everything.records.map(({ assetId }) => assetId),
    [...ids].reverse(),
  );
  const wanted = { limit: 1, after: null };
  const uploaded = await listAssets(assets, wanted, "uploaded", clock());
  assert.deepEqual(
    uploaded.records.map(({ assetId }) => assetId),
    [ids[1]],
  );
  assert.deepEqual(uploaded.next, { createdAt: NOW + 1, recordId: ids[1] });
});
