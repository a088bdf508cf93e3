"""Checks that openapi.yaml is valid OpenAPI and the schemas are valid JSON Schema.

Each check relies on the one before it, so the first that finds a fault is the last:
a `$ref` that leads nowhere is one line, not twenty.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import openapi_v31_schema_validator

from twinproof.contract.ecma import NoPattern, found
from twinproof.contract.nodes import (
    Node,
    found_at,
    references,
    schema_roots,
    schemas_in,
    target_of,
)
from twinproof.contract.openapi import DOCUMENT, METHODS, read_documents
from twinproof.contract.schemas import Schemas, escape_pointer, faults_of
from twinproof.errors import FileFinding

KEYWORDS = {
    *Draft202012Validator.VALIDATORS,
    *("else", "maxContains", "minContains", "then"),
    *("$anchor", "$comment", "$defs", "$id", "$schema"),
    *("contentEncoding", "contentMediaType", "default", "deprecated", "description"),
    *("examples", "readOnly", "title", "writeOnly"),
}
COMBINING = {"$ref", "allOf", "anyOf", "oneOf"}
# The meaning of \d, \w, \s and \b depends on Unicode tables and flags, that of a dot on
# line ends. Not every engine has look-around, back references and properties.
_STRANGE = re.compile(r"\\[dDwWsSbBpPkcAzZ1-9]|\(\?")


def lint_structure(root: Path) -> list[FileFinding]:
    """Return the faults of openapi.yaml and the schemas, one for each location.

    Raises `FileFault` for a file that is missing, or is not YAML or JSON.
    """
    files = read_documents(root)
    for check in (_references, _forms, _details, _defaults):
        findings = list(dict.fromkeys(check(files)))
        if findings:
            return findings
    return list(_rest(root, files[DOCUMENT]))


def _references(files: Mapping[str, Node]) -> Iterator[FileFinding]:
    for path, pointer, reference in references(files):
        try:
            found_at(files, target_of(path, reference))
        except LookupError:
            yield FileFinding(path, pointer, f"$ref leads nowhere: {reference}")


def _forms(files: Mapping[str, Node]) -> Iterator[FileFinding]:
    """Yield where a document breaks OpenAPI 3.1, or a schema JSON Schema 2020-12."""
    errors = openapi_v31_schema_validator.iter_errors(files[DOCUMENT])
    findings = list(_by_location(DOCUMENT, "", errors))
    yield from findings
    # Only a valid OpenAPI document shows where its schemas are.
    own = {path: node for path, node in files.items() if path != DOCUMENT}
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for path, pointer, schema in schema_roots(own if findings else files):
        yield from _by_location(path, pointer, meta.iter_errors(schema))


def _by_location(
    path: str, pointer: str, errors: Iterable[ValidationError]
) -> Iterator[FileFinding]:
    """Yield one finding for each location, with all faults there."""
    found = defaultdict(list)
    for fault in (fault for error in errors for fault in faults_of(error)):
        found[pointer + fault.pointer].append(fault.what)
    for location, faults in found.items():
        yield FileFinding(path, location, "; ".join(faults))


def _details(files: Mapping[str, Node]) -> Iterator[FileFinding]:
    """Yield what OpenAPI and JSON Schema allow, but twinproof does not."""
    yield from _operations(files)
    for path, pointer, schema in schemas_in(schema_roots(files)):
        for below, what in _schema_faults(path, schema):
            yield FileFinding(path, pointer + below, what)
        name = path.removeprefix("schemas/")
        if path.startswith("schemas/") and not pointer and schema.get("$id") != name:
            yield FileFinding(path, "/$id", f"is {schema.get('$id')}, not {name}")


def _schema_faults(path: str, schema: Node) -> Iterator[tuple[str, str]]:
    """Yield (pointer within the schema, fault) of a schema without its subschemas."""
    if unknown := [word for word in schema if word not in KEYWORDS]:
        yield "", f"JSON Schema has no keyword {', '.join(unknown)}"
    if fault := _pattern_fault(path, schema.get("pattern")):
        yield "/pattern", fault
    # In a combined schema another part may declare the properties.
    if "properties" in schema and not schema.keys() & COMBINING:
        for name in schema.get("required", ()):
            if name not in schema["properties"]:
                yield "/required", f"{name} is not a property"


def _defaults(files: Mapping[str, Node]) -> Iterator[FileFinding]:
    checked = Schemas(files)
    for path, pointer, schema in schemas_in(schema_roots(files)):
        if "default" in schema:
            faults = checked.faults(f"{path}#{pointer}", schema["default"])
            for fault in faults:
                yield FileFinding(path, f"{pointer}/default", fault.what)


def _pattern_fault(path: str, pattern: str | None) -> str:
    if pattern is None:
        return ""
    try:
        found(pattern, "")
    except NoPattern as error:
        return f"is not a valid pattern: {error.reason}"
    # Only twinproof reads the formats, so no other engine has to agree.
    return "" if path.startswith("formats/") else _disagreement(pattern)


def _disagreement(pattern: str) -> str:
    """Return why two engines might read a pattern differently; "": they do not."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return "does not match the whole string: begin it with ^, end it with $"
    if strange := _STRANGE.search(pattern):
        return f"engines read {strange[0]} differently"
    bare_dot = "." in re.sub(r"\[[^\]]*\]|\\.", "", pattern)
    return "engines read a bare dot differently" if bare_dot else ""


