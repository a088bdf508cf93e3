"""A page as clients see it (contract/schemas/*-page.json), and what all views share."""

from collections.abc import Callable, Mapping

from shared.cursor import encode_cursor
from shared.json_reader import JsonValue
from shared.pages import Page, Record


def present(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the fields that are not None: the contract leaves out what is not set."""
    return {name: value for name, value in fields.items() if value is not None}


def page_view(
    page: Page[Record], view: Callable[[Record], dict[str, JsonValue]]
) -> dict[str, JsonValue]:
    """Return a page of the views of its records, with a cursor if there may be more."""
    items: list[JsonValue] = [view(record) for record in page.records]
    if page.next is None:
        return {"items": items}
    return {"items": items, "nextCursor": encode_cursor(page.next)}
