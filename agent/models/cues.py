"""The words that tell what a part of a message is: data, one `Cues` a language.

Another language is another entry of `CUES`. Phrases are parted by commas, words by spaces. A phrase is a regular
expression without commas, capturing groups and open repetition. All is lower case, with straight apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


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


ENGLISH = Cues(
    announce={
        "other": """(?:tracking|card|account|customer|item|invoice|article|serial|model|bank) (?:number|no|nr|id)s?,
            (?:flat|apartment|house|room) (?:number|no|nr), iban, sku,
            (?:discount|promo|promotion|voucher|coupon|gift|country|area|bar|qr) ?code""",
        "postcode": "post ?code, postal code, zip ?code, zip, eircode",
        "order_id": """orders?(?: (?:numbers?|nos?|nr|id|ids|ref|reference))?, purchase(?: number)?,
            (?:confirmation|reference) number, reference, ref""",
        "code": "(?:one-time |verification |security |confirmation |6-digit )?code, passcode, pin",
        "phone": """(?:tele|cell|mobile ?)?phone(?: ?number| no)?, mobile(?: number)?, cell(?: number)?, tel,
            landline, whatsapp, (?:call|ring|text|reach) me (?:on|at|under)""",
        "number": "number",
        "amount": "amount, sum, refund(?: me| of)?",
    },
    between="""a an are as be been called changed currently e-mail email address following here id i'm is it it's its
        just mail mobile my no nr now number numbers one order orders our phone postcode reads right says should
        still that the these they this to was with wrong your zip""",
    polite="""please pls plz thanks thank thx cheers kindly sorry hi hello hey dear yes yeah yep yup no nope ok
        okay okey sure alright fine great perfect good morning afternoon evening day lovely welcome ah oh well um
        so very much a lot many you here go there of course certainly actually just really simply
        bye goodbye regards best sincerely greetings""",
    glue="""am an and are as at be been below but by called can code comes digits e-mail email for from get got has
        have home id i i'd i'll i'm in is it it's its last just live lives mail me mobile mine my n name name's
        named new no nr number of old on one order orders our phone post postal postcode read reads reason said
        says should sms street surname tel telephone text that that's the their there they this to told under was
        we with would you your zip address amount euro euros first full use correct too also well then""",
    common="""about actually after again all already also always angry annoyed any anyone anything asap asking away back
        bad because before better both bought broken brought buy call came cancel cannot can't change check
        checking complete completely customer damaged delivered delivery did didn't different do does doesn't doing
        done don't down else ever every everything extremely fed find forgot found furious getting give given going
        gone had happening happy help hold how idea if interested into issue isn't item keep know late later leave
        let like listen long looking lost made make matter maybe mean might missing money more most need never new
        next nobody none nonsense not nothing now off once only open or other out over package parcel payment
        people person place problem product put question quite rather ready really received refund remember return
        ridiculous receive right same say see seems send sent ship shipped shipping should since some somebody someone
        something soon speak still stop stuff stupid subscription such support take talk tell terrible than their
        them then these thing think those though through time today tomorrow too tried trying unacceptable unhappy
        until up update upset urgently us very waiting want wanted was wasn't week went were what what's whatever when
        where which while who whom whose why will wish without won't working worried would writing wrong yesterday
        yet""",
    my_name="""my (?:full |first |last )?name is, my name's, the name is, the name's, name is, name's, names,
        name ?:, i am called, i'm called, under the name(?: of)?""",
    i_am="i'm, i am, this is, it's, it is, here is, speaking with",
    sign_off="regards, best, best wishes, sincerely, cheers, thanks, thank you, many thanks, greetings, yours",
    new_address="""new (?:home |delivery |shipping |postal |street )?address(?: is| will be| would be| should be)?,
        moved (?:in)?to, moving (?:in)?to, now living at, now live at, living now at, relocated to,
        (?:deliver|ship|send|redirect)(?: it| them| this| that| everything)? to,
        (?:deliver|ship|send|redirect) (?:my|the|this) (?:order|parcel) to,
        (?:deliver|ship|send|redirect)(?: (?:my |the )?order)? \ufffc{9} to,
        (?:delivered|sent|shipped|redirected|go|goes) to,
        address(?: on file| on my account| for my account| of my account)? (?:in)?to""",
    an_address="address(?: on file| for delivery)? is, address, live at, living at",
    street=r"""\w*str, \w*stra(?:ss|ß)e, \w+weg, \w+gasse, \w+platz, \w+allee, \w+straat,
        \w+laan, street, st, road, rd, lane, ln, avenue, ave, drive, dr, close, court, crescent, square,
        terrace, way, boulevard, blvd, rue, calle, plaza, via, piazza, ulica, ul, avenida, rua, quai, chemin, place""",
    plans={
        "weekly": "weekly, every week, each week, once a week, per week, week by week",
        "biweekly": r"""bi-?weekly, fortnightly, (?:every|each|once a|per) fortnight, twice a month,
            every (?:two|2|other|second) weeks?, each second week, every (?:fourteen|14) days""",
        "monthly": "monthly, every month, each month, once a month, per month, every (?:four|4) weeks",
    },
    leaves="leave, left, put, drop, dropped, place, hide, deposit, store, stow",
    hands="hand, give, deliver, delivered, bring, send, go, take, handed, sent, brought, collect, redirect",
    where="""with, at, in, on(?! (?:hold|ice)), behind, under, by, next to, near, outside, inside, beside, between, to,
        against, below, into, onto""",
    spots=r"""neighbou?rs?(?:'s)?, concierge, porter, reception(?:ist)?, caretaker, janitor, doorman,
        pick-?up (?:point|shop|station), parcel (?:shop|box|locker|station), packstation, locker, safe place, garage,
        shed, porch, doorstep, veranda, greenhouse, conservatory, carport, post room, mail ?room,
        (?:back|side|front|garden) (?:door|gate|entrance)""",
    rings=r"""ring (?:at|twice|the|my|our|once|on), knock (?:at|on|twice|loudly|hard),
        (?:call|ring|phone|text) me (?:before|when|first),
        use the (?:back|side|front|rear|garden) (?:door|gate|entrance)""",
    back="""return, returning, send back, sending back, give back, giving back, bring back, bringing back, take back,
        taking back, hand back, not keeping, get rid of, (?:do not|don't) want(?: to keep)?, return of""",
    brings="send, sending, give, giving, bring, bringing, take, taking",
    goes_back="""(?:is|are) going back, (?:is|are) to go back, goes back, go back,
        (?:should|must|can|will|has to|have to|needs to|need to) go back""",
    everything="everything all both whole entire complete lot",
    besides_that="""from, out of, because, cause, since, as, which, who, that, if, when, but it, but they, for, to, you,
        i, it's, they're, please, in my order, of my order, of order, in order""",
    but="except, excluding, but, apart from, without, other than, not",
    only="only, just",
    because="""because, cause, cuz, coz, due to, the reason is, reason is, reason ?:,
        as(?= (?:it|they|the|this|that|i|my|one) ),
        (?<!been )(?<!waiting )since(?= (?:it|they|this|i|my|we|he|she|one|some|half|both|there) )""",
    defects="""broken, broke, damaged, defective, defect, faulty, crack(?:ed|s)?, scratched, dented, shattered,
        smashed, chipped, torn, ripped, bent, leak(?:s|ing|ed)?, stained, rusty, mouldy, moldy, expired, in pieces,
        dead on arrival, fell (?:apart|off|over), came (?:off|apart|loose),
        wrong (?:item|size|colou?r|product|model|article|parcel),
        too (?:small|big|large|late|short|long|dark|bright|heavy|tight|loose|thin|thick|noisy|loud),
        (?:does|do|did)(?:n't| not|nt) (?:work|fit|turn|start|match|suit|close|open|like (?:it|them)),
        (?:is|was|are|were)(?:n't| not|nt) (?:working|fitting|as described|what i ordered),
        (?:won't|wont|will not) (?:work|turn|start|close|open), stopped working,
        not (?:working|as described|what i ordered|the one), (?:poor|bad|terrible) quality,
        never (?:arrived|came|turned up), missing, changed my mind, by mistake, by accident, accidentally,
        (?:no longer|not|n't) (?:need|want)(?:ed)? (?:it|them), (?:ordered|bought|have|got) (?:it )?twice,
        found (?:it |one )?(?:cheaper|somewhere), don't like""",
    money_back=r"""refund\w*, reimburs\w*, (?:pay|paid|give|credit) (?:me |us )?back,
        (?:money|price|payment|amount|euros?|eur|dollars?|pounds|half|some|all|something) back""",
    tells=r"""(?:i|it|they|we|he|she|this|that|nobody|no one|there|these|those|both|none)(?:'\w+)?,
        (?:the|my|our|one|half|some|two|your) \w+ (?:\w+ )?(?:\w+ )?(?:is|are|was|were|has|have|had|do|does|did|never),
        (?:the|my|our|one|half|some|two|your) \w+ (?:\w+ )?(?:keeps?|look\w*|smell\w*|\w+ed|\w+n't)""",
    courtesies=r"""hop(?:e|ing), regards, best wishes, sincerely, grateful, appreciate\w*, look(?:ing)? forward,
        thank\w*, advise, in advance, urgent\w*,
        let me know, asap, as soon as, hurry, patien\w*, (?:good|nice|great|lovely) (?:day|weekend|evening)""",
    not_reasons="""as (?:my|the) (?:new|main), as i (?:said|say|wrote|mentioned|told|understand), as they say,
        as it is, as it says, as the order,
        since i (?:ordered|bought|placed|wrote|paid)""",
    new="new be become becomes becoming",
    toward="to into",
    ceases="stop don't dont not never longer can't cannot without",
    new_after="instead(?! of), from now on, now, is my new, is the new, as my new, as the new",
    old="""old from previous former earlier file registered was instead rather current currently existing used
        replace""",
    change="use now change update switch set put correct",
    things={
        "email": "e-?mails?(?: address)?, mail address",
        "phone": "(?:tele|cell|mobile ?)?phone(?: ?number| no)?, (?:mobile|cell|contact)(?: number)?, number",
        "address": "(?:(?:home|postal|delivery|shipping|street) )?address",
    },
    alters="""chang(?:e|ed|es|ing), updat(?:e|ed|ing), switch(?:ed|ing)?, correct(?:ed|ing)?, replac(?:e|ed|ing), set,
        put, edit(?:ed|ing)?, amend(?:ed|ing)?, new, different""",
    denied="not isn't wasn't never",
    rather="instead rather",
    than="of than",
    into="to with into by -> => →",
    rejected="""(?:isn't|is not|wasn't|was not) (?:it|right|correct|the (?:right |correct )?one),
        (?:is|was) (?:wrong|a typo), (?:is|was) the wrong (?:one|number)""",
    corrects=r"""sorry, apologies, excuse me, pardon(?: me)?, (?:i )?(?:meant|wanted) to (?:say|write|type), i mean,
        i meant, wait(?=\W\s), no wait, wait no, correction,
        corrected, oops, whoops, actually, rather, make (?:that|it), scratch that, typo, my mistake, my bad,
        should (?:be|read), no(?=\W\s), no sorry,
        (?:that's|that is|that was) wrong, (?:typed|wrote|spell?ed|spelt|had) (?:it|that) wrong(?:ly)?, mistyped""",
    joins="and, also, plus, as well, too, either, both, or(?! rather)",
    currency=r"""€, \$, £, ¥, eur, euros?, usd, dollars?, bucks?, gbp, pounds?, quid, chf, francs?, sek, nok, dkk,
        kr, kronor, pln, zł, czk, yen""",
    numerals="""zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12
        thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30
        forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100""",
    of_orders=r"""order\w*, cancel\w*, refund\w*, reimburs\w*, money back, track\w*, parcels?, packages?, purchases?,
        deliver\w*, dispatch\w*, ship\w*, sen[dt], return\w*, where(?:'?s)?, status, update, news, late, arriv\w*,
        receiv\w*, here, come, came, gone, due, happened, check(?:ing)? on, look up, find, chase, trace, locate""",
    no_id="(?<!happened )to, into, in, at, near, by, than, over, under, around, nearly, almost, up to",
    paid="paid pay paying cost costs costing worth price priced for total totals charged spent bought",
    months="jan feb mar apr may jun jul aug sep oct nov dec",
    abbreviations="st mr mrs ms dr prof approx vs e.g i.e ave rd blvd ca incl dept inc ltd co",
    numbered="no nr nos str apt tel ref c av pos",
    another="""also, another thing, one more thing, another question, besides, additionally, in addition,
        on top of that, secondly, by the way, btw, plus, furthermore, apart from that, other than that,
        while you're at it, then""",
    questions="""(?:can|could|would|will|may|shall|should) (?:you|i|we|someone), where, when, what, which, why, how,
        who, whether (?:you|i|it|the|my|there|we),
        (?:is|are|do|does|did|has|have) (?:my|the|there|you|i|it|they|your|this|that|we)""",
    wants="""please, (?:i )?(?:want|need|wish|would like|require|demand), i would, i'd (?:like|love|prefer),
        i'd rather(?! not), i'm looking, let me, help, talk to, speak (?:to|with)""",
    verbs="""cancel refund return change update send tell give check track find stop explain show make put add remove
        replace exchange connect transfer get book resend correct fix set reimburse switch move redirect write
        recommend pay chase locate trace leave deliver pause skip end resume""",
    objects="my the it that this these those me us them a an one order orders hg all both to for up hg- #",
    vague="""account profile file record records system details database side end one ones mine right wrong correct
        new old other instead again now soon next asap happen start sort work do done have got use thing things stuff
        issue problem matter everything something anything there here what must should like would want so then""",
    speaks=r"""(?:speak|talk|chat|talking|speaking)(?: \w+)? (?:to|with), (?:a word|contact|touch) with,
        discuss \w+ (?:\w+ )?(?:\w+ )?with, (?:speak|talk|chat) about (?:\w+ ){1,5}(?:to|with),
        transfer(?:red)?(?: me)?(?: over)? to,
        (?:connect|connected|put)(?: me)?(?: through)? (?:to|with), pass(?:ed)?(?: me)?(?: on)? to,
        call(?:ed)?(?: back)? (?:from|by), hand(?:ed)?(?: me)? over to, escalate(?: \w+)?(?: \w+)? to, deal with,
        let me have""",
    gets="""get(?: me)?(?: hold of)?, let me have, give me, send me to, reach, need, wanna, want,
        prefer, i'd like, would like, rather have, ask for, demand,
        (?:can|could|may|might|would|let|have) (?:an?|one of your)""",
    to_speak_to="""(?:can|could|do|should|may) (?:i|we) (?:speak|talk|chat) (?:to|with),
        (?:that |who |whom )?(?:i|we) (?:can|could|may|might) (?:speak|talk|chat)(?: to| with)?,
        to (?:speak|talk|chat) (?:to|with), on the (?:line|phone)""",
    some="a an any some one of my your the real live actual another other different this human proper senior",
    staff=r"""human(?: being)?s?, person, manager, supervisor, (?:support |service )?agent, representative, rep,
        colleagues?, advis[eo]r, employee, operator, (?:staff |team )?member(?: of (?:your )?(?:staff|team))?, staff,
        customer (?:service|care|support), support team, your team, boss, specialist""",
    anyone="someone, whoever, somebody, anyone, anybody, people, who",
    spares="don't, do not, not, no, without, never, doesn't",
    asks="""is are do does did can could may will would should what what's which how when where who why whether""",
    own=r"""my, our, mine, ours, hg, #, it(?!(?: \w+)?(?: \w+)? to (?!it)\w), this, that, these, those, them,
        the (?:order|parcel|package|delivery|shipment|refund|return|one), (?:i|we)(?:'ve)?(?: have)?(?: \w+)?
        (?:bought|ordered|got|received|paid|placed|made)""",
    what_of="(?:and |but )?(?:what about|how about|what of)",
    refers=r"""it(?!(?: \w+)?(?: \w+)? to (?!it)\w), its, this, these, those, that, they, them, their, ones?(?! of),
        (?<!is )(?<!are )(?<!was )there, both, the same, such,
        if so, if not, how (?:much|long|many|often)(?=\W*$), (?:why|when|where|which|who)(?=\W*$)""",
    please="please pls plz kindly",
    openers="""can could would will may shall should do does did is are you i we someone anyone to want need like
        just help question questions assist me with have a got some something problem issue if""",
    joint="and but also plus then",
    besides="""also, too, as well, another, other, additionally, besides, plus, by the way, btw, in addition,
        on top of that""",
    dependent="it its this that these those they them then otherwise but however so in such both also",
    glad="""great, perfect, excellent, awesome, amazing, love, lovely, wonderful, brilliant, appreciate[ds]?, happy,
        helpful, fantastic, pleased, thank you (?:so|very) much, thanks (?:a lot|so much), many thanks""",
    unhappy="""angry, annoy(?:ed|ing), furious, upset, unhappy, disappoint(?:ed|ing|ment), frustrat(?:ed|ing),
        terrible, horrible, awful, ridiculous, unacceptable, disgusting, disgrace(?:ful)?, useless, worst, scam,
        fed up, sick of, outrageous, pathetic, rubbish, appalling, shocking, incompetent, hate, liars?, rip-?off,
        never again, wtf, (?:not|n't|no longer) (?:very |at all |really )?(?:happy|pleased|helpful|great|amused)""",
    pressing="""urgent(?:ly)?, asap, as soon as possible, immediately, right (?:now|away), emergency, at once,
        straight away, hurry, by (?:today|tonight|tomorrow), need it (?:now|today|tonight|tomorrow),
        as fast as you can""",
    unhurried="""no rush, no hurry, not urgent, whenever you (?:can|have time), when you have (?:a moment|time),
        take your time""",
    lost="""confus(?:ed|ing), (?:don't|do not|didn't|did not|can't) (?:understand|get it|follow), makes? no sense,
        what do you mean, not sure (?:what|how|which|where), no idea, lost me, i'm lost, huh,
        i don't know (?:what|how)""",
)

CUES = {"en": ENGLISH}
"""ISO 639-1 → cues; a language without an entry is read with the English ones, which know ids and numbers at least."""


def phrases(listed: str) -> str:
    """A list of phrases as one alternation, to be put in a group."""
    return "|".join(" ".join(one.split()).replace(" ", r"\s") for one in listed.split(","))


def phrase(listed: str) -> re.Pattern[str]:
    """A pattern for any of these phrases as whole words."""
    return re.compile(rf"(?<!\w)(?:{phrases(listed)})(?!\w)", re.IGNORECASE)


@cache
def words(listed: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(listed.split())


@cache
def numerals(cues: Cues) -> dict[str, int]:
    """What the written numbers mean."""
    return {word: int(value) for word, value in (numeral.split("=") for numeral in cues.numerals.split())}
