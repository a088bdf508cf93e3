/** The operations on assets as routes: each turns a call into a response. */

import { ASSET_STATUS } from "@contract/schemas";
import { JSON_ONLY, MERGE_PATCH, NO_BODY } from "../shared/http/media-type.ts";
import {
  limitFault,
  noFault,
  type Parameters,
  readSlice,
  textFault,
} from "../shared/http/query.ts";
import {
  created,
  noContent,
  notModified,
  ok,
  type Response,
} from "../shared/http/response.ts";
import {
  type Call,
  IDEMPOTENCY_KEY,
  IF_MATCH,
  IF_NONE_MATCH,
  NO_HEADERS,
  Route,
} from "../shared/http/route.ts";
import { ASSET_CREATE, ASSET_PATCH } from "./bodies.ts";
import { createAsset } from "./create-asset.ts";
import { deleteAsset } from "./delete-asset.ts";
import { downloadAsset } from "./download-asset.ts";
import { getAsset } from "./get-asset.ts";
import { listAssets } from "./list-assets.ts";
import type { AssetStore, ObjectStore } from "./model.ts";
import { updateAsset } from "./update-asset.ts";
import { assetPageView, assetView, createdAssetView, downloadView } from "./view.ts";

/** The store of asset records, and the store of their objects. */
export type AssetStores = readonly [assets: AssetStore, objects: ObjectStore];

async function create(stores: AssetStores, call: Call): Promise<Response> {
  const body = call.body(ASSET_CREATE);
  const { idempotency, clock } = call;
  const [asset, upload] = await createAsset(...stores, body, idempotency, clock);
  const view = createdAssetView(asset, upload);
  return created("assets", asset.assetId, asset.version, view);
}

async function list([assets]: AssetStores, call: Call): Promise<Response> {
  const wanted = readSlice(call.query);
  const status = call.query.get("status") ?? null;
  const page = await listAssets(assets, wanted, status, call.clock);
  return ok(assetPageView(page));
}

async function get(stores: AssetStores, call: Call): Promise<Response> {
  const asset = await getAsset(...stores, call.recordId, call.clock);
  if (call.ifNoneMatch?.matchWeakly(asset.version)) return notModified(asset.version);
  return ok(assetView(asset), asset.version);
}

async function update([assets]: AssetStores, call: Call): Promise<Response> {
  const patch = call.body(ASSET_PATCH);
  const { recordId, ifMatch, clock } = call;
  const asset = await updateAsset(assets, recordId, patch, ifMatch, clock);
  return ok(assetView(asset), asset.version);
}

async function remove(stores: AssetStores, call: Call): Promise<Response> {
  await deleteAsset(...stores, call.recordId, call.ifMatch, call.clock);
  return noContent();
}

async function download(stores: AssetStores, call: Call): Promise<Response> {
  const download = await downloadAsset(...stores, call.recordId, call.clock);
  return ok(downloadView(download));
}

const QUERY: Parameters = new Map([
  ["limit", limitFault],
  ["cursor", noFault],
  ["status", textFault(ASSET_STATUS)],
]);

/**
 * For each `routeKey` of API Gateway: the operation, its function, and what it reads.
 */
export const ASSET_ROUTES: ReadonlyMap<string, Route<AssetStores>> = new Map([
  ["POST /assets", new Route("createAsset", create, JSON_ONLY, IDEMPOTENCY_KEY)],
  ["GET /assets", new Route("listAssets", list, NO_BODY, NO_HEADERS, QUERY)],
  ["GET /assets/{assetId}", new Route("getAsset", get, NO_BODY, IF_NONE_MATCH)],
  ["PATCH /assets/{assetId}", new Route("updateAsset", update, MERGE_PATCH, IF_MATCH)],
  ["DELETE /assets/{assetId}", new Route("deleteAsset", remove, NO_BODY, IF_MATCH)],
  ["GET /assets/{assetId}/download", new Route("downloadAsset", download)],
]);
