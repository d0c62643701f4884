"""The phrases that an answer to a yes/no question is made of, one grammar a language.

Another language is another entry of `GRAMMARS`. A phrase belongs here only if it means the same whatever was asked:
"cancel it" agrees to a cancellation and refuses a refund, "right" is also said in scorn, and "it's fine" may mean
that nothing need be done. Commas part the phrases; case, accents, apostrophes and stretched letters do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grammar:
    """What each phrase says."""

    agree: str
    refuse: str
    polite: str
    """Says nothing: fillers that may stand beside an answer."""
    traps: str = ""
    """Looks like an answer, or two, and is none."""


_SIGNS_AGREE = "👍, ✅, 👌"
_SIGNS_REFUSE = "👎, ❌"
_SIGNS_POLITE = "🙏, 🙂, 😊, 😀, 😄, 😃, ❤, 🎉"

ENGLISH = Grammar(
    agree=f"""{_SIGNS_AGREE}, y, yes, yess, yea, yeah, yeh, yep, yup, aye, ok, okay, okey, okie, k, kk, sure,
        sure thing, alright, all right, fine, that's fine, that is fine, that's ok, that's okay, that's good,
        fine by me, fine with me, ok with me, okay with me, works for me, that works, that works for me, of course,
        certainly, absolutely, definitely, by all means, affirmative, agreed, i agree, i accept, accepted,
        i approve, approved, i confirm, i confirm it, i confirm that, i confirm this, confirm, confirmed, i do,
        yes i do, i'm sure, i am sure, i'm certain, i'm positive, correct, that's correct, that is correct,
        that's right, that is right, exactly, indeed, yes it is, yes you may, yes you can, please do, do so, do it,
        do that, do this, just do it, let's do it, let's do that, let's do this, go ahead, go on, go for it,
        go ahead with it, go ahead with that, proceed, continue, sounds good, sounds great, sounds good to me,
        sounds great to me, sounds fine, looks good, looks good to me, looks right, looks correct,
        that's what i want, that is what i want, you bet""",
    refuse=f"""{_SIGNS_REFUSE}, n, no, noo, nope, nah, nay, never, no way, no thanks, no thank you,
        thanks but no thanks, thanks but no, no it's ok, no it's okay, no it's fine, no that's ok, no that's okay,
        no that's fine, no i'm good, no i'm fine, no need, there's no need, there is no need, definitely not,
        absolutely not, certainly not, of course not, by no means, hell no, under no circumstances, not now,
        not yet, not today, not really, rather not, i'd rather not, i would rather not, i'd prefer not to,
        i prefer not to, don't, do not, don't do it, don't do that, don't do this, do not do it, do not do that,
        do not do this, don't go ahead, do not go ahead, don't proceed, do not proceed, don't continue,
        do not continue, i don't, i do not, i don't want that, i don't want this, i don't want to,
        i do not want that, i do not want this, i do not want to, i don't agree, i do not agree, i disagree,
        i decline, declined, i refuse, i said no, stop, stop it, stop that, stop this, abort, negative, never mind,
        nevermind, forget it, forget that, forget about it, leave it, leave it as it is, leave it as is,
        leave it alone, leave it be""",
    polite=f"""{_SIGNS_POLITE}, please, pls, plz, thanks, thank you, thx, ty, cheers, many thanks, thanks a lot,
        thank you so much, thanks so much, thank you very much, thanks very much, much appreciated, appreciated,
        kindly, hi, hello, hey, good morning, good afternoon, good evening, oh, ah, sorry, great, perfect,
        excellent, wonderful, awesome, amazing, brilliant, lovely, cool, nice, super, good, very good, all good,
        then, now, for me, right away, right now, straight away, immediately, asap, as soon as possible,
        have a nice day""",
    traps="""don't stop, do not stop, never stop, don't leave it, do not leave it, don't forget it, do not forget it,
        don't abort, do not abort, no sure, no fine,
        please confirm, confirm please, kindly confirm, please correct, kindly correct, correct please""",
)

