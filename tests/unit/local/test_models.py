"""The package has the part of botocore's data that a client of our operations reads."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from handlers.packaging import python as packaging
from handlers.packaging.models import OPERATIONS, trim_data, trimmed
from handlers.packaging.order import ROOT, BuildError

MODEL: dict[str, Any] = {
    "metadata": {"serviceId": "Thing"},
    "clientContextParams": {"UseIt": {"type": "boolean", "documentation": "read"}},
    "operations": {
        "Get": {
            "input": {"shape": "Key"},
            "errors": [{"shape": "Gone"}],
            "documentation": "words",
        },
        "Scan": {"input": {"shape": "Whole"}},
    },
    "shapes": {
        "Key": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
        "Text": {"type": "string", "documentation": "words"},
        "Gone": {"type": "structure", "members": {"again": {"shape": "Gone"}}},
        "Whole": {"type": "structure", "members": {}},
    },
}


def put(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(document).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def test_a_model_keeps_what_its_operations_name_and_no_words() -> None:
    assert trimmed(MODEL, ("Get",)) == {
        "metadata": MODEL["metadata"],
        "clientContextParams": MODEL["clientContextParams"],
        "operations": {
            "Get": {"input": {"shape": "Key"}, "errors": [{"shape": "Gone"}]}
        },
        "shapes": {
            "Gone": MODEL["shapes"]["Gone"],
            "Key": MODEL["shapes"]["Key"],  # whose member is called documentation
            "Text": {"type": "string"},
        },
    }


def test_an_operation_that_botocore_does_not_know_fails_the_build() -> None:
    with pytest.raises(BuildError, match="no operation Put"):
        trimmed(MODEL, ("Get", "Put"))


def test_only_the_services_that_are_called_stay_in_the_table_of_endpoints(
    tmp_path: Path,
) -> None:
    every: dict[str, object] = {"dynamodb": {"endpoints": {}}, "s3": {}, "ec2": {}}
    put(
        tmp_path / "endpoints.json",
        {"version": 3, "partitions": [{"partition": "aws", "services": every}]},
    )
    trim_data(tmp_path)
    left = json.loads((tmp_path / "endpoints.json").read_text())
    assert left["partitions"][0]["services"].keys() == {"dynamodb", "s3"}


def test_trimming_keeps_what_a_client_reads_and_no_junk(tmp_path: Path) -> None:
    model: dict[str, object] = {
        "operations": {key: {} for key in OPERATIONS["s3"]},
        "shapes": {},
    }
    data = tmp_path / "botocore" / "data"
    put(data / "endpoints.json", {"partitions": []})
    put(data / "s3" / "2006-03-01" / "service-2.json.gz", model)
    put(data / "s3" / "2001-01-01" / "service-2.json.gz", model)
    for name in (
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/s3/2006-03-01/examples-1.json",
        "botocore/data/unknown.json",
        "boto3/data/s3/2006-03-01/resources-1.json",
        "boto3/examples/s3.rst",
        "boto3/session.py",
        "thing-1.0.dist-info/METADATA",
        "thing-1.0.dist-info/licenses/LICENSE",
        "thing-1.0.dist-info/RECORD",
        "thing/tests/test_thing.py",
        "thing/stub.pyi",
        "bin/jp.py",
    ):
        put(tmp_path / name, "")
    packaging.trim(tmp_path)
    files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {
        "boto3/session.py",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json",
        "thing-1.0.dist-info/METADATA",
        "thing-1.0.dist-info/licenses/LICENSE",
    }


def test_every_operation_that_the_handlers_call_is_kept() -> None:
    kept = {xform_name(name) for names in OPERATIONS.values() for name in names}
    source = "".join(
        path.read_text("utf-8") for path in (ROOT / "handlers/python").rglob("*.py")
    )
    called = set(re.findall(r"self\._client\.(\w+)\(", source))
    assert called
    assert called <= kept


def test_the_newest_botocore_has_every_operation() -> None:
    session = botocore.session.get_session()
    for service, names in OPERATIONS.items():
        known = session.get_service_model(service).operation_names
        assert set(names) <= set(known)
