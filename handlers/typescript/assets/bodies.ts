/**
 * The bodies that clients send for assets: the contract's schemas, a limit in bytes.
 */

import type { AssetCreate, AssetPatch } from "@contract/types";
import { validateAssetCreate, validateAssetPatch } from "@contract/validators";
import type { Body } from "../shared/validation.ts";

export type { AssetCreate, AssetPatch };

const MAX_FILE_NAME_BYTES = 255; // of UTF-8; the limit of every common file system

/** Check the limit in bytes, which JSON Schema cannot express. */
function shortEnough(body: { fileName?: string }): ReadonlyMap<string, string> {
  const name = body.fileName;
  if (typeof name !== "string") return new Map();
  if (Buffer.byteLength(name) <= MAX_FILE_NAME_BYTES) return new Map();
  return new Map([["/fileName", "maxLength"]]);
}

/** The body of createAsset. */
export const ASSET_CREATE: Body<AssetCreate> = {
  validate: validateAssetCreate,
  further: shortEnough,
  settled: (body) => body,
};

/**
 * The body of updateAsset: a JSON Merge Patch (RFC 7396).
 *
 * A field that was not sent is absent.
 */
export const ASSET_PATCH: Body<AssetPatch> = {
  validate: validateAssetPatch,
  further: shortEnough,
  settled: (body) => body,
};
