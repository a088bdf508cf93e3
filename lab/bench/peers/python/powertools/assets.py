"""Assets with the event handler of Powertools for AWS Lambda, with its validation."""

from assets_table import store_asset
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel, ConfigDict, Field

app = APIGatewayHttpResolver(enable_validation=True)


class AssetCreate(BaseModel):
    """The body of createAsset."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=247, alias="fileName")
    content_type: str = Field(max_length=255, pattern=".+/.+", alias="contentType")
    size: int = Field(ge=1, le=5_368_709_120)


@app.post("/assets")
def create_asset(body: AssetCreate) -> tuple[dict, int]:
    """Store a new asset."""
    return store_asset(body.file_name, body.content_type, body.size), 201


def handler(event, context):
    """Answer an event of API Gateway."""
    return app.resolve(event, context)
