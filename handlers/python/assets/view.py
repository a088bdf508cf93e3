"""An asset as clients see it (contract/schemas/asset.json and its siblings)."""

from assets.model import Asset, Download, Upload
from shared.json_reader import JsonValue
from shared.page_view import page_view, present
from shared.pages import Page


def asset_view(asset: Asset) -> dict[str, JsonValue]:
    """Return the asset; a checksum that was not given is left out."""
    return present(asset.shown())


def created_asset_view(asset: Asset, upload: Upload) -> dict[str, JsonValue]:
    """Return the asset, and how to upload its object."""
    return {
        **asset_view(asset),
        "upload": {
            "method": "PUT",
            "url": upload.url,
            "headers": {**upload.headers},
            "expiresAt": upload.expires_at,
        },
    }


def asset_page_view(page: Page[Asset]) -> dict[str, JsonValue]:
    """Return a page of assets, with a cursor if there may be more."""
    return page_view(page, asset_view)


def download_view(download: Download) -> dict[str, JsonValue]:
    """Return where the object can be fetched."""
    return {"url": download.url, "expiresAt": download.expires_at}
