"""How often each operation is drawn, by the theme of a sequence."""

from __future__ import annotations

from contract.plugin.fuzz.model import Draft
from contract.plugin.keys import table_of

ORDINARY = 3
"""The weight of an operation of the theme's table that no theme lists."""

WEIGHTS: dict[str, dict[str, int]] = {
    "users": {
        "createUser": 4,
        "getUser": 3,
        "replaceUser": 4,
        "updateUser": 5,
        "deleteUser": 2,
        "listUsers": 1,
        "getHealth": 1,
    },
    "assets": {
        "createAsset": 4,
        "getAsset": 4,
        "updateAsset": 4,
        "deleteAsset": 2,
        "downloadAsset": 3,
        "listAssets": 1,
        "getHealth": 1,
    },
    "lists": {
        "listUsers": 6,
        "listAssets": 6,
        "updateUser": 1,
        "deleteUser": 1,
        "updateAsset": 1,
        "deleteAsset": 1,
        "getAsset": 1,
        "getUser": 1,
    },
    "keys": {
        "createUser": 6,
        "createAsset": 6,
        "deleteUser": 1,
        "deleteAsset": 1,
        "updateUser": 2,
        "updateAsset": 1,
        "getUser": 1,
    },
}
WEIGHTS["mixed"] = {**WEIGHTS["users"], **WEIGHTS["assets"]}
NAMED = frozenset(operation for theme in WEIGHTS.values() for operation in theme)


def weights_of(draft: Draft, theme: str) -> dict[str, int]:
    """Return the weight of each operation in a theme, in the order of drawing."""
    others = {
        operation: ORDINARY
        for operation in draft.bodies.contract.operations
        if operation not in NAMED and theme in (table_of(operation), "mixed")
    }
    return WEIGHTS[theme] | others
