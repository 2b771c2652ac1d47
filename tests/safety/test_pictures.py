"""R7: links to pictures and films in what goes out, by their letters alone; a data file with a mistake is refused by name."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from functools import cache
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.notice import Found, Surroundings, Way
from messenger.safety import phrases, pictures, words
from messenger.safety.pictures import Places
from messenger.safety.rules import Rules

FILE = "pictures/places.json"
OUT = Surroundings(Way.OUT, country="gb")


@cache
def places() -> Places:
    return pictures.load(resources.read(FILE), FILE)


@cache
def rules() -> Rules:
    return Rules(phrases.load(resources.read("phrases/en.json"), "phrases/en.json"), places=places())


def seen(text: str) -> str:
    """The words that R7 sees, '' for none."""
    found = pictures.find(places(), text)
    return text[found[0] : found[1]] if found else ""


WIDE = "\uff49\uff4d\uff47\uff55\uff52\uff0e\uff43\uff4f\uff4d\uff0f\uff41\uff42\uff43"
"""imgur.com/abc in wide letters."""
LINKS = [
    "https://x.example/cat.jpg", "http://x.example/a/b/IMG_2041.JPEG", "HTTPS://X.EXAMPLE/CAT.PNG", "x.example/cat.webp",
    "https://x.example/cat.heic?w=200&h=100", "https://x.example/cat.avif#top", "https://x.example/%63at%2Ejpg",
    "https://x.example/a%20b.jpg", "https://x.example/o/u%2Fann%2Fcat.gif?alt=media", "https://x.example/cat.j\u0440g",
    "https://x.example/me.\uff4a\uff50\uff47", "https://x.example/film.mp4", "https://x.example/film.MOV", "x.example/film.3gp",
    "https://x.example/pic.jpg:large", "https://x.example/Cat.png/revision/latest?cb=1", "https://x.example/get?file=cat.webm",
    "https://x.example/wiki/Cat#/media/File:Cat.jpg", "http://192.0.2.7/cat.jpg", "192.0.2.7/cat.jpg", "//x.example/cat.tiff",
    "aesgcm://up.example/a.jpg#0011", "ftp://x.example/cat.bmp", "https://x.example/it's.jpg", "https://x.example/a(1).jpg",
    "http://localhost:8000/cat.jpg", "https://\u03b5.example/\u00e9.jpg",
    "https://photos.app.goo.gl/AbC123", "https://photos.google.com/share/AF1Qip?key=1", "https://photos.google.com/u/0/photo/AF1",
    "https://www.icloud.com/photos/#0abcDEF", "https://share.icloud.com/photos/0abc", "https://www.icloud.com/sharedalbum/en-gb/#B0",
    "imgur.com/abc", "https://imgur.com/a/k3Jd9", "i.imgur.com/abc123", "\u0456mgur.com/abc", "https://m.imgur.com/gallery/abc",
    "https://ibb.co/0abc", "https://postimg.cc/abc", "https://postimg.cc/gallery/abc", "https://www.flickr.com/photos/ann/123",
    "https://flic.kr/p/2abc", "https://1drv.ms/i/s!AbC", "https://www.dropbox.com/s/abc/holiday.png?dl=0", "prnt.sc/1a2b3c",
    "https://www.dropbox.com/scl/fi/abc/me.heic?rlkey=x&dl=0", "https://gyazo.com/0123456789abcdef", "https://streamable.com/abc12",
    "https://[2001:db8::7]/cat.jpg", "http://x_y.example/cat.jpg", "https://x.example./cat.jpg", "nas.local/cat.jpg", "https://vimeo.com/123456",
    "https://vk.com/photo-1_2", "https://www.facebook.com/photo/?fbid=12&set=a", "https://ann.smugmug.com/Holiday/n-abc", "https://x.com/ann/status/1/photo/1",
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("around", ["{}", "look: {} ok?", "({}).", "<{}>", "me\n{}!"])
def test_a_link_to_a_picture_or_a_film_is_seen(link: str, around: str) -> None:
    assert seen(around.format(link)) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("**https://x.example/cat.jpg**", "https://x.example/cat.jpg"),
        ("[me](https://x.example/cat.jpg)", "https://x.example/cat.jpg"),
        ("thishttps://x.example/cat.jpg", "https://x.example/cat.jpg"),
        ("pic:imgur.com/abc", "imgur.com/abc"),
        ("\U0001f449imgur.com/abc\U0001f600", "\U0001f449imgur.com/abc\U0001f600"),
        ('"imgur.com/abc"', "imgur.com/abc"),
        ("see https://x.example/a and https://x.example/b.jpg", "https://x.example/b.jpg"),
        (f"({WIDE})", WIDE),
        ("so imgur\u200b.com/abc!", "imgur\u200b.com/abc"),
    ],
)  # fmt: skip
def test_only_the_link_is_shown(text: str, link: str) -> None:
    assert seen(text) == link


OTHERS = [
    "save it as .png", "is it .jpg/.png?", "cat.jpg", "IMG_2041.jpg and IMG_2042.jpg", "and/or.jpg", "10/10.jpg",
    "C:\\pics\\cat.jpg", "~/Pictures/cat.jpg", "assets/img/cat.jpg", "file:///home/ann/cat.jpg", "README.md/cat.jpg",
    "imgur.com", "https://imgur.com", "https://imgur.com/", "https://imgur.com/upload", "https://imgur.com/user/ann",
    "https://help.imgur.com/hc/en-us", "https://flickr.com/", "https://photos.google.com", "https://www.icloud.com/photos/",
    "https://instagram.com/ann", "https://1drv.ms/w/s!Abc", "https://www.dropbox.com/s/abc/notes.pdf?dl=0", "smugmug.com/about",
    "https://www.amazon.co.uk/dp/B00", "https://www.youtube.com/watch?v=abc", "https://en.wikipedia.org/wiki/JPEG",
    "https://www.google.com/search?q=cat.jpg", "https://x.example/how?q=open+.heic", "https://x.example/how?to=open+a.heic",
    "https://my.mov/abc", "https://x.example/.png", "https://x.example/convert?format=png", "https://x.example/a.png-help",
    "https://vimeo.com/about", "https://vk.com/ann", "ann@imgur.com/abc", "xmpp:ann@x.example/cat.jpg", "mailto:ann@x.example?body=cat.jpg",
    "data:image/png;base64,iVBORw0KGgo=", "data:text/html,x.example/cat.jpg", "data:", "data:image/jpeg;base64,/9j/4AAQSkZJRg.jpg",
    "https://[::1", "https://x.example:99999/cat.jpg", "http://", "https:///cat.jpg", "https://%zz/%", "https://x.example/%ff%fe",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_links_and_talk_about_files_are_left_alone(text: str) -> None:
    assert seen(text) == ""


def test_r7_is_one_of_the_rules() -> None:
    text = "look imgur.com/abc ok"
    assert rules().look(text, OUT) == (Found("R7", 5, 18),)
    assert rules().explain("R7", text, OUT) == Found("R7", 5, 18)
    assert rules().look(text, Surroundings(Way.OUT, known=True)) == ()
    assert rules().look(text, Surroundings(Way.IN)) == ()
    bare = Rules(phrases.load(resources.read("phrases/en.json"), "phrases/en.json"))
    assert bare.explain("R7", text, OUT) is None, "without places it sees nothing"


def test_nothing_is_opened_or_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object, **_options: object) -> None:
        raise AssertionError("R7 asks the network")

    places()
    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, never)
    for link in LINKS:
        assert seen(link) == link


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for one in (text, f"https://{text}", f"https://x.example/{text}.jpg"):
        found = pictures.find(places(), one)
        assert found is None or 0 <= found[0] < found[1] <= len(one)


@pytest.mark.parametrize(
    "piece",
    ["a.b/", "http://", "a." * 39 + "/ ", "http://a.b/(", "data:image/png;base64,", "\u00e9/.", "(", "/.", "https://imgur.com/ "],
)  # fmt: skip
def test_a_megabyte_is_answered_by_its_beginning_and_end(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = process_time()
    assert seen(text) == ""
    assert seen(f"{text} imgur.com/abc") == "imgur.com/abc"
    assert process_time() - began < 20
    middle = "a " * words.LONGEST
    assert seen(f"{middle}imgur.com/abc {middle}") == ""


def test_of_a_long_address_the_beginning_is_read() -> None:
    assert seen("https://x.example/cat.jpg?x=" + "1" * 50_000).startswith("https://x.example/cat.jpg?x=1")


EXAMPLES = {"*": "abc12", "+": "123456"}


def test_the_places_of_the_data_are_all_used() -> None:
    value = json.loads(resources.read(FILE))
    for one in value["places"]:
        for host in one["hosts"]:
            for path in one["paths"]:
                name = host.replace("*", "ann")
                way = "/".join(EXAMPLES.get(part, part) for part in path.partition("?")[0].split("/")).replace("*", "-1_2")
                asks = f"?{path.partition('?')[2]}=1" if "?" in path else ""
                link = f"https://{name}/{way.replace('#', '#0ab')}{asks}"
                assert seen(f"see {link}") == link, one["id"]


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda v: v["places"][0].pop("source"), "google-photos", "'source' is missing"),
    (lambda v: v["places"][0]["source"].update(status="sure"), "google-photos", "not one of"),
    (lambda v: v["places"][0]["source"].update(url="http://x.example"), "google-photos", "https"),
    (lambda v: v["places"][0].update(hosts=["imgur.com"]), "imgur", "twice"),
    (lambda v: v["places"][0].update(hosts=["Photos.Example"]), "google-photos", "small letters"),
    (lambda v: v["places"][0].update(hosts=["photos"]), "google-photos", "small letters"),
    (lambda v: v["places"][0].update(paths=[]), "google-photos", "empty"),
    (lambda v: v["places"][0].update(paths=["a*b"]), "google-photos", "no way"),
    (lambda v: v["places"][0].update(paths=["#/a"]), "google-photos", "no way"),
    (lambda v: v["places"][0].update(bad=True), "google-photos", "'bad' is not known"),
    (lambda v: v["places"][1].update(id="google-photos"), "google-photos", "twice"),
    (lambda v: v["kinds"].append(".jpg"), "pictures", "small letters"),
    (lambda v: v.update(pages=[]), "pictures", "empty"),
    (lambda v: v.pop("version"), "pictures", "'version' is missing"),
    (lambda v: v.update(score=1), "pictures", "'score' is not known"),
]


@pytest.mark.parametrize(
    ("change", "id", "reason"), BROKEN, ids=[f"{number}-{one[2]}" for number, one in enumerate(BROKEN)]
)
def test_a_broken_file_is_refused_by_name(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    value = json.loads(resources.read(FILE))
    change(value)
    with pytest.raises(AssetRefused) as refused:
        pictures.load(json.dumps(value).encode(), "places.json")
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("places.json", id)
    assert reason in str(refused.value.fields["reason"])
