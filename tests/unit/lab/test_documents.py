"""A file that does not fit its schema is reported in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.documents import MAX_MESSAGE, InputError, read

SCHEMA = '{"properties": {"sizes": {"items": {"type": "integer"}}}}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "file.json cannot be read (No such file or directory)"),
        ("{", "file.json is not JSON: "),
        ('{"sizes": [1, "many"]}', "file.json.sizes[1]: 'many' is not of type"),
        (f'{{"sizes": ["{"x" * 1_000}"]}}', "file.json.sizes[0]: 'xxx"),
    ],
)
def test_fault_of_a_file_is_reported_with_its_path(
    text: str | None, message: str, tmp_path: Path
) -> None:
    path, schema = tmp_path / "file.json", tmp_path / "schema.json"
    schema.write_text(SCHEMA)
    if text is not None:
        path.write_text(text)

    with pytest.raises(InputError) as raised:
        read(path, schema)

    line = str(raised.value)
    assert line.startswith(message)
    assert "\n" not in line
    assert len(line) < MAX_MESSAGE + len("file.json.sizes[0]: x")
