"""Users with boto3 only: reads events and checks bodies by hand."""

import json
import re

from users_table import find_user, newest_users, store_user

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def handler(event, context):
    """Answer an event of API Gateway."""
    match event["routeKey"]:
        case "POST /users":
            return create(json.loads(event["body"]))
        case "GET /users/{userId}":
            user = find_user(event["pathParameters"]["userId"])
            return answer(200, user) if user else answer(404, {"title": "not found"})
        case "GET /users":
            query = event.get("queryStringParameters") or {}
            return answer(200, newest_users(int(query.get("limit", "20"))))
    return answer(404, {"title": "not found"})


def create(body):
    """Check the body and store the user."""
    faults = check(body)
    if faults:
        return answer(400, {"title": "invalid", "errors": faults})
    user = store_user(
        body["email"].lower(),
        body["name"],
        body.get("department"),
        body.get("expiresAt"),
    )
    return answer(201, user) if user else answer(409, {"title": "taken"})


def check(body):
    """Return the fields that are invalid."""
    faults = []
    email = body.get("email")
    if not isinstance(email, str) or not EMAIL.fullmatch(email):
        faults.append({"pointer": "/email", "code": "pattern"})
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        faults.append({"pointer": "/name", "code": "length"})
    department = body.get("department", "-")
    if not isinstance(department, str) or not 1 <= len(department) <= 100:
        faults.append({"pointer": "/department", "code": "length"})
    if not isinstance(body.get("expiresAt", 0), int):
        faults.append({"pointer": "/expiresAt", "code": "type"})
    known = {"email", "name", "department", "expiresAt"}
    faults += (
        {"pointer": f"/{name}", "code": "unknown"} for name in body.keys() - known
    )
    return faults


def answer(status, document):
    """Return a response in the format of API Gateway."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(document),
    }
