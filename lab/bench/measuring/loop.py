"""Call a handler without Lambda's runtime: `python loop.py MODULE.FUNCTION EVENT`.

Each line of standard input is a number of calls. The script makes these calls and
writes their CPU time in seconds to standard error. It imports as little as it can,
because its own imports would be counted.
"""

import importlib
import json
import os
import sys
import time


class Context:
    """The attributes of Lambda's context that handlers read."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "measured"
    memory_limit_in_mb = "512"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:measured"

    def get_remaining_time_in_millis(self) -> int:
        """Return the whole timeout, because no call here takes long."""
        return 29_000


def main() -> None:
    """Call the handler as often as standard input says, and discard its log."""
    name, event = sys.argv[1:]
    module, function = name.split(".")
    handler = getattr(importlib.import_module(module), function)
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - pathlib would be counted
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            handler(json.loads(event), Context())
        sys.stderr.write(f"{time.process_time() - before}\n")


main()
