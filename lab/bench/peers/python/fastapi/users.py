"""Users with FastAPI and Mangum."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field
from users_table import find_user, newest_users, store_user

EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

app = FastAPI()


class UserCreate(BaseModel):
    """The body of createUser."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, pattern=EMAIL)
    name: str = Field(min_length=1, max_length=100)
    department: str | None = Field(None, min_length=1, max_length=100)
    expires_at: int | None = Field(None, alias="expiresAt")


@app.post("/users", status_code=201)
def create_user(body: UserCreate):
    """Store a new user."""
    user = store_user(body.email.lower(), body.name, body.department, body.expires_at)
    if user is None:
        raise HTTPException(409, "taken")
    return user


@app.get("/users/{user_id}")
def get_user(user_id: str):
    """Return a user."""
    user = find_user(user_id)
    if user is None:
        raise HTTPException(404, "not found")
    return user


@app.get("/users")
def list_users(limit: Annotated[int, Query(ge=1, le=100)] = 20):
    """Return the newest users."""
    return newest_users(limit)


handler = Mangum(app, lifespan="off")
