"""German, said formally and not."""

from agent.models.cues.shape import Cues

GERMAN = Cues(
    announce={
        "other": """(?:sendungs|tracking|karten|konto|kunden|artikel|rechnungs|serien|modell|wohnungs|haus|zimmer)-?
            ?(?:nummern?|nr), iban, (?:gutschein|rabatt|geschenk|länder|bar|qr)-?code, vorwahl""",
        "postcode": "plz, postleitzahl",
        "order_id": """bestellungs?(?:-?nummern?|-?nr|-?id)?, bestellungen, bestell-?(?:nummern?|nr|id),
            auftrags?-? ?(?:nummer|nr)?, order(?:nummer|-?nr)?, vorgangsnummer, referenz(?:nummer)?""",
        "code": "(?:einmal|bestätigungs|sicherheits|verifizierungs)?-?code, pin, ziffern",
        "phone": """(?:telefon|handy|mobil|festnetz|ruf)-?(?:nummer|nr)?, tel, mobil, whatsapp, handynr,
            (?:rufen sie|ruft|ruf) mich (?:unter|auf) , erreichbar unter, anrufen unter""",
        "number": "nummer, nr",
        "amount": "betrag, summe, erstattung(?: von| über)?, erstatten",
    },
    between="""ein eine einen der die das den dem ist sind lautet heißt war wäre soll sollte meine mein meiner
        meinem meinen ihre ihr unsere unser neue neuer neues jetzt nun aktuell mail e-mail email mailadresse
        adresse anschrift nummer nr bestellung bestellnummer telefon handy plz postleitzahl es zu zur zum mit
        für von unter auf an und folgende folgender wie noch statt falsch richtig diese dieser dieses lauten
        ändern geändert""",
    polite="""bitte danke dankeschön vielen lieben herzlichen besten dank moin hallo hi hey servus guten gute
        tag morgen abend liebe lieber liebes sehr geehrte geehrter damen herren team ja jo jep nein nee nö ok
        okay gut gern gerne klar sicher prima super toll perfekt wunderbar schönen schöne schönes wochenende
        grüße gruß freundlichen mfg lg vg tschüss ciao entschuldigung sorry verzeihung ach oh äh also mal eben
        doch einfach halt eigentlich schon so natürlich selbstverständlich mir euch ihnen sie du ihr denn bloß""",
    glue="""am an auf aus bei bin bis code da das dem den der die dies diese du e-mail email ein eine einen es
        euro eur für habe hab hat hier ich id im in ist lautet letzte letzten letztes mail mailadresse mein
        meine meinem meinen meiner mich mit mobil nach name namen heiße heißt nr nummer nummern oder plz
        postleitzahl sind so steht straße adresse anschrift telefon telefonnummer handy handynummer um und
        unter unsere uns von vorname nachname war wir wohne zu zum zur ziffern zahl betrag erste richtig auch
        nur dann bestellung bestellnummer ihre ihr neue neuer lauten wäre meins""",
    common="""aber alle alles als ander andere anderer anderes angekommen anrufen bestellt bestellen
        beschädigt bezahlt bald bekommen bekomme bereits beschwerde besser brauche brauchen bräuchte dass
        defekt doch dort dringend drinnen einmal einkauf endlich erhalten erstatten etwas falsch fehler fehlt
        fragen frage früher ganz gar geht geben geld gekauft geliefert gemacht gestern gibt haben hatte heute
        hilfe helfen immer ja jemand jemanden jetzt kann kannst kaputt kein keine keinen kommt kommen konnte
        können könnte könnten könnt kunde kundin lange lassen leider lieferung liefern machen mag manchmal
        mehr mensch mitarbeiter möchte möchten morgen muss müssen nicht nichts nie niemand noch nochmal nun ob
        ohne ordnung paket passiert passt pfand problem rechnung reklamation rückgabe sagen schade schicken
        schlecht schreiben sehen sein seit senden sendung sich sofort soll sollen sollte sonst später stimmt
        stornieren teilen tun über umtausch unbekannt unzufrieden verloren versand verschickt versuche viel
        vielleicht wann ware waren warte warten warum was weg weil weiß welche welcher wenn wer werden wie
        wieder will wird wirklich wo wollen wollte wozu wurde würde wünsche zahlen zeit zurück zufrieden
        wütend sauer genervt verärgert""",
    my_name="""(?:mein|der) (?:voller |vollständiger )?name (?:ist|lautet|wäre), ich heiße, ich heisse, heiße,
        heisse, name ?:, auf den namen, unter dem namen, läuft auf""",
    i_am="ich bin, hier ist, hier spricht, hier schreibt, mit",
    sign_off="""grüße, gruß, viele grüße, liebe grüße, mit freundlichen grüßen, freundliche grüße, beste
        grüße, mfg, lg, vg, danke, vielen dank, besten dank""",
    new_address="""neue (?:liefer|wohn|post|privat)?(?:adresse|anschrift)(?: ist| lautet| wäre)?,
        (?:umgezogen|gezogen) (?:nach|in die|in den), (?:ziehe|ziehen) (?:nach|in die|in den), wohne
        (?:jetzt|nun|ab jetzt) (?:in|in der),
        (?:liefern|liefert|schicken|schickt|senden|sendet|liefer|schick)(?: sie| es| das| bitte| ihr)?(?: sie|
        es| das| bitte| ihr)? (?:an|nach) , (?:adresse|anschrift)(?: bitte)?(?: in| auf| zu),
        (?:adresse|anschrift) ändern (?:in|auf|zu)""",
    an_address="(?:adresse|anschrift) (?:ist|lautet), (?:adresse|anschrift) ?:, wohne (?:in|in der|am), wohnhaft",
    street=r"""\w*str, \w*stra(?:ss|ß)e, \w+weg, \w+gasse, \w+platz, \w+allee, \w+ufer, \w+ring, \w+damm, weg,
        gasse, platz, allee, ring, am \w+, \w+straat, \w+laan, street, st, road, rd, lane, avenue, ave, rue,
        calle, plaza, via, avenida, quai, chemin, place""",
    plans={
        "weekly": """wöchentlich(?:e[nrs]?)?, jede woche, (?:ein|1) ?mal (?:pro|in der|die) woche, pro woche,
            woche für woche""",
        "biweekly": """(?:alle|jede) (?:zwei|2) wochen, zweiwöchentlich(?:e[nrs]?)?,
            vierzehntäg(?:ig|lich)(?:e[nrs]?)?, 14-?tägig, 14-?täglich, jede zweite woche, alle
            (?:vierzehn|14) tage, zwei ?mal (?:im|pro) monat""",
        "monthly": """monatlich(?:e[nrs]?)?, jeden monat, (?:ein|1) ?mal (?:im|pro) monat, pro monat, alle
            (?:vier|4) wochen""",
    },
    leaves="""lassen, lass, legen, leg, lege, legt, ablegen, abstellen, stellen, stell, stelle, stellt,
        deponieren, hinterlassen, hinterlegen, verstecken, abgelegt, abgestellt, deponiert, packen, werfen""",
    hands="""geben, gebt, gib, abgeben, übergeben, bringen, bring, bringt, liefern, liefer, liefert, senden,
        schicken, abgegeben""",
    where="""bei, beim, im, in, auf, hinter, hinterm, unter, neben, vor, vorm, an, am, zwischen, gegenüber,
        draußen, drinnen, außerhalb""",
    spots="""nachbar(?:n|in|s)?, nebenan, hausmeister(?:in)?, pförtner, concierge, empfang, rezeption, büro,
        packstation, paketshop, paketbox, paketkasten, abholstation, garage, carport, schuppen, gartenhaus,
        gartenhütte, terrasse, veranda, haustür, hintertür, hintereingang, seiteneingang, briefkasten,
        treppenhaus, flur, keller""",
    rings=r"""(?:klingeln|klingel|klingelt)(?: sie)?(?: bitte)? (?:bei|zweimal|an|unten|oben|lange),
        (?:zweimal|lange|unten|oben|bei \w+) klingeln, (?:rufen sie|ruft|ruf) (?:mich )?(?:vorher|bitte
        vorher) an, vorher anrufen, (?:klopfen|bitte klopfen)""",
    back="""zurückgeben, zurückschicken, zurücksenden, zurückgebe, retournieren, retourniere, zurück geben,
        zurück schicken, zurück senden, rückgabe (?:von|der|des), rücksendung (?:von|der|des), retoure
        (?:von|der|des), schicke zurück, nicht behalten, loswerden""",
    brings="""schicke, schicken, sende, senden, gebe, geben, bringe, bringen, möchte, möchten, will, wollen,
        würde, würden, muss, müsste, kann, darf, lass, lasse""",
    goes_back="""(?:geht|gehen|soll|sollen|muss|müssen|kommt|kommen|sollte|sollten) zurück, zurückgehen,
        zurückschicken, zurücksenden, zurückgeben, retournieren, zurück schicken, zurück geben, zurück senden""",
    everything="alles alle beide beides ganze komplett komplette gesamte sämtliche",
    besides_that="""aus, aus der, aus meiner, weil, denn, da, die, der, welche, dass, wenn, aber, für, an,
        ich, es, sie sind, bitte, in meiner bestellung, der bestellung, von der bestellung, von bestellung""",
    but="außer, ausser, ohne, aber nicht, bis auf, abgesehen von, ausgenommen, nicht",
    only="nur, bloß, lediglich",
    because="""weil, denn, wegen, da(?= (?:er|sie|es|das|die|der|ich|mein|meine|wir|ein|eine) ), der grund
        ist, grund ?:, grund ist, aufgrund, nämlich""",
    defects=r"""kaputt\w*, defekt\w*, beschädigt\w*, zerbrochen\w*, gebrochen\w*, zerkratzt\w*, kratzer,
        gesprungen\w*, sprung, riss, gerissen, zerrissen\w*, verbogen\w*, undicht\w*, fleckig\w*,
        fleck(?:en)?, rostig\w*, schimm(?:el|lig)\w*, abgelaufen\w*, in scherben, scherben,
        auseinandergefallen, abgebrochen\w*, verbeult\w*, falsche[rsn]?
        (?:artikel|größe|farbe|ware|modell|produkt|paket), zu
        (?:klein|groß|spät|kurz|lang|dunkel|hell|schwer|eng|weit|dünn|dick|laut),
        (?:funktioniert|geht|passt|schließt|öffnet|startet|gefällt|gefallen|läuft) (?:mir |uns |so )?(?:gar
        |leider |überhaupt )?nicht(?: mehr)?, nicht (?:wie beschrieben|das bestellte|was ich bestellt),
        schlechte qualität, nie (?:angekommen|gekommen), fehlt, fehlen, (?:umentschieden|anders überlegt), aus
        versehen, versehentlich, (?:brauche|will|möchte) (?:es|sie|ihn|das|die) nicht mehr, doppelt
        (?:bestellt|gekauft), zweimal bestellt, (?:woanders|anderswo) (?:gefunden|billiger|günstiger),
        (?:billiger|günstiger) gefunden""",
    money_back=r"""erstatt\w*, rückerstatt\w*, geld zurück\w*, gutschrift, zurückerstatt\w*, rückzahlung,
        zurückzahlen, zurückbezahlen, (?:zahlen|zahlt|überweisen|überweist|gebt|geben) (?:sie )?(?:mir |uns
        )?(?:das |mein )?(?:geld |alles )?zurück, (?:preis|betrag|euro|eur|hälfte|teil|alles|etwas|kaufpreis)
        zurück""",
    tells=r"""(?:ich|es|er|sie|wir|das|dies|niemand|keiner|beide|beides|die|der),
        (?:die|der|das|mein|meine|unser|unsere|ein|eine|zwei|halb) \w+ (?:\w+
        )?(?:ist|sind|war|waren|hat|haben|hatte|kam|kamen)""",
    courtesies=r"""hoff\w*, grüße, gruß, mfg, danke\w*, dank, freue mich, im voraus, dringend\w*, geben sie
        mir bescheid, gebt mir bescheid, sag(?:en sie|t)? (?:mir )?bescheid, so schnell wie möglich,
        schnellstmöglich, beeil\w*, geduld, (?:guten|schönen|schönes) (?:tag|abend|wochenende|morgen)""",
    not_reasons="da ich (?:bestellt|geschrieben|bezahlt) habe, denn (?:noch|mal|nun|das)",
    new="neu neue neuer neues neuen werden wird künftig zukünftig ab",
    toward="auf zu in nach",
    ceases="nicht nie kein keine mehr aufhören stopp ohne",
    new_after="""stattdessen, ab jetzt, ab sofort, künftig, jetzt, ist meine neue, ist mein neuer, ist die
        neue, ist die neue adresse""",
    old="""alt alte alten alter altes von bisher bisherige bisherigen früher frühere statt anstatt anstelle
        aktuell hinterlegt hinterlegte ersetzen""",
    change="""nutzen nutzt verwenden verwendet jetzt ändern ändere ändert aktualisieren setzen eintragen
        korrigieren nehmen nehmt""",
    things={
        "email": "(?:e-?)?mail-?(?:adresse)?, e-?mails?",
        "phone": "(?:telefon|handy|mobil|festnetz)-?(?:nummer|nr)?, nummer",
        "address": "(?:(?:liefer|wohn|post|versand|rechnungs)-?)?(?:adresse|anschrift)",
    },
    alters="""änder(?:n|e|t|ung), aktualisier(?:en|e|t), wechsel(?:n|t)?, korrigier(?:en|e|t),
        ersetz(?:en|e|t), setzen, anpassen, angepasst, neue[rsn]?, andere[rsn]?, umstellen""",
    denied="nicht nie keinesfalls",
    rather="statt anstatt anstelle lieber",
    than="von als der",
    into="zu in auf durch -> => →",
    rejected="""(?:stimmt|passt|geht) nicht, (?:ist|war) (?:falsch|verkehrt|ein tippfehler|nicht richtig|nicht
        die richtige|die falsche)""",
    corrects=r"""sorry, entschuldigung, verzeihung, pardon, (?:ich )?meinte, meine natürlich, ich meine,
        moment, halt(?=\W), nein moment, korrektur, korrigiere, ups, oh nein, quatsch, eigentlich, vielmehr,
        besser gesagt, (?:doch )?lieber, tippfehler, mein fehler, sollte (?:heißen|lauten), nein(?=\W\s), nein
        sorry, das war falsch, vertippt, verschrieben, falsch (?:geschrieben|eingegeben)""",
    joins="und, auch, sowie, plus, ebenfalls, entweder, beide, oder(?! lieber)",
    currency=r"""€, \$, £, ¥, eur, euros?, usd, dollar, gbp, pfund, chf, franken, sek, nok, dkk, kr, kronen,
        pln, zł, czk, yen""",
    numerals="""null=0 ein=1 eins=1 eine=1 einen=1 zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9
        zehn=10 elf=11 zwölf=12 dreizehn=13 vierzehn=14 fünfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18
        neunzehn=19 zwanzig=20 fünfundzwanzig=25 dreißig=30 fünfunddreißig=35 vierzig=40 fünfzig=50 sechzig=60
        siebzig=70 achtzig=80 neunzig=90 hundert=100""",
    of_orders=r"""bestell\w*, order\w*, auftrag\w*, stornier\w*, erstatt\w*, geld zurück, sendungs\w*,
        paket\w*, einkauf\w*, liefer\w*, versand\w*, versend\w*, verschick\w*, schick\w*, retour\w*,
        zurück\w*, wo ist, wo bleibt, status, stand, neuigkeiten, spät, ankomm\w*, angekommen, kommt, kam,
        erhalten, bekommen, da, weg, verfolg\w*, suchen, finden, orten""",
    no_id="zu, in, auf, bei, nahe, als, über, unter, rund, etwa, circa, ca, fast, beinahe, bis zu, bis",
    paid="bezahlt bezahle bezahlen zahle gezahlt kostet kosten kostete wert preis gesamt insgesamt ausgegeben gekauft",
    months="jan feb mär apr mai jun jul aug sep okt nov dez",
    abbreviations="st hr fr dr prof ca z.b bzw usw evtl ggf inkl zzgl str tel nr d.h u.a vgl abt gmbh",
    numbered="nr art abs str tel ref",
    another="""außerdem, ausserdem, noch etwas, noch was, noch eine frage, noch eine sache, zudem, zusätzlich,
        des weiteren, zweitens, übrigens, ach ja, und noch, dazu noch, darüber hinaus, abgesehen davon, dann
        noch""",
    questions="""(?:können|könnt|kannst|könnten|könntet|könntest|würden|würdet|würdest|darf|dürfen|dürfte|soll|sollen|wollen)
        (?:sie|ihr|du|ich|wir|man|jemand|mir|mich), kann (?:ich|man|jemand|mir|mich), wo, wohin, woher, wann,
        was, welche[rsnm]?, warum, wieso, weshalb, wie, wer, wem, ob,
        (?:ist|sind|war|hat|haben|habt|gibt|wird|werden|kommt|geht|bekomme|bekommt|muss|liefert|liefern|brauche)
        (?:mein|meine|die|der|das|es|sie|ich|ihr|ihre|man|wir|euer|eure|da|denn)""",
    wants=r"""bitte, (?:ich )?(?:möchte|will|brauche|bräuchte|wünsche|verlange|würde|hätte|wollte|muss)(?:
        gern| gerne)?, ich hätte gern\w*, mir (?:bitte )?\w+ (?:sie|ihr), wir
        (?:möchten|wollen|brauchen|bräuchten|würden), lassen sie mich, hilf\w*, helfen sie""",
    verbs="""storniere storniert stornieren erstatte erstatten erstattet schicke schick schicken schickt sende
        senden sendet ändere ändern ändert aktualisiere aktualisieren sag sagen sagt gib geben gebt prüfe
        prüfen prüft suche suchen sucht finde finden stoppe stoppen stoppt erkläre erklären zeig zeigen mach
        machen macht lösche löschen löscht entferne entfernen ersetze ersetzen tausche tauschen umtauschen
        verbinde verbinden buche buchen bucht korrigiere korrigieren trage tragen setze setzen überweise
        überweisen verschiebe verschieben verschiebt liefere liefern liefert leite leiten schreibe schreiben
        zahle zahlen lege legen lass lassen beende beenden kündige kündigen kündigt pausiere pausieren
        pausiert überspringe überspringen wecke erinnere erinnern erinnert rufe rufen ruft brich widerrufe""",
    objects="""mein meine meinen meinem meiner die den das der dem diese diesen dieses es sie ihn mir mich uns
        ein eine einen bestellung bestellungen auftrag alle alles beide bitte hg hg- # zu sie""",
    vague="""konto profil datei akte daten unterlagen datenbank seite sache sachen ende eins eine meine meins
        richtig falsch stimmt neu neue alt alte andere anderen statt wieder jetzt bald dann schnell nochmal
        passieren anfangen erledigen arbeit machen tun getan haben hat habe nutzen benutzen ding dinge zeug
        frage problem alles etwas nichts hier da was muss soll wie würde möchte will also dann""",
    speaks=r"""(?:sprechen|reden|telefonieren|chatten|sprech|spreche|rede|schreiben)(?: \w+)? mit, mit,
        (?:verbinden|verbinde|verbindet|durchstellen|weiterleiten|weiterverbinden|weitergeben)(?: sie)?(?:
        mich)?(?: bitte)? (?:mit|an|zu), anruf (?:von|durch), (?:weiter|übergeben) an, kontakt (?:mit|zu),
        (?:gebt|geben sie|gib) mir, eskalier\w+ an""",
    gets=r"""(?:holen|hol|holt)(?: sie)?(?: mir)?, (?:geben|gib|gebt)(?: sie)? mir, brauche, bräuchte, will,
        möchte, hätte gern\w*, verlange, lieber, erreiche, (?:kann|könnte|darf|soll)(?: sich)?(?: bitte)?,
        gibt es, ist da, ist dort""",
    to_speak_to="""(?:sprechen|reden|telefonieren|chatten), (?:mit dem|mit der) (?:ich|wir)
        (?:sprechen|reden), zum (?:sprechen|reden), am telefon, an der leitung, (?:übernehmen|übernimmt|dran),
        sprechen kann""",
    some="""ein eine einen einem einer echten echter echtem echte richtigen richtiger richtigem richtige
        wirklichen lebenden menschlichen ihren ihrem ihrer euren eurem den dem die der anderen anderem bitte""",
    staff=r"""mensch(?:en)?, person, menschliche\w*, mitarbeiter\w*, kolleg(?:e|en|in)\w*, berater\w*,
        sachbearbeiter\w*, chef\w*, vorgesetzte\w*, leiter\w*, teamleiter\w*, manager\w*, support(?:-?team)?,
        kundenservice, kundendienst, kundenbetreu\w+, service-?(?:team|mitarbeiter\w*), agent(?:en)?,
        operator, jemand(?:en|em)? (?:vom team|aus dem team|vom service|von ihnen|von euch)""",
    anyone=r"jemand, jemanden, jemandem, irgendwen, irgendjemand\w*, leute, wer, wem",
    spares="nicht, kein, keine, keinen, keinem, nie, ohne",
    asks="""ist sind war hat haben habt kann können könnt darf dürfen muss müssen wird werden würde soll
        sollen gibt was welche welcher welches welchen wie wann wo wohin woher wer wem warum wieso weshalb
        liefert liefern bietet bieten akzeptiert nehmt verschickt versendet macht bekommt bekommen bekomme
        kostet kosten gilt gelten braucht brauche führt verkauft ob""",
    own=r"""mein\w*, unser\w*, hg, #, (?:die|der|das|den)
        (?:bestellung|paket|lieferung|sendung|erstattung|rücksendung|retoure), dies\w*, sie
        (?:ist|kommt|wird)(?! \w+ möglich), (?:ich|wir) (?:\w+
        )?(?:bestellt|gekauft|bekommen|erhalten|bezahlt), (?:habe|hab|haben) (?:ich|wir) (?:\w+ )?(?:\w+
        )?(?:\w+ )?(?:bestellt|gekauft|bekommen|erhalten|bezahlt)""",
    what_of="(?:und |aber )?(?:was ist mit|wie sieht es (?:mit|bei)|wie ist es (?:mit|bei)|und (?:bei|für|nach|in))",
    refers=r"""es, sie, ihn, dies\w*, das(?=\W*$), davon, dafür, damit, darauf, dort, deren, beide, dasselbe,
        solche, wenn ja, wenn nicht, wie (?:viel|lange|viele|oft)(?=\W*$),
        (?:warum|wann|wo|welche|wer)(?=\W*$)""",
    please="bitte",
    openers="""können könnt kannst könnten könntet könntest würden würdet darf dürfte soll sollte ist sind hat
        du ihr sie ich wir man jemand zu will möchte brauche hätte gern gerne mal eben kurz nur frage fragen
        helfen hilfe mir mich mit habe hab ein eine problem wenn würde wollte""",
    joint="und aber auch sowie plus dann",
    besides="auch, ebenfalls, außerdem, ausserdem, andere[rsn]?, noch eine?, zusätzlich, zudem, übrigens, plus, dazu",
    dependent="""es er sie dies diese dieser dieses das dann sonst andernfalls aber jedoch so dort beide auch
        dabei dafür dazu deshalb daher""",
    glad="""toll, super, perfekt, wunderbar, klasse, prima, spitze, großartig, ausgezeichnet, liebe, freut
        mich, freue mich, begeistert, hilfreich, zufrieden, herzlichen dank, vielen (?:lieben )?dank, tausend
        dank, sehr nett, danke (?:sehr|vielmals)""",
    unhappy=r"""wütend, sauer, verärgert, ärger\w*, genervt, nerv(?:t|end), enttäusch\w*, frustrier\w*,
        unzufrieden, furchtbar, schrecklich, schlimm, lächerlich, inakzeptabel, unverschämt\w*, frechheit,
        sauerei, skandal, unmöglich, unfähig, nutzlos, katastrophe\w*, betrug, betrüger, abzocke, reicht mir,
        reicht es, schnauze voll, nase voll, peinlich, schlechteste\w*, saftladen, mist, scheiß\w*, nie
        wieder, nicht (?:sehr |besonders |mehr )?(?:zufrieden|glücklich|hilfreich|lustig|witzig)""",
    pressing=r"""dringend\w*, eilig, eilt, sofort, umgehend, so (?:schnell|bald) wie möglich,
        schnellstmöglich, asap, notfall, auf der stelle, unverzüglich, schnell(?:stens)?, (?:bis|noch)
        (?:heute|morgen), brauche (?:es|sie|das) (?:heute|morgen|jetzt)""",
    unhurried="""keine eile, nicht eilig, eilt nicht, nicht dringend, wenn sie zeit haben, wenn (?:du|ihr)
        zeit (?:hast|habt), in aller ruhe, lassen sie sich zeit""",
    lost="""verwirr(?:t|end), versteh(?:e|en)? (?:ich |das |es |es ja )?(?:gar |überhaupt |leider )?nicht,
        kapier(?:e|s)? (?:das |es )?nicht, keine ahnung, was meinen sie, was meinst du, weiß nicht
        (?:was|wie|welche|wo), blicke nicht durch, komme nicht (?:mit|klar), hä""",
    owned="mein meine meinen meiner die das den der dem ihr ihre unsere unser eure ein eine neue neuen beide",
    equals="ist war lautet wäre",
    either="oder",
    thing=r"""es, sie, ihn, das, dies\w*, alles, (?:die|das|den|meine?n?|unsere?n?|ein|eine|einen) (?:[\w-]+
        )??(?:[\w-]+ )??[\w-]+""",
    of_thing="für von aus der bestellung",
    aside="einfach bitte dort",
    spot_at="zu beim bei an zum zur am im in der dem den",
    better="besser lieber stattdessen",
    apart="zurück(?: ?(?:geben|schicken|senden|bringen|gebe|schicke))?",
    month_of="",
)
