#!/bin/bash
# Runs commands beside each other: shows what the first prints as it comes, what the
# others printed once all have ended. Fails where one fails. SIGINT, SIGTERM or the
# terminal's end ends all.
set -uo pipefail
# A job of its own group each: it hears SIGINT, from here and once.
set -m

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
jobs=()
trap 'kill -INT -- "${jobs[@]/#/-}"; wait; exit 130' INT TERM HUP
bash -c "exec $1" </dev/null &
jobs+=("$!")
for command in "${@:2}"; do
  bash -c "exec $command" </dev/null >"$logs/${#jobs[@]}" 2>&1 &
  jobs+=("$!")
done

code=0
for job in "${jobs[@]}"; do wait "$job" || code=$?; done
cat "$logs"/*
exit "$code"
