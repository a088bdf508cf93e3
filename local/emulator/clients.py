"""boto3 clients of the local cloud, and of nothing else."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

from local.emulator.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY

# A client of any service. The type stubs lack some of the services used here.
Client = Any


class Clients:
    """boto3 clients of the local cloud's administrator, each made once.

    Safe to use from several threads, as the clients are.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._made: dict[str, Client] = {}
        self._making = threading.Lock()
        self._session = boto3.Session(
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            region_name=REGION,
        )

    def of(self, service: str) -> Client:
        """Return the client of a service."""
        with self._making:
            if service not in self._made:
                self._made[service] = self._session.client(
                    service,  # type: ignore[call-overload]  # any name, checked at run time
                    endpoint_url=self.endpoint,
                    config=Config(
                        proxies={},
                        retries={"total_max_attempts": 1},
                        # boto3 must not add a checksum unless asked.
                        request_checksum_calculation="when_required",
                    ),
                )
            return self._made[service]
