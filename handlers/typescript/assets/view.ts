/** An asset as clients see it (contract/schemas/asset.json and its siblings). */

import type * as contract from "@contract/types";
import { pageView, present } from "../shared/page-view.ts";
import type { Page } from "../shared/pages.ts";
import type { Asset, Download, Upload } from "./model.ts";

/** Return the asset; a checksum that was not given is left out. */
export function assetView(asset: Asset): contract.Asset {
  return present(asset.shown());
}

/** Return the asset, and how to upload its object. */
export function createdAssetView(asset: Asset, upload: Upload): contract.AssetCreated {
  return {
    ...assetView(asset),
    upload: {
      method: "PUT",
      url: upload.url,
      headers: upload.headers,
      expiresAt: upload.expiresAt,
    },
  };
}

/** Return a page of assets, with a cursor if there may be more. */
export function assetPageView(page: Page<Asset>): contract.AssetPage {
  return pageView(page, assetView);
}

/** Return where the object can be fetched. */
export function downloadView(download: Download): contract.Download {
  return { url: download.url, expiresAt: download.expiresAt };
}
