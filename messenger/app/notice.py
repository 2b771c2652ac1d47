"""``robin notice --explain RULE TEXT``: what a rule sees in a text, and why. Nothing is kept and nothing leaves the computer."""

from __future__ import annotations

import argparse
import json
import sys

from messenger import resources
from messenger.domain.notice import Surroundings, Way
from messenger.i18n import tr, trd
from messenger.safety import notices, phrases, pictures
from messenger.safety.rules import INCOMING, OUTGOING, Rules


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--explain",
        nargs=2,
        metavar=("RULE", "TEXT"),
        required=True,
        help=tr("show what a rule such as R8 sees in a text"),
    )
    parser.add_argument("--country", default="gb", help=tr("two letters"))
    parser.add_argument(
        "--private-word", action="append", default=[], metavar="WORD", help=tr("a word that R5 looks for")
    )
    parser.add_argument("--code-asked", action="store_true", help=tr("as if the other side had asked for a code (R6)"))
    parser.add_argument("--json", action="store_true", help=tr("print JSON"))


def run(options: argparse.Namespace) -> int:
    """Print the finding; 0 when the rule fires, 1 when it does not, 2 for an unknown rule."""
    rule, text = options.explain[0].upper(), options.explain[1]
    if rule not in (*INCOMING, *OUTGOING):
        print(tr("This rule does not look at words: {rule}").format(rule=rule), file=sys.stderr)
        return 2
    sharing = pictures.load(resources.read("pictures/places.json"), "pictures/places.json")
    rules = Rules(phrases.load(resources.read("phrases/en.json"), "phrases/en.json"), places=sharing)
    way = Way.IN if rule in INCOMING else Way.OUT
    around = Surroundings(
        way,
        country=options.country,
        code_asked=options.code_asked,
        harsh_words=True,
        private_words=tuple(options.private_word),
    )
    found = rules.explain(rule, text, around)
    if options.json:
        places = dict(found.places) if found else {}
        print(
            json.dumps(
                {
                    "rule": rule,
                    "fires": found is not None,
                    "seen": text[found.start : found.end] if found else "",
                    **places,
                }
            )
        )
    elif found is None:
        print(tr("{rule} sees nothing here.").format(rule=rule))
    else:
        words = notices.load(resources.read("notices/en-GB.json"), "notices/en-GB.json").rule(rule)
        places = dict(found.places)
        print(tr("{rule} sees: {words}").format(rule=rule, words=text[found.start : found.end]))
        print(trd(words.text).format(**places))
        print(trd(words.why).format(**places))
    return 0 if found else 1