GERMAN = Grammar(
    agree=f"""{_SIGNS_AGREE}, ja, jo, jep, jap, jup, jawohl, ok, okay, klar, na klar, sicher, natürlich,
        selbstverständlich, gern, gerne, sehr gern, sehr gerne, in ordnung, geht in ordnung, das ist in ordnung,
        einverstanden, ich bin einverstanden, passt, passt so, das passt, das passt so, stimmt, das stimmt,
        das ist richtig, das ist korrekt, korrekt, genau, genau so, unbedingt, auf jeden fall, mach das, mach es,
        mach das so, machen sie das, machen sie es, machen sie das so, tu das, tun sie das, ich bestätige,
        ich bestätige das, bestätigt, bestätige, ich stimme zu, leg los, legen sie los, mach mal, machen sie mal,
        gerne doch, ja doch""",
    refuse=f"""{_SIGNS_REFUSE}, nein, nee, nö, nein danke, nicht, lieber nicht, besser nicht, natürlich nicht,
        sicher nicht, auf keinen fall, auf gar keinen fall, keinesfalls, niemals, nie, jetzt nicht, noch nicht,
        mach das nicht, mach es nicht, machen sie das nicht, machen sie es nicht, tu das nicht, tun sie das nicht,
        ich möchte das nicht, das möchte ich nicht, ich will das nicht, das will ich nicht, nicht nötig,
        das ist nicht nötig, kein bedarf, nein passt schon, stop, stopp, lass es, lassen sie es, lass das,
        lassen sie das, vergiss es, vergessen sie es, ich lehne ab, doch nicht,
        lieber doch nicht, doch lieber nicht, dann nicht,
        lass mal, lassen sie mal, nee lass, lass gut sein""",
    polite=f"""{_SIGNS_POLITE}, bitte, bitte schön, danke, danke schön, dankeschön, vielen dank, herzlichen dank,
        besten dank, danke sehr, super, toll, prima, perfekt, wunderbar, klasse, gut, sehr gut, alles klar, hallo,
        hi, guten tag, guten morgen, guten abend, ach, oh, ah, dann, jetzt, sofort, entschuldigung, sorry""",
    traps="ja ja, ja sicher nicht, ja klar nicht, nicht lassen",
)

SPANISH = Grammar(
    agree=f"""{_SIGNS_AGREE}, sí, sip, ok, okay, okey, claro, claro que sí, por supuesto, por supuesto que sí,
        desde luego, vale, de acuerdo, estoy de acuerdo, adelante, siga adelante, sigue adelante, hazlo, hágalo,
        háganlo, dale, está bien, me parece bien, correcto, es correcto, eso es correcto, así es, exacto, eso es,
        afirmativo, confirmo, lo confirmo, confirmado, acepto, lo acepto, procede, proceda, procedan, venga""",
    refuse=f"""{_SIGNS_REFUSE}, no, nop, no gracias, para nada, de ninguna manera, en absoluto, claro que no,
        por supuesto que no, desde luego que no, ni hablar, nunca, jamás, mejor no, todavía no, aún no, ahora no,
        no ahora, no lo haga, no lo hagas, no lo hagan, no quiero, no lo quiero, no quiero eso, no estoy de acuerdo,
        no acepto, no lo acepto, no confirmo, no lo confirmo, no hace falta, no es necesario, no está bien, pare,
        alto, déjalo, déjelo, olvídalo, olvídelo, negativo, no procedas, no proceda, al final no,
        mejor que no, déjalo estar, déjelo estar, déjelo así,
        déjalo así""",
    polite=f"""{_SIGNS_POLITE}, por favor, porfa, porfavor, gracias, muchas gracias, mil gracias, perfecto, genial,
        estupendo, excelente, bien, muy bien, bueno, hola, buenas, buenos días, buenas tardes, buenas noches, oh,
        ah, entonces, ahora, ahora mismo, perdón, disculpe""",
    traps="no pare, no pares, no lo dejes, no lo deje, no lo olvides, no lo olvide",
)

FRENCH = Grammar(
    agree=f"""{_SIGNS_AGREE}, oui, ouais, ok, okay, d'accord, d accord, je suis d'accord, bien sûr,
        bien sûr que oui, bien entendu, évidemment, certainement, absolument, tout à fait, exactement, exact,
        c'est exact, c'est ça, c'est correct, entendu, volontiers, avec plaisir, je veux bien, ça marche, ça me va,
        ça me convient, allez-y, vas-y, faites-le, fais-le, faites comme ça, je confirme, je le confirme, confirmé,
        je valide, validé, j'accepte, je suis sûr, je suis sûre, procédez, continuez, oui faites""",
    refuse=f"""{_SIGNS_REFUSE}, non, nan, non merci, pas du tout, surtout pas, bien sûr que non, certainement pas,
        absolument pas, en aucun cas, jamais, jamais de la vie, pas maintenant, pas encore, plutôt pas, sans façon,
        ne le faites pas, ne le fais pas, ne faites pas ça, ne fais pas ça, ne faites rien, n'en faites rien,
        je ne veux pas, je n'en veux pas, je ne confirme pas, je refuse, je ne suis pas d'accord, pas d'accord,
        laissez tomber, laisse tomber, oubliez ça, oublie ça, stop, arrêtez, arrête, inutile, ce n'est pas la peine,
        finalement non, non finalement, finalement pas, laissez comme ça""",
    polite=f"""{_SIGNS_POLITE}, s'il vous plaît, s'il te plaît, svp, stp, merci, merci beaucoup, merci bien,
        parfait, super, génial, excellent, très bien, bien, bonjour, bonsoir, salut, oh, ah, alors, maintenant,
        tout de suite, pardon, désolé, désolée""",
)

GRAMMARS = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
"""ISO 639-1 → grammar."""
