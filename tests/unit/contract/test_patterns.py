"""Every pattern matches the same texts in Python, ECMA-262 (flag u) and Rust."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

ADDRESS_64 = "a" * 63 + "@" + "b" * 63 + ".example"

# (schema file, its $def): texts that match, and texts that do not. Other keywords check
# lengths.
STRINGS: dict[tuple[str, str], tuple[list[str], list[str]]] = {
    ("user.json", "email"): (
        [
            "a@b.c",
            "Ada.Lovelace@Example.COM",
            "!#$%&'*+/=?^_`{|}~-@a-b.example",
            ADDRESS_64,
            "1@1.1",
        ],
        [
            "",
            "a@b",
            "a@b.c\n",
            "\na@b.c",
            " a@b.c",
            "a@b.c ",
            "a.@b.c",
            ".a@b.c",
            "a..b@c.d",
            "a@b..c",
            "a@b.c.",
            "a@.b.c",
            "a@-b.c",
            "a@b-.c",
            "a@@b.c",
            "a@b_c.d",
            "a b@c.d",
            '"a b"@c.d',
            "a@[127.0.0.1]",
            "\u00e4@b.c",
            "a@b\u00fc.c",
            "\u212a@b.c",  # the Kelvin sign, which folds to k
            "a@b.\u0131",  # dotless i
            "a@" + "b" * 64 + ".c",
            "a\x00@b.c",
        ],
    ),
    ("user.json", "address"): (
        ["a@b.c", "ada.lovelace@example.com"],
        ["A@b.c", "a@B.c", "a@b.C", "a@b.c\n"],
    ),
    ("asset.json", "fileName"): (
        [
            "a",
            " ",
            "...",
            "..a",
            ".a",
            "a.",
            "a..",
            "\u00a0",
            "\u200d",
            "\u2010",
            "\u202f",
            "\u2065",
            "\u206a",
            "\ufffd",
            "e\u0301",
            "\U0001d49c",
            "\U0001fffe",
            "\U0010ffff",
            "a\u2027b",
            "~",
        ],
        [
            "",
            ".",
            "..",
            "/",
            "a\u200eb",
            "a\u200fb",
            "a\u202ab",
            "a\u202eb",
            "a\u2066b",
            "a\u2069b",
            "a/b",
            "\\",
            "a\\",
            "a\n",
            "\n",
            ".\n",
            "..\n",
            "a\x00",
            "a\x1fb",
            "a\x7f",
            "a\x80",
            "a\x9f",
            "a\u2028",
            "a\u2029b",
            "\ufffe",
            "a\uffff",
        ],
    ),
    ("asset.json", "contentType"): (
        [
            "a/b",
            "image/svg+xml",
            "text/plain;charset=utf-8",
            "text/plain; charset=utf-8",
            "a/b;c=d;e=f;g=h;i=j",
            "1/1",
            "a" * 127 + "/" + "b" * 127,
        ],
        [
            "",
            "a",
            "a/",
            "/b",
            "a/b\n",
            "a/b/c",
            "a/b;",
            "a/b; ",
            "a/b;c",
            "a/b;c=",
            'a/b;c="d"',
            "a/b;  c=d",
            "a/b ;c=d",
            "a/b;c=d;e=f;g=h;i=j;k=l",
            "+a/b",
            "a/b,c/d",
            "a/b\r\nx: y",
            "\u00e4/b",
            "a" * 128 + "/b",
            "a/" + "b" * 128,
        ],
    ),
    ("asset.json", "checksumSha256"): (
        ["ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "A" * 43 + "="],
        [
            "",
            "A" * 42 + "B=",  # bits after the last byte
            "A" * 44,
            "A" * 43,
            "A" * 43 + "=\n",
            "A" * 43 + "==",
            "-" * 42 + "A=",
            "A" * 42 + "=",
        ],
    ),
    ("common.json", "ulid"): (
        ["01KHBX6VG0ZT9V3RX6C2W5QJDE", "0" * 26, "7" + "Z" * 25],
        [
            "",
            "01khbx6vg0zt9v3rx6c2w5qjde",
            "8" + "Z" * 25,
            "0" * 25,
            "0" * 27,
            "0" * 26 + "\n",
            "O" * 26,
            "0" * 25 + "I",
            "0" * 25 + "L",
            "0" * 25 + "U",
            "\uff10" * 26,  # full-width digits
        ],
    ),
    ("common.json", "writeId"): (["0" * 32], ["0" * 31, "A" * 32, "0" * 32 + "\n"]),
    ("common.json", "cursor"): (["a", "-_"], ["", "a=", "a\n", "a" * 65]),
    ("metric-line.json", "namespace"): (
        ["ParityReferenceService", "ParityReferenceService/a-1", "a", "#a:b c", "AWS"],
        ["", ":", ":a", " a", "a\n", "a,b", "a\\b", "\u00e4"],
    ),
    ("problem.json", "pointer"): (
        ["", "/", "/a", "/~0~1", "/a/", "/\n", "//"],
        ["a", "/~", "/~2", "/a~"],
    ),
    ("openapi.yaml", "IfMatch"): (
        [
            "*",
            '"1"',
            '""',
            'W/"1"',
            '"1", "2"',
            '"1","2"',
            ',"1"',
            '"1",',
            ', ,"1" , ,',
            '"!#~"',
        ],
        [
            "",
            ",",
            "1",
            '"1',
            "*,*",
            '*, "1"',
            '"1", *',
            'w/"1"',
            'W/ "1"',
            '"1" "2"',
            '"a b"',
            '"\x7f"',
            '"1"\n',
            '"\u00e4"',
            '"a"b"',
        ],
    ),
    ("common.json", "idempotencyKey"): (
        ["k", "!", "~", '"', "k" * 255],
        ["", "k" * 256, "a,b", "a b", "k\n", "\x7f", "\u00e4"],
    ),
}


# Any: nodes of a YAML or JSON document.
def pattern_of(key: tuple[str, str], document: Any, schemas: Any) -> str:
    """Return the pattern that a key of STRINGS refers to."""
    file, name = key
    if name == "IfMatch":
        found = document["components"]["schemas"]["EntityTags"]["pattern"]
    elif name == "pointer":
        faults = schemas[file]["$defs"]["bodyFaults"]
        found = faults["items"]["properties"]["pointer"]["pattern"]
    else:
        found = schemas[file]["$defs"][name]["pattern"]
    return str(found)


@pytest.mark.parametrize("key", STRINGS, ids=lambda key: key[1])
def test_a_pattern_matches_only_the_valid_texts(
    key: tuple[str, str], document: Any, schemas: Any
) -> None:
    pattern = re.compile(pattern_of(key, document, schemas))
    good, bad = STRINGS[key]
    assert [text for text in good if not pattern.fullmatch(text)] == []
    assert [text for text in bad if pattern.fullmatch(text)] == []


@pytest.mark.parametrize("key", STRINGS, ids=lambda key: key[1])
def test_pydantic_reads_the_patterns_the_same_way(
    key: tuple[str, str], document: Any, schemas: Any
) -> None:
    pattern = pattern_of(key, document, schemas)
    validator = SchemaValidator(core_schema.str_schema(pattern=pattern))
    good, bad = STRINGS[key]
    for text in good:
        validator.validate_python(text)
    for text in bad:
        with pytest.raises(ValidationError, match="string_pattern_mismatch"):
            validator.validate_python(text)


def test_javascript_reads_the_patterns_the_same_way(
    document: Any, schemas: Any
) -> None:
    node = shutil.which("node")
    assert node, "the project needs Node 20 or later"
    asked = [
        [pattern_of(key, document, schemas), text]
        for key, (good, bad) in STRINGS.items()
        for text in (*good, *bad)
    ]
    expected = [re.fullmatch(pattern, text) is not None for pattern, text in asked]
    script = (
        "const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify("
        "asked.map(([pattern, text]) => new RegExp(pattern, 'u').test(text))))"
    )
    answer = subprocess.run(
        [node, "-e", script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == expected
