/** The operations on assets as routes: calls in, answers out. */

import { ASSET_STATUS } from "@contract/schemas";
import { JSON_ONLY, MERGE_PATCH } from "../shared/http/media-type.ts";
import { limitFault, noFault, readSlice, textFault } from "../shared/http/query.ts";
import {
  created,
  noContent,
  notModified,
  ok,
  type Response,
} from "../shared/http/response.ts";
import { type Call, Route } from "../shared/http/route.ts";
import { ASSET_CREATE, ASSET_PATCH } from "./bodies.ts";
import { createAsset } from "./create-asset.ts";
import { deleteAsset } from "./delete-asset.ts";
import { downloadAsset } from "./download-asset.ts";
import { getAsset } from "./get-asset.ts";
import { listAssets } from "./list-assets.ts";
import type { AssetStore, ObjectStore } from "./model.ts";
import { updateAsset } from "./update-asset.ts";
import { assetPageView, assetView, createdAssetView, downloadView } from "./view.ts";

const LIST_PARAMETERS = new Map([
  ["limit", limitFault],
  ["cursor", noFault],
  ["status", textFault(ASSET_STATUS)],
]);

/** The operations on the assets of one store, and their objects. */
export class AssetRoutes {
  constructor(
    private readonly assets: AssetStore,
    private readonly objects: ObjectStore,
  ) {}

  /** Return the routes by API Gateway's `routeKey`. */
  routes(): ReadonlyMap<string, Route> {
    return new Map([
      [
        "POST /assets",
        new Route("createAsset", (call) => this.create(call), {
          mediaTypes: JSON_ONLY,
          headers: ["idempotency-key"],
        }),
      ],
      [
        "GET /assets",
        new Route("listAssets", (call) => this.list(call), {
          parameters: LIST_PARAMETERS,
        }),
      ],
      [
        "GET /assets/{assetId}",
        new Route("getAsset", (call) => this.get(call), { headers: ["if-none-match"] }),
      ],
      [
        "PATCH /assets/{assetId}",
        new Route("updateAsset", (call) => this.update(call), {
          mediaTypes: MERGE_PATCH,
          headers: ["if-match"],
        }),
      ],
      [
        "DELETE /assets/{assetId}",
        new Route("deleteAsset", (call) => this.delete(call), {
          headers: ["if-match"],
        }),
      ],
      [
        "GET /assets/{assetId}/download",
        new Route("downloadAsset", (call) => this.download(call)),
      ],
    ]);
  }

  private async create(call: Call): Promise<Response> {
    const body = call.body(ASSET_CREATE);
    const { idempotency, moment } = call;
    const [asset, upload] = await createAsset(
      this.assets,
      this.objects,
      body,
      idempotency,
      moment,
    );
    const view = createdAssetView(asset, upload);
    return created("assets", asset.assetId, asset.version, view);
  }

  private async list(call: Call): Promise<Response> {
    const wanted = readSlice(call.query);
    const status = call.query.get("status") ?? null;
    const page = await listAssets(this.assets, wanted, status, call.moment);
    return ok(assetPageView(page));
  }

  private async get(call: Call): Promise<Response> {
    const asset = await getAsset(this.assets, this.objects, call.recordId, call.moment);
    if (call.ifNoneMatch?.matchWeakly(asset.version)) return notModified(asset.version);
    return ok(assetView(asset), asset.version);
  }

  private async update(call: Call): Promise<Response> {
    const patch = call.body(ASSET_PATCH);
    const { recordId, ifMatch, moment } = call;
    const asset = await updateAsset(this.assets, recordId, patch, ifMatch, moment);
    return ok(assetView(asset), asset.version);
  }

  private async delete(call: Call): Promise<Response> {
    const { recordId, ifMatch, moment } = call;
    await deleteAsset(this.assets, this.objects, recordId, ifMatch, moment);
    return noContent();
  }

  private async download(call: Call): Promise<Response> {
    const { recordId, moment } = call;
    const download = await downloadAsset(this.assets, this.objects, recordId, moment);
    return ok(downloadView(download));
  }
}
