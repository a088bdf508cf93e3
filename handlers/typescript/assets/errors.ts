/** What can go wrong with assets, beside what can with anything. */

import { NotFound, Refusal } from "../shared/errors.ts";

/** There is no such asset, or it has expired. */
export class AssetNotFound extends NotFound {
  override readonly name = "AssetNotFound";

  constructor(readonly assetId: string) {
    super(assetId);
  }
}

/** The asset's object has not arrived, or not whole. */
export class AssetNotUploaded extends Refusal {
  readonly problem = "asset-not-uploaded";
  readonly name = "AssetNotUploaded";

  constructor(readonly assetId: string) {
    super(assetId);
  }
}
