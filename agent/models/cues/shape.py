"""What is looked for in a message, in any language: one record, and a file of data for each language beside it.

Phrases are parted by commas, words by spaces. A phrase is a regular expression without commas, capturing groups and
open repetition. All is lower case, with straight apostrophes; an accent that is written here may be missing in a
message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Cues:
    """What recognisers and the segmenter look for in one language."""

    announce: Mapping[str, str]
    """Kind of number → phrases that announce it; `number`: of the kind spoken of before; `other`: never asked."""
    between: str
    """Words that may stand between an announcement, or a `not`, and the value itself."""
    polite: str
    """Words that say nothing of their own."""
    glue: str
    """Further words of an answer that only gives what was asked."""
    common: str
    """Further words that stand in no one's name."""
    my_name: str
    """Phrases after which a name comes, however it is written."""
    i_am: str
    """Phrases after which a name may come, if it is written like one."""
    sign_off: str
    new_address: str
    """Phrases after which a new address comes; the value is the one that it shall become."""
    an_address: str
    street: str
    """Words, or their endings, that only streets have."""
    plans: Mapping[str, str]
    """How often something comes → phrases for it."""
    leaves: str
    """Verbs of leaving a parcel, before where it is left."""
    hands: str
    """Verbs of bringing a parcel, before one of `spots`."""
    where: str
    """Before a place where a parcel is left."""
    spots: str
    """Places and people that take a parcel in."""
    rings: str
    """What else a driver may be asked for."""
    back: str
    """Phrases of sending back, before the thing."""
    brings: str
    """Verbs of sending back, before the thing and a "back"."""
    goes_back: str
    """Phrases of sending back, after the thing."""
    everything: str
    """Words for all the things of an order."""
    besides_that: str
    """Words after which another thing comes: "from the order", "because"."""
    but: str
    """Words that take something out of what was named."""
    only: str
    """Words for less than what was spoken of before."""
    because: str
    defects: str
    """What customers give as their reason without saying because."""
    money_back: str
    """Phrases of a wish for money: what is told beside it is the reason, if it tells anything."""
    tells: str
    """Phrases that a statement begins with within a sentence that asks."""
    courtesies: str
    """Phrases of sentences that are only polite, or only press."""
    not_reasons: str
    """Starts like a reason and is none: "as soon as", "since Monday"."""
    new: str
    """Directly before the value that something shall become."""
    toward: str
    """Before the new value as well, unless one of the words of `ceases` comes before: "stop writing to a@b.c"."""
    ceases: str
    new_after: str
    """Directly after the value that something shall become."""
    old: str
    """Directly before the value that is on file."""
    change: str
    """Before a value and weaker than what was asked for."""
    things: Mapping[str, str]
    """Kind of thing on file that may change → what it is called."""
    alters: str
    """Phrases of changing, before what shall change or after it."""
    denied: str
    """Directly before a value that is not the right one."""
    rather: str
    than: str
    """A word of the one list before a word of the other denies too: "instead of", "rather than"."""
    into: str
    """Between a value and what it shall become."""
    rejected: str
    """After a value that is not the right one."""
    corrects: str
    """Between a wrong value and the right one."""
    joins: str
    """Between two values that are both meant."""
    currency: str
    numerals: str
    """`twelve=12`: numbers that are written out."""
    of_orders: str
    """Phrases of a message that is about an order."""
    no_id: str
    """Directly before a number that is no order's id, though nothing announces it as something else."""
    paid: str
    """Before an amount that is told, not asked for."""
    months: str
    """In order, three letters each."""
    abbreviations: str
    """Words whose full stop ends no sentence."""
    numbered: str
    """Words whose full stop ends no sentence when a number follows."""
    another: str
    """Phrases that begin another matter within a sentence."""
    questions: str
    wants: str
    """Phrases that a request begins with."""
    verbs: str
    objects: str
    """A verb of the one list before a word of the other begins a request too: "refund my", not "refund policy"."""
    vague: str
    """Words that lean on what was said before: a request of nothing but these is no matter of its own."""
    speaks: str
    """Phrases of speaking, before the person."""
    gets: str
    """Phrases of getting or asking for a person, before a word that only means one of the company's."""
    to_speak_to: str
    """Phrases after a person whom someone looks for."""
    some: str
    """Small words before a person."""
    staff: str
    anyone: str
    """Words for a person who may as well be anybody."""
    spares: str
    """Phrases of someone who wants no person."""
    asks: str
    """Words that a question begins with."""
    own: str
    """Phrases of someone who speaks of an order or a thing of theirs; a question without them is a general one."""
    what_of: str
    """Phrases at the head of a question that only names another thing."""
    refers: str
    """Phrases of a question that cannot be understood without what was said before."""
    please: str
    openers: str
    """Words that say nothing before the request itself comes."""
    joint: str
    """Words that join two requests."""
    besides: str
    """Phrases that tell that a matter is one more, not the same."""
    dependent: str
    """Words at the head of a sentence that leans on the one before."""
    glad: str
    unhappy: str
    pressing: str
    unhurried: str
    lost: str
    """Phrases of someone who does not understand."""
    owned: str
    """Small words before a thing on file: "my", "the"."""
    equals: str
    """Words between a value and what it is, or the other way round."""
    either: str
    """Words between alternatives."""
    thing: str
    """Phrases for a thing that is left or handed over."""
    of_thing: str
    """Words that join a thing to the order that it is of."""
    aside: str
    """Words of direction after a verb of leaving."""
    spot_at: str
    """Before one of `spots`."""
    better: str
    """Words at the head of what takes the place of a proposal, besides `corrects`."""
    apart: str
    """The particle of a verb of `brings`, after the thing; empty where verbs have none."""
    month_of: str
    """Words between a day, its month and its year."""
