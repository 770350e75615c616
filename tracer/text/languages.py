"""Which language is a line written in? The script first, then common words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

UNKNOWN = "und"

# The commonest short words of each language.
_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the and of to is was are you that it for with this they she he we not have has had"
        " what been would there their my your our will were which from by an as at be but her his"
        " i if know said so some them then when who all do did never nobody now one out up us",
        "fr": "le les des est une dans pour qui pas sur avec vous nous ce cette mais je ils elle"
        " sont ont au aux du et il ne se par plus c'est j'ai être avoir été comme",
        "de": "der die das und ist nicht ich sie wir ein eine zu den dem mit auf für von war haben"
        " wird auch sich es im aber oder wenn nur noch kein keine",
        "es": "el los las que no una por con para su está es del al lo como más pero sus muy yo"
        " porque hay nos eso esta este ella también",
        "pt": "não uma os as do da dos das em no na para com por mais mas foi são você isso ele"
        " ela também está muito seu sua",
        "it": "il che non è di gli per una sono con del della questo anche più ma ha lo si ho"
        " perché alla nel come mi ci",
        "tr": "ve bir bu için ile çok ne değil ben sen biz var yok daha gibi ama o",
        "nl": "het een van niet ik dat hij zij wij zijn voor met ook maar dan nog wel geen op te",
    }.items()
}
_MARKS = {"de": "ßäöü", "es": "ñ¿¡", "pt": "ãõ", "tr": "ışğ", "fr": "œç"}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or ``und`` where neither script nor words tell.

    Chinese characters without kana are Chinese; a lone name in Latin letters is ``und``.
    """
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    if not scripts:
        return UNKNOWN
    if scripts["kana"] * 5 >= scripts["han"] + scripts["kana"] > 0 and scripts["kana"]:
        return "ja"
    # One Chinese character says about as much as a word of four letters.
    if scripts["han"] * 3 >= scripts["latin"] and scripts["han"]:
        return "zh"
    if scripts["greek"] > scripts["latin"]:
        return "el"
    return _by_words(text) if scripts["latin"] else UNKNOWN


def _by_words(text: str) -> str:
    words = [word.lower() for word in _WORD.findall(text)]
    votes: Counter[str] = Counter()
    for code, known in _WORDS.items():
        votes[code] += sum(word in known for word in words)
    for code, letters in _MARKS.items():
        votes[code] += sum(letter in text.lower() for letter in letters)
    (first, most), (_, next_most) = votes.most_common(2)
    return first if most and most > next_most else UNKNOWN


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    for start, script in _SCRIPTS:
        if name.startswith(start):
            return script
    return "other"


_SCRIPTS = (
    ("CJK", "han"),
    ("HIRAGANA", "kana"),
    ("KATAKANA", "kana"),
    ("LATIN", "latin"),
    ("FULLWIDTH LATIN", "latin"),
    ("GREEK", "greek"),
)
