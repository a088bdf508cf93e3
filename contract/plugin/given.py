"""What a `given` may set in a record: the attributes of its stored schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract.plugin.fixtures import BY_RULE, SET_UP
from twinproof.plugin import Case, Contract, Given, found_at, target_of

Examples = Mapping[str, Mapping[str, Any]]
"""The example of each attribute's schema, by store and attribute."""

EXPIRY = "expiresAt"
"""It is left out of whole records, because the time in its example will pass."""


def lint_given(contract: Contract, case: Case) -> Iterator[str]:
    """Yield the fields in entries of a `given` that no stored record has."""
    for record in contract.config.records:
        known = contract.files[record.schema]["properties"].keys() | SET_UP
        for entry in case.given.get(record.store, []):
            for name in sorted(entry.keys() - known):
                yield f"given {record.store}: {record.schema} has no {name}"


def optional_examples(contract: Contract) -> Examples:
    """Return what `whole: true` sets: the optional attributes with their examples."""
    found = {}
    for record in contract.config.records:
        schema = contract.files[record.schema]
        names = schema["properties"].keys() - {*schema["required"], *BY_RULE, EXPIRY}
        found[record.store] = {
            name: _example(contract, record.schema, f"/properties/{name}")
            for name in sorted(names)
        }
    return found


def filled(given: Given, examples: Examples) -> Given:
    """Return a `given` with the optional attributes of entries with `whole: true`."""
    return {
        store: [
            {**examples[store], **entry} if entry.get("whole") else entry
            for entry in entries
        ]
        for store, entries in given.items()
    }


def _example(contract: Contract, file: str, pointer: str) -> Any:
    """Return the first example of a schema, or of the schema that it refers to."""
    schema = found_at(contract.files, (file, pointer))
    if "examples" in schema:
        return schema["examples"][0]
    return _example(contract, *target_of(file, schema["$ref"]))
