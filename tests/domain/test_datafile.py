"""Strict reading of data files: what is wrong is refused by file and id, and nothing else ever comes out of a loader."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.datafile import LARGEST_FILE, LONGEST_TEXT, Reader, open_reader, parse
from messenger.domain.errors import AssetRefused


def reader(**values: Any) -> Reader:
    return Reader("a.json", "here", values)


REFUSED: list[tuple[Callable[[Reader], Any], dict[str, Any], str]] = [
    (lambda r: r.text("k"), {}, "'k' is missing"),
    (lambda r: r.text("k"), {"k": 1}, "'k' must be text"),
    (lambda r: r.text("k"), {"k": None}, "'k' must be text"),
    (lambda r: r.text("k"), {"k": "  "}, "'k' has no words"),
    (lambda r: r.text("k"), {"k": " a"}, "'k' begins or ends with a space"),
    (lambda r: r.text("k"), {"k": "a" * (LONGEST_TEXT + 1)}, "'k' is longer than 600 characters"),
    (lambda r: r.word("k", ("a", "b")), {"k": "c"}, "'k' is 'c', not one of a, b"),
    (lambda r: r.url("k"), {"k": "http://a.example"}, "'k' must be an https address"),
    (lambda r: r.url("k"), {"k": "https://nodots"}, "'k' must be an https address"),
    (lambda r: r.url("k"), {"k": "https://a b.example"}, "'k' must be an https address"),
    (lambda r: r.date("k"), {"k": "2026-13-01"}, "'k' must be a date such as 2026-11-01"),
    (lambda r: r.date("k"), {"k": "2026-11-32"}, "'k' must be a date such as 2026-11-01"),
    (lambda r: r.date("k"), {"k": "2026-11-01x"}, "'k' must be a date such as 2026-11-01"),
    (lambda r: r.whole("k"), {"k": True}, "'k' must be a whole number"),
    (lambda r: r.whole("k"), {"k": "1"}, "'k' must be a whole number"),
    (lambda r: r.whole("k", least=2, most=3), {"k": 1}, "'k' must be from 2 to 3"),
    (lambda r: r.whole("k", least=2, most=3), {"k": 4}, "'k' must be from 2 to 3"),
    (lambda r: r.yes("k"), {"k": 1}, "'k' must be true or false"),
    (lambda r: r.texts("k"), {"k": "a"}, "'k' must be a list of texts"),
    (lambda r: r.texts("k"), {"k": ["a", 1]}, "'k' must be a list of texts"),
    (lambda r: r.texts("k"), {"k": [" "]}, "'k' must be a list of texts"),
    (lambda r: r.texts("k"), {"k": ["a", "a"]}, "'k' has the same text twice"),
    (lambda r: r.texts("k"), {"k": ["a" * 601]}, "'k' has a text longer than 600 characters"),
    (lambda r: r.texts("k", required=True), {"k": []}, "'k' is empty"),
    (lambda r: r.texts("k", required=True), {}, "'k' is missing"),
    (lambda r: r.words_of("k"), {"k": []}, "'k' must be an object of texts"),
    (lambda r: r.words_of("k"), {"k": {"a": ""}}, "'k' must be an object of texts"),
    (lambda r: r.child("k"), {}, "'k' is missing"),
    (lambda r: r.child("k", required=False), {"k": []}, "'k' must be an object"),
    (lambda r: r.children("k"), {"k": {}}, "'k' must be a list of objects"),
    (lambda r: r.children("k"), {"k": [1]}, "'k' must be a list of objects"),
    (lambda r: r.children("k"), {"k": []}, "'k' is empty"),
    (lambda r: r.done(), {"k": 1, "b": 2}, "'b' is not known here"),
]


@pytest.mark.parametrize(
    ("ask", "values", "reason"), REFUSED, ids=[one[2] + str(number) for number, one in enumerate(REFUSED)]
)
def test_what_is_wrong_is_said(ask: Callable[[Reader], Any], values: dict[str, Any], reason: str) -> None:
    with pytest.raises(AssetRefused) as refused:
        ask(reader(**values))
    assert refused.value.fields == {"file": "a.json", "id": "here", "reason": reason}
    assert str(refused.value) == f"The file a.json is wrong at here: {reason}."


def test_what_is_right_is_taken() -> None:
    found = reader(
        text="a", longest="b" * LONGEST_TEXT, url="https://a.example/b", date="2026-11-30", whole=3, yes=True, texts=["a", "b"],
        words={"a": "b"}, child={"x": 1}, children=[{"id": "one"}, {"y": 2}],
    )  # fmt: skip
    assert found.text("text") == "a"
    assert len(found.text("longest")) == LONGEST_TEXT
    assert found.url("url") == "https://a.example/b"
    assert found.date("date") == "2026-11-30"
    assert found.whole("whole", least=3, most=3) == 3
    assert found.yes("yes") is True
    assert found.texts("texts") == ("a", "b")
    assert found.words_of("words") == {"a": "b"}
    assert found.child("child").id == "here"  # type: ignore[union-attr]
    assert [one.id for one in found.children("children")] == ["one", "here.children[1]"]
    found.done()


def test_what_is_absent_has_its_default() -> None:
    found = reader()
    assert (found.text("k", ""), found.text("k", "b"), found.word("k", ("a", "b"), "b"), found.url("k", "")) == (
        "",
        "b",
        "b",
        "",
    )
    assert (found.whole("k", 4), found.yes("k"), found.yes("k", True), found.texts("k"), found.words_of("k")) == (
        4,
        False,
        True,
        (),
        {},
    )
    assert found.child("k", required=False) is None
    assert found.children("k", required=False) == []
    assert not found.has("k")
    found.done()


def test_the_schema_line_is_for_editors() -> None:
    open_reader(b'{"$schema": "x"}', "a.json").done()


def test_a_double_id_is_named() -> None:
    with pytest.raises(AssetRefused) as refused:
        reader(k=[{"id": "one"}, {"id": "one"}]).children("k")
    assert refused.value.fields["id"] == "one"


def test_a_file_is_named_by_its_id() -> None:
    assert open_reader(b'{"id": "tips"}', "a.json").id == "tips"
    assert open_reader(b"{}", "a.json").id == "file"
    assert open_reader(b'{"id": 3}', "a.json").id == "file"


@pytest.mark.parametrize(
    "data",
    [b"", b"nothing", b"[1]", b"1", b'"a"', b'{"a": 1.0}', b'{"a": 1e3}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1, "a": 1}',
     b'{"a": {"b": 1, "b": 2}}', b"\xef\xbb\xbf{}", b'{"a": "\xff"}', b'{"a": "\\ud800"}', b"{" * 5000, b'{"a":' * 5000],
)  # fmt: skip
def test_what_is_no_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(AssetRefused) as refused:
        parse(data, "a.json")
    assert refused.value.fields["id"] == "file"


def test_the_largest_file_is_read_and_a_larger_one_is_not() -> None:
    assert parse(b"{}" + b" " * (LARGEST_FILE - 2), "a.json") == {}
    with pytest.raises(AssetRefused, match="larger than"):
        parse(b"{}" + b" " * (LARGEST_FILE - 1), "a.json")


def _refusal(deed: Callable[[], Any]) -> AssetRefused | None:
    try:
        deed()
    except AssetRefused as refused:
        return refused
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    refused = _refusal(lambda: parse(data, "a.json"))
    assert refused is None or refused.fields["file"] == "a.json"


# Anything JSON can hold, for the loaders' own tests of any change to a real file.
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2000)
    | st.text(max_size=12)
    | st.sampled_from(["en", "start", "T01", "R1", "https://a.b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "when", "all", "is", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a JSON value, but the top."""
    inner = (
        list(enumerate(value)) if isinstance(value, list) else list(value.items()) if isinstance(value, dict) else []
    )
    return [one for key, part in inner for one in ((*path, key), *places(part, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with one value changed, or taken out when `new` is Ellipsis."""
    made = copy.deepcopy(value)
    part = made
    for key in path[:-1]:
        part = part[key]
    if new is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = new
    return made


def _loaders() -> list[tuple[str, Callable[[bytes, str], Any]]]:
    from messenger.questionnaire import tree
    from messenger.safety import deck, jurisdictions, notices

    return [
        ("questions/abuse.json", tree.load),
        ("tips/en-GB.json", deck.load),
        ("jurisdictions/gb.json", jurisdictions.load),
        ("jurisdictions/elsewhere.json", jurisdictions.load),
        ("notices/en-GB.json", notices.load),
    ]


@pytest.mark.parametrize(("name", "load"), _loaders(), ids=[one[0] for one in _loaders()])
@given(data=st.data())
def test_any_change_to_a_real_file_is_read_or_refused(
    name: str, load: Callable[[bytes, str], Any], data: st.DataObject
) -> None:
    from messenger import resources

    value = json.loads(resources.read(name))
    path = data.draw(st.sampled_from(places(value)))
    new = data.draw(st.just(...) | ANYTHING)
    refused = _refusal(lambda: load(json.dumps(changed(value, path, new)).encode(), "changed.json"))
    if refused is not None:
        assert refused.fields["file"] == "changed.json"
        assert refused.fields["id"]
        assert refused.fields["reason"]
