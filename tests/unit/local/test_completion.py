"""A property that the emulator drops is applied, read back and always listed."""

from __future__ import annotations

import pytest

from local.deploy.completion import CompletedProperty, Stack, Step, complete
from local.template import Json


class Cell:
    """A property of a cloud that may or may not keep what it is given."""

    def __init__(self, value: Json, *, keeps: bool = True) -> None:
        self.value = value
        self.keeps = keeps
        self.applied = 0

    def step(self, wanted: Json) -> Step:
        return Step("it", wanted, lambda: self.value, lambda: self.apply(wanted))

    def apply(self, wanted: Json) -> None:
        self.applied += 1
        if self.keeps:
            self.value = wanted


STACK = Stack(
    template={
        "Conditions": {"Any": {"Fn::Equals": [{"Ref": "Origins"}, "*"]}},
        "Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"a": 1}},
            "Absent": {"Type": "AWS::DynamoDB::Table", "Properties": {"b": 1}},
        },
    },
    physical={"Table": "table-1"},
    parameters={"Origins": "https://a.example,https://b.example", "Rate": "10"},
)


def test_what_is_held_already_is_neither_applied_nor_told() -> None:
    cell = Cell("x")
    assert list(complete(iter([cell.step("x")]))) == []
    assert cell.applied == 0


def test_what_was_dropped_is_applied_and_told() -> None:
    cell = Cell(None)
    assert list(complete(iter([cell.step("x")]))) == [
        CompletedProperty("it", applied=True)
    ]


def test_what_is_not_kept_even_then_is_told_as_such() -> None:
    cell = Cell(None, keeps=False)
    assert list(complete(iter([cell.step("x")]))) == [
        CompletedProperty("it", applied=False)
    ]


def test_resources_whose_condition_did_not_hold_are_passed_over() -> None:
    assert list(STACK.resources("AWS::DynamoDB::Table")) == [
        ("Table", "table-1", {"a": 1})
    ]


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Rate"}, "10"),
        (
            {"Fn::Split": [",", {"Ref": "Origins"}]},
            ["https://a.example", "https://b.example"],
        ),
        ({"Fn::If": ["Any", 1, {"x": [{"Ref": "Rate"}]}]}, {"x": ["10"]}),
        (600, 600),
    ],
)
def test_parameters_are_worked_out(value: Json, resolved: Json) -> None:
    assert STACK.resolve(value) == resolved


def test_the_first_branch_is_taken_where_a_condition_holds() -> None:
    stack = Stack(STACK.template, STACK.physical, {"Origins": "*"})
    assert stack.resolve({"Fn::If": ["Any", [1], {"Ref": "Absent"}]}) == [1]
