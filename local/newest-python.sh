#!/bin/sh
# Prints the path of the newest Python on PATH that Lambda has a runtime for.
# A version manager's shim counts only when it really starts an interpreter, and
# what is printed is that interpreter itself. Exit code 1 where there is none.
for version in 3.14 3.13 3.12 3.11; do
  command -v "python$version" >/dev/null 2>&1 || continue
  "python$version" - 2>/dev/null <<'PYTHON' && exit 0
import ensurepip, pathlib, sys, venv
print(pathlib.Path(sys.executable).resolve())
PYTHON
done
exit 1
