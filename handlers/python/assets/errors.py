"""The errors of assets, in addition to those that all operations share."""

from shared.errors import NotFound, ServiceError


class AssetNotFound(NotFound):
    """There is no such asset, or it has expired."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(asset_id)
        self.asset_id = asset_id


class AssetNotUploaded(ServiceError):
    """The asset's object has not arrived, or has another size."""

    problem = "asset-not-uploaded"

    def __init__(self, asset_id: str) -> None:
        super().__init__(asset_id)
        self.asset_id = asset_id
