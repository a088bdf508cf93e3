#!/bin/bash
# Runs commands at the same time. Shows the output of the first at once, and the output
# of the others after all have ended. Fails if one of them fails. SIGINT, SIGTERM or
# SIGHUP ends all of them.
set -uo pipefail
# Each job has its own process group, so that it gets SIGINT once, from this script.
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
