"""The claim check: may this sentence of free wording be sent?

It stands between a model and the customer, and has to hold for a model that lies. Whole sentences of a passage in
force may be sent as they are. Any other sentence is made of one passage's words: it may leave out and join, but who
does what, what is how, and every number and link stand in the passage as they are said. Nothing in it is told as
done, under way or promised: that is rendered from receipts, and nowhere else. What the patterns below cannot read,
another language, passes only as whole sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from agent.speech import carried
from agent.speech.carried import Evidence as Evidence

LONGEST = 500
"""Characters; more than this is no sentence."""
FEWEST = 4
"""Words that a sentence needs to be read on its own: "All done!" means nothing but what the customer hopes."""
_WORD = re.compile(r"\w+(?:'\w+)?")
_NUMBERLIKE = re.compile(r"\w*\d[\w.,:/@-]*")
_LINK = re.compile(r"\w+(?:://|@|[./:]\w)[\w@./:?=&#%-]*|\w+:|[<>\[\]{}`*_|\\]")
"""Addresses of all kinds, what may be markup somewhere, and headings: "Refund: on your card"."""
_TYPOGRAPHY = frozenset("’‘“”„–—…€£ ")
_STOPS = ".!?…"
_ENDS = _STOPS + "\"'”’)"
_NEGATION = re.compile(r"\b(?:no|not|never|cannot|without|nor|none|neither)\b")
_SHORT_FORMS = (
    (r"\b(it|that|there|here|what|everything|who)'s\b", r"\1 is"), (r"'re\b", " are"), (r"\bcan't\b", "cannot"),
    (r"n't\b", " not"),
)  # fmt: skip
_LEANS = re.compile(r"(?:it|its|they|them|their|this|that|these|those|then|so|nothing)\b")
"""A sentence that begins so is about the one before it."""
_SPLIT = re.compile(r"[,;:()–—]|\s-\s|\b(?:and|but|so|because|since|while|which|where|that)\b")

# "I have refunded", "it was sent", "you will get", "already done": told as done, under way or promised.
_TOLD = re.compile(
    r"\b(?:i|me|my|mine|been|being|was|were|did|done|gone|will|shall|gonna|going to|about to|now|already|just|today"
    r"|tonight|tomorrow|yesterday|soon|shortly|instantly|success\w*|complet\w+|confirm\w*|guarantee\w*|promis\w+"
    r"|assured?|sorted|settled|all set|news|for you|on (?:its|the|their) way|under ?way|in progress"
    r"|as (?:requested|agreed|asked)|has|had|(?<!can )(?<!may )have(?! to\b| a\b| an\b| the\b| no\b| \d))\b"
    r"|'(?:ve|ll|d|m)\b"
)
_PAST = (
    r"\w{2,}(?<!e)ed|sent|paid|made|gave|given|took|taken|got|gotten|put|left|lost|found|kept|held|told|said|shown"
    r"|wrote|written|chose|chosen|brought|bought|sold|built|seen|came|come|went|ran|run|let|set|cut|begun|withdrawn"
)
# "we refund", "you get", "refund issued", "is cancelled", "is through": only as the passage has it.
_AS_WRITTEN = re.compile(
    rf"(?=\b(we \w+|your \w+|you (?!can\b|may\b|must\b|need\b|should\b|have to\b|do not\b)\w+|\w+ (?:{_PAST})"
    r"|(?:is|are|am|be|get|gets|stands?|remains?) (?:not )?\w+)\b)"
)
# "your refund goes", "everything is fine": a clause about one certain thing begins as the passage has it.
_CERTAIN = frozenset(
    ["we", "your", "yours", "the", "this", "that", "it", "these", "those", "they", "all", "everything", "both", "there",
     "here"]
)  # fmt: skip
_SMALL = frozenset(
    re.findall(
        r"\w+",
        """about after also although always another because before between both cannot could does doing down during each
        either else even every from have here however into itself like more most much must need needs only onto other
        otherwise over please same should some such than that their them then there these they this those though
        through under until upon very well what when whenever where whether which while with within without would
        your yours you""",
    )
)
"""Words that say nothing by themselves."""


def objection(sentence: str, evidence: Evidence) -> str | None:
    """Why the sentence may not be sent, or None."""
    text = _folded(sentence)
    passages = [_folded(passage) for passage in evidence.passages]
    if len(text) > LONGEST or not text.isprintable() or not _WORD.search(text):
        return "is no sentence"
    if any(_is_whole(text, passage) for passage in passages):
        return _out_of_place(text, passages, evidence.said)
    if strange := _strange(text, passages, evidence.customer):
        return f"names what stands in no evidence: {', '.join(sorted(strange))}"
    if evidence.language != "en":
        return "is not in the words of a passage"
    if _TOLD.search(text):
        return "tells of an outcome or a promise without a receipt"
    objections = [_uncarried(text, passage) for passage in passages]
    if None not in objections:
        return next(iter(objections), "is carried by no passage")
    return carried.objection(sentence, evidence)


def numbers(text: str) -> set[str]:
    """Everything with a digit in it: amounts, dates, ids, addresses of mail; without the punctuation around."""
    return {found.rstrip(".,:/@-") for found in _NUMBERLIKE.findall(text)}


def _is_whole(text: str, passage: str) -> bool:
    """Whether the text is one or more whole sentences of the passage."""
    bare = text.rstrip(_STOPS)
    at = passage.find(bare)
    while at >= 0:
        before, after = passage[:at].rstrip(), passage[at + len(bare) :]
        if (not before or before[-1] in _ENDS) and (not after or after[0] in _STOPS):
            return True
        at = passage.find(bare, at + 1)
    return False


def _out_of_place(text: str, passages: Sequence[str], said: Sequence[str]) -> str | None:
    """A sentence about the one before it means something else without that one: "It is on its way at once."."""
    joined = f"{_folded(said[-1])} {text}".rstrip(_STOPS) if said else text
    follows = any(joined in passage for passage in passages) if said else False
    begins = any(passage.startswith(text) for passage in passages) and not _TOLD.search(text)
    return None if follows or begins or not _LEANS.match(text) else "leans on what was not said"


def _strange(text: str, passages: Sequence[str], customer: Sequence[str]) -> set[str]:
    """Numbers, links, markup and letters that no passage has."""
    ids = {found for said in customer for found in numbers(_folded(said)) if re.search(r"[^\W\d_]", found)}
    known = ids | numbers(" ".join(passages))
    links = {found for found in _LINK.findall(text) if not any(found in passage for passage in passages)}
    letters = {char for char in text if not char.isascii()} - _TYPOGRAPHY - set("".join(passages))
    return (numbers(text) - known) | {link for link in links if link.strip(".,:") not in known} | letters


def _uncarried(text: str, passage: str) -> str | None:
    """Why this passage does not carry the text, or None."""
    words, there = _words(text), f" {' '.join(_words(passage))} "
    if len([word for word in words if len(word) > 2]) < FEWEST:
        return "is too short to be carried by a passage"
    known = {_stem(word) for word in there.split()}
    unknown = {word for word in words if len(word) > 3 and word not in _SMALL and _stem(word) not in known}
    if unknown:
        return f"is carried by no passage: {', '.join(sorted(unknown))}"
    bound = [found[1] for found in _AS_WRITTEN.finditer(" ".join(words))]
    if lacking := [said for said in [*bound, *_openings(text)] if f" {said} " not in there]:
        return f"says otherwise than its passage: {lacking[0]}"
    sentences = [" ".join(_words(one)) for one in re.split(rf"(?<=[{_STOPS}])\s", passage)]
    if words[0] in _CERTAIN and not any(one.startswith(" ".join(words[:3])) for one in sentences):
        return f"takes from the middle of a sentence what begins its own: {' '.join(words[:3])}"
    nearest = max(sentences, key=lambda one: len({*words} & {*one.split()}))
    if bool(_NEGATION.search(" ".join(words))) is not bool(_NEGATION.search(nearest)):
        return "denies what its passage says, or the other way round"
    return None


def _openings(text: str) -> Iterator[str]:
    """How the clauses begin that are about one certain thing: their first three words."""
    for clause in map(_words, _SPLIT.split(text)):
        if clause and clause[0] in _CERTAIN:
            yield " ".join(clause[:3])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _stem(word: str) -> str:
    return word[:5]


@lru_cache(maxsize=512)  # a passage is held against every sentence of an answer
def _folded(text: str) -> str:
    """Lower case, one line, plain apostrophes, short forms written out."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().replace("’", "'").split())
    whole = re.sub(r"\b(it|that|there|here|what|everything|who)'s\b", r"\1 is", plain)
    return (
        re.sub(r"n't\b", " not", re.sub(r"'re\b", " are", whole))
        .replace("can not", "cannot")
        .replace("ca not", "cannot")
    )
