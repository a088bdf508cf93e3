"""Assets with FastAPI and Mangum."""

from assets_table import store_asset
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()


class AssetCreate(BaseModel):
    """The body of createAsset."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=247, alias="fileName")
    content_type: str = Field(max_length=255, pattern=".+/.+", alias="contentType")
    size: int = Field(ge=1, le=5_368_709_120)


@app.post("/assets", status_code=201)
def create_asset(body: AssetCreate):
    """Store a new asset."""
    return store_asset(body.file_name, body.content_type, body.size)


handler = Mangum(app, lifespan="off")
