"""Call a handler without Lambda's runtime: `python loop.py MODULE.FUNCTION EVENT`.

For each line of standard input, a number, the handler is called so many times; the
seconds of CPU that took go to standard error. It imports nothing but the handler until
then, for what it imports itself would be counted.
"""

import importlib
import json
import os
import sys
import time


class Context:
    """What handlers read of Lambda's context."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "measured"
    memory_limit_in_mb = "512"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:measured"

    def get_remaining_time_in_millis(self) -> int:
        """Return the whole timeout: nothing here takes long."""
        return 29_000


def main() -> None:
    """Call the handler; what it logs goes where nobody reads."""
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
