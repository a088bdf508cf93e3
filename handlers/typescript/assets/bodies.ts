/** What clients send of assets: the contract's schemas. */

import type { AssetCreate, AssetPatch } from "@contract/types";
import { validateAssetCreate, validateAssetPatch } from "@contract/validators";
import type { Body } from "../shared/validation.ts";

export type { AssetCreate, AssetPatch };

const NOTHING_MOVES: ReadonlyMap<string, string> = new Map();

/** The body of createAsset. */
export const ASSET_CREATE: Body<AssetCreate> = {
  validate: validateAssetCreate,
  moving: () => NOTHING_MOVES,
  settled: (body) => body,
};

/**
 * The body of updateAsset: a JSON Merge Patch (RFC 7396).
 *
 * A member that was not sent is not there.
 */
export const ASSET_PATCH: Body<AssetPatch> = {
  validate: validateAssetPatch,
  moving: () => NOTHING_MOVES,
  settled: (body) => body,
};
