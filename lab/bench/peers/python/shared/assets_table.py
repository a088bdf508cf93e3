"""The DynamoDB calls and S3 signing of assets, shared by all Python peers."""

import os
import time
import uuid

import boto3
from botocore.config import Config

TABLE = os.environ["ASSETS_TABLE"]
BUCKET = os.environ["ASSETS_BUCKET"]
SHARDS = int(os.environ["LIST_SHARDS"])
URL_SECONDS = 3_600
THIRTY_DAYS_MS = 2_592_000_000

dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3", config=Config(signature_version="s3v4"))


def store_asset(file_name: str, content_type: str, size: int) -> dict[str, object]:
    """Store a new asset; return the fields that a client sees, with its upload URL."""
    asset_id = uuid.uuid4().hex.upper()[:26]
    key = f"assets/{asset_id}/{file_name}"
    now = time.time_ns() // 1_000_000
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "assetId": {"S": asset_id},
            "fileName": {"S": file_name},
            "contentType": {"S": content_type},
            "size": {"N": str(size)},
            "status": {"S": "pending"},
            "createdAt": {"N": str(now)},
            "updatedAt": {"N": str(now)},
            "expiresAt": {"N": str(now + THIRTY_DAYS_MS)},
            "ttl": {"N": str((now + THIRTY_DAYS_MS) // 1000)},
            "version": {"N": "1"},
            "writeId": {"S": uuid.uuid4().hex},
            "listShard": {"N": str(int(asset_id[-1], 16) % SHARDS)},
            "s3Bucket": {"S": BUCKET},
            "s3Key": {"S": key},
        },
        ConditionExpression="attribute_not_exists(assetId)",
    )
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": BUCKET,
            "Key": key,
            "ContentType": content_type,
            "ContentLength": size,
            "IfNoneMatch": "*",
        },
        ExpiresIn=URL_SECONDS,
    )
    return {
        "assetId": asset_id,
        "fileName": file_name,
        "contentType": content_type,
        "size": size,
        "status": "pending",
        "createdAt": now,
        "updatedAt": now,
        "expiresAt": now + THIRTY_DAYS_MS,
        "upload": {
            "method": "PUT",
            "url": url,
            "headers": {
                "content-type": content_type,
                "content-length": str(size),
                "if-none-match": "*",
            },
            "expiresAt": now + URL_SECONDS * 1000,
        },
    }
