import yaml

from local.privileges.proof import CANDIDATES
from local.privileges.rights import Right, rights_of, without

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["s:One", "s:Two"], "Resource": "r"},
        {"Sid": "B", "Effect": "Allow", "Action": "s:List", "Resource": ["r/1", "r/2"]},
    ],
}


def test_a_right_is_a_statement_an_action_and_a_resource() -> None:
    assert list(rights_of(DOCUMENT)) == [
        Right("A", "s:One", "r"),
        Right("A", "s:Two", "r"),
        Right("B", "s:List", "r/1"),
        Right("B", "s:List", "r/2"),
    ]


def test_only_the_right_itself_is_taken_away() -> None:
    for right in rights_of(DOCUMENT):
        left = [
            (one.action, one.resource) for one in rights_of(without(DOCUMENT, right))
        ]

        assert left == [
            (one.action, one.resource) for one in rights_of(DOCUMENT) if one != right
        ]


def test_a_right_of_an_index_is_named_by_it() -> None:
    right = Right("ListUsers", "dynamodb:Query", "arn:x:table/t/index/email-index")

    assert right.name == "ListUsers dynamodb:Query email-index"


def test_what_is_not_judged_has_its_source_at_aws() -> None:
    data = yaml.safe_load(CANDIDATES.read_text("utf-8"))
    sources = [page for known in data.values() for page in known["notJudged"].values()]

    assert sources
    assert all(page.startswith("https://docs.aws.amazon.com/") for page in sources)
