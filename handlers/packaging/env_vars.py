"""The variables of `sam local`: a file that samconfig.toml names as `env_vars`.

SAM CLI stops if that file does not exist. So each build writes one if there is none,
and `make sam-data` replaces it while it runs.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress

from handlers.packaging.order import ROOT

ENV_VARS = ROOT / ".local" / "sam" / "env-vars.json"
"""What samconfig.toml names: declared variables and their values, as JSON."""

# No process listens at this endpoint, so no call reaches AWS with a developer's keys.
# The namespace of metrics is the only variable that a function writes to its log.
WITHOUT_DATA = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "METRICS_NAMESPACE": "There is no data: start it with make sam-data",
    "USERS_TABLE": "none",
    "ASSETS_TABLE": "none",
    "ASSETS_BUCKET": "none",
    "LIST_SHARDS": "1",
}


def provide() -> None:
    """Write the file if there is none."""
    # The build does not need the file, so an error is ignored. Another build or `make
    # sam-data` may write it at the same time, so it is created complete, in one step.
    with suppress(OSError):
        ENV_VARS.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=ENV_VARS.parent) as draft:
            draft.write(without_data())
            draft.flush()
            os.link(draft.name, ENV_VARS)


def without_data() -> str:
    """Return the text of the file for functions without data."""
    return json.dumps({"Parameters": WITHOUT_DATA}, indent=2) + "\n"
