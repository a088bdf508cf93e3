/** The errors of assets, in addition to those that all operations share. */

import { NotFound, Refusal } from "../shared/errors.ts";

/** There is no such asset, or it has expired. */
export class AssetNotFound extends NotFound {
  override readonly name = "AssetNotFound";

  constructor(readonly assetId: string) {
    super(assetId);
  }
}

/** The asset's object has not arrived, or has another size. */
export class AssetNotUploaded extends Refusal {
  readonly problem = "asset-not-uploaded";
  readonly name = "AssetNotUploaded";

  constructor(readonly assetId: string) {
    super(assetId);
  }
}
