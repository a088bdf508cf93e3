"""Assets with boto3 only: reads events and checks bodies by hand."""

import json

from assets_table import store_asset


def handler(event, context):
    """Answer an event of API Gateway."""
    if event["routeKey"] != "POST /assets":
        return answer(404, {"title": "not found"})
    body = json.loads(event["body"])
    faults = check(body)
    if faults:
        return answer(400, {"title": "invalid", "errors": faults})
    asset = store_asset(body["fileName"], body["contentType"], body["size"])
    return answer(201, asset)


def check(body):
    """Return the fields that are invalid."""
    faults = []
    file_name = body.get("fileName")
    if not isinstance(file_name, str) or not 1 <= len(file_name) <= 247:
        faults.append({"pointer": "/fileName", "code": "length"})
    content_type = body.get("contentType")
    if not isinstance(content_type, str) or "/" not in content_type:
        faults.append({"pointer": "/contentType", "code": "pattern"})
    size = body.get("size")
    if not isinstance(size, int) or not 1 <= size <= 5_368_709_120:
        faults.append({"pointer": "/size", "code": "range"})
    return faults


def answer(status, document):
    """Return a response in the format of API Gateway."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(document),
    }
