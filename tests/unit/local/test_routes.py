"""The local front chooses the deployed route as API Gateway does."""

import pytest

from local.http.routes import Routes, UnknownRouteError

ROUTES = Routes(
    {
        "GET /users": "UsersFunction",
        "GET /users/{userId}": "UsersFunction",
        "GET /users/me": "MeFunction",
        "GET /assets/{assetId}/download": "AssetsFunction",
    }
)


def chosen(method: str, path: str) -> str | None:
    match = ROUTES.find(method, path)
    return match.route.key if match else None


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/users", "GET /users"),
        ("/users/1", "GET /users/{userId}"),
        ("/users/me", "GET /users/me"),
        ("/assets/1/download", "GET /assets/{assetId}/download"),
        ("/%75sers", "GET /users"),
        ("/users/", None),
        ("//users", None),
        ("/", None),
        ("/Users", None),
        ("/users/1/", None),
        ("/users/1/2", None),
        ("/assets//download", None),
        ("/users/../users", None),
    ],
)
def test_path_matches_the_route_with_its_segments(path: str, key: str | None) -> None:
    assert chosen("GET", path) == key


@pytest.mark.parametrize("method", ["HEAD", "POST", "get", "OPTIONS"])
def test_other_methods_have_no_route(method: str) -> None:
    assert chosen(method, "/users") is None


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("a%2Fb", "a/b"),
        ("%C3%A9", "é"),
        ("%ff", "�"),
        ("%zz", "%zz"),
        ("%", "%"),
        ("%00", "\0"),
        ("%2e%2e", ".."),
    ],
)
def test_path_parameters_are_decoded_once(sent: str, value: str) -> None:
    match = ROUTES.find("GET", f"/users/{sent}")

    assert match is not None
    assert match.parameters == {"userId": value}


@pytest.mark.parametrize("key", ["$default", "ANY /users", "GET /{proxy+}", "GET"])
def test_unsupported_route_keys_are_refused(key: str) -> None:
    with pytest.raises(UnknownRouteError):
        Routes({key: "UsersFunction"})
