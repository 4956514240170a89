"""Runs one handler of the built package as Lambda would: `python -I -S lambda_runner.py HANDLER
CODE LAYER SDK`, with the trigger on standard input and the answer on standard output.

-I and -S keep away everything that is not named here: this sees the standard library, the unpacked
archives, and the AWS SDK that comes with Lambda. HANDLER may be `imports:` and names to import.
"""

import importlib
import json
import sys
import time


class Context:
    """What Lambda tells a function about its call."""

    function_name = "heedful-test"
    function_version = "$LATEST"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:heedful-test"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    log_group_name = "/aws/lambda/heedful-test"
    log_stream_name = "test"

    def __init__(self) -> None:
        self._end = time.monotonic() + 60

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the call."""
        return int(1000 * (self._end - time.monotonic()))


def main(handler: str, folders: list[str]) -> None:
    """Import and call."""
    sys.path[:0] = folders
    if handler.startswith("imports:"):
        missing = {}
        for name in handler.removeprefix("imports:").split(","):
            try:
                importlib.import_module(name)
            except ImportError as error:
                missing[name] = str(error)
        json.dump(missing, sys.stdout)
        return
    module, name = handler.split(".")
    answer = getattr(importlib.import_module(module), name)(json.load(sys.stdin), Context())
    # Logs go to standard output too, as on Lambda; the answer is its last line.
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
