#!/bin/bash
# Runs two commands beside each other: shows what the first prints as it comes, what the
# second printed once both have ended. Fails where one fails. SIGINT, SIGTERM or the
# terminal's end ends both.
set -uo pipefail
# A job of its own group each: it hears SIGINT, from here and once.
set -m

log=$(mktemp)
trap 'rm -f "$log"' EXIT
bash -c "exec $1" </dev/null &
first=$!
bash -c "exec $2" </dev/null >"$log" 2>&1 &
second=$!
trap 'kill -INT -- "-$first" "-$second"; wait; exit 130' INT TERM HUP

code=0
wait "$first" || code=$?
wait "$second" || code=$?
cat "$log"
exit "$code"