def _operations(files: Mapping[str, Node]) -> Iterator[FileFinding]:
    """Yield operations without a unique name, and parameters that do not fit."""
    seen: dict[str, str] = {}
    for route, item in files[DOCUMENT]["paths"].items():
        location = f"/paths/{escape_pointer(route)}"
        for method in (method for method in METHODS if method in item):
            name = item[method].get("operationId")
            if name is None:
                yield FileFinding(
                    DOCUMENT, f"{location}/{method}", "has no operationId"
                )
            elif name in seen:
                what = f"{name} is also the operationId of {seen[name]}"
                yield FileFinding(DOCUMENT, f"{location}/{method}/operationId", what)
            seen.setdefault(name, f"{method.upper()} {route}")
            yield from _parameter_faults(files, route, method)


def _parameter_faults(
    files: Mapping[str, Node], route: str, method: str
) -> Iterator[FileFinding]:
    item, location = files[DOCUMENT]["paths"][route], f"/paths/{escape_pointer(route)}"
    own = _parameters(files, item[method])
    for (_, name), times in Counter(own).items():
        if times > 1:
            what = f"{name} is declared {times} times"
            yield FileFinding(DOCUMENT, f"{location}/{method}/parameters", what)
    declared = {name for kind, name in own + _parameters(files, item) if kind == "path"}
    if declared != set(re.findall(r"\{([^}]+)\}", route)):
        names = ", ".join(sorted(declared)) or "none"
        what = f"the declared path parameters do not fit the route: {names}"
        yield FileFinding(DOCUMENT, location, what)


def _parameters(files: Mapping[str, Node], node: Node) -> list[tuple[str, str]]:
    """Return (in, name) of the parameters of an operation or a path."""
    resolved = (
        found_at(files, target_of(DOCUMENT, each["$ref"])) if "$ref" in each else each
        for each in node.get("parameters", [])
    )
    return [(each["in"], each["name"]) for each in resolved]


def _rest(root: Path, document: Node) -> Iterator[FileFinding]:
    """Yield the other faults of OpenAPI; the validator gives no location for these."""
    base = (root.resolve() / DOCUMENT).as_uri()
    errors = OpenAPIV31SpecValidator(document, base_uri=base).iter_errors()
    for message in dict.fromkeys(error.message for error in errors):
        yield FileFinding(DOCUMENT, "", message)
