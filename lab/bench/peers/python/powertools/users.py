"""Users with the event handler of Powertools for AWS Lambda, with its validation."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field
from users_table import find_user, newest_users, store_user

EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

app = APIGatewayHttpResolver(enable_validation=True)


class UserCreate(BaseModel):
    """The body of createUser."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, pattern=EMAIL)
    name: str = Field(min_length=1, max_length=100)
    department: str | None = Field(None, min_length=1, max_length=100)
    expires_at: int | None = Field(None, alias="expiresAt")


@app.post("/users")
def create_user(body: UserCreate) -> tuple[dict, int]:
    """Store a new user."""
    user = store_user(body.email.lower(), body.name, body.department, body.expires_at)
    if user is None:
        raise ServiceError(409, "taken")
    return user, 201


@app.get("/users/<user_id>")
def get_user(user_id: str) -> dict:
    """Return a user."""
    user = find_user(user_id)
    if user is None:
        raise NotFoundError
    return user


@app.get("/users")
def list_users(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict:
    """Return the newest users."""
    return newest_users(limit)


def handler(event, context):
    """Answer an event of API Gateway."""
    return app.resolve(event, context)
