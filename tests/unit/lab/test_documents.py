"""A file that is not as its schema says is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.documents import MAX_MESSAGE, InputError, read

SCHEMA = '{"properties": {"sizes": {"items": {"type": "integer"}}}}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "file.json cannot be read (No such file or directory)"),
        ("{", "file.json is no JSON: "),
        ('{"sizes": [1, "many"]}', "file.json.sizes[1]: 'many' is not of type"),
        (f'{{"sizes": ["{"x" * 1_000}"]}}', "file.json.sizes[0]: 'xxx"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str | None, told: str, tmp_path: Path
) -> None:
    path, schema = tmp_path / "file.json", tmp_path / "schema.json"
    schema.write_text(SCHEMA)
    if text is not None:
        path.write_text(text)

    with pytest.raises(InputError) as raised:
        read(path, schema)

    line = str(raised.value)
    assert line.startswith(told)
    assert "\n" not in line
    assert len(line) < MAX_MESSAGE + len("file.json.sizes[0]: x")
