"""French, said formally and not."""

from agent.models.cues.shape import Cues

FRENCH = Cues(
    announce={
        "other": """(?:numéro|n°|no|num) de
            (?:suivi|colis|carte|compte|client|article|facture|série|modèle|appartement), iban, code
            (?:promo|promotionnel|de réduction|cadeau|barre|barres|qr|pays|porte|d'entrée), bon d'achat,
            indicatif, digicode""",
        "postcode": "code postal, cp",
        "order_id": """(?:numéro|n°|no|num|référence) de (?:ma |la )?commande, commandes?(?:
            (?:numéro|n°|no|num|nr))?, achat(?: n°)?, référence, réf""",
        "code": "code(?: (?:de vérification|de sécurité|de confirmation|à usage unique|reçu))?, pin",
        "phone": """(?:numéro|n°|no|num) de (?:téléphone|tél|portable|mobile|fixe), téléphone, tél, tel,
            portable, mobile, whatsapp, (?:appelez|appelle|rappelez|rappelle|joignez|joindre|contactez)(?:-|
            )moi au, joignable au""",
        "number": "numéro, n°, num",
        "amount": "montant, somme, remboursement(?: de)?, rembourse[rz]?",
    },
    between="""un une le la les l' est sont était serait sera mon ma mes notre nos votre vos nouveau nouvelle
        nouvel maintenant désormais mail e-mail email courriel adresse numéro n° téléphone tél portable code
        postal commande commandes c'est à au de du d' des par pour en avec sur que et doit devrait suivant
        suivante ce cette dit juste faux fausse bonne bon changer changé actuelle l'adresse d'adresse""",
    polite="""s'il vous te plaît plait svp stp merci beaucoup mille bien bonjour bonsoir salut coucou cher
        chère madame monsieur messieurs mesdames oui ouais non ok okay d'accord super parfait génial très bon
        bonne journée soirée cordialement salutations sincères bien-à-vous bises au revoir à bientôt pardon
        désolé désolée excusez excuse-moi excusez-moi ah oh euh ben alors donc juste simplement vraiment voilà
        si volontiers vous tu toi me moi l'équipe équipe""",
    glue="""a à ai au aux avec c'est ce code chez chiffres commande commandes d de depuis des du e-mail email
        en est et eur euro euros ici id il j'ai j'habite je l'adresse la le les leur lui m'appelle mail
        courriel ma me mes moi mon n n° nom prénom numéro nouveau nouvelle nous ou où par postal pour premier
        première qu'il que qui rue sa se ses son sont suis sur tel tél téléphone portable un une ville voici y
        dernier dernière montant adresse bon bonne aussi alors dit était serait habite mienne""",
    common="""accord acheté achat acheter agent aide aider ailleurs aller alors annuler annulation après
        argent arrive arrivé arrivée article attend attends aucun aucune aussi autre autres avance avant avez
        avoir avons bientôt besoin boutique cadeau car cassé cassée ceci cela cette chaque chose client colis
        combien comme comment comprends contact contre dans date déjà demain demande depuis dernier dire dois
        donc encore endommagé énervé envoi envoyé envoyer erreur espère êtes être fâché faire fait faites faut
        fini fois furieux hier humain idée jamais jour jours jusqu'à l'un là livraison livré livrer maintenant
        mal manque message mieux moins moment n'ai n'est ne ni nombre nouveau on ont ou oublié paiement paquet
        parce parle parler pas passe passé payé payer perdu personne peu peut peux plus plutôt pourquoi pouvez
        pouvoir pourrait pourriez problème produit puis qu'est quand quel quelle quelqu'un quelque question
        qui quoi reçu recevoir remboursement rembourser rendre renvoyer réponse reste retard retour rien sais
        savoir semaine sans sera service si soit soir souhaite souhaiterais suivi sûr tard temps toujours tous
        tout toute toutes trop trouver urgent va vais veut veux vient viens voir vois voudrais voulais voulez
        vite""",
    my_name="""(?:je )?m'appelle, mon nom (?:complet )?est, (?:le )?nom est, nom ?:, au nom de, je me nomme,
        sous le nom(?: de)?""",
    i_am="je suis, ici, c'est, de la part de",
    sign_off="""cordialement, bien cordialement, bien à vous, salutations, sincères salutations, merci, merci
        d'avance, bonne journée, à bientôt, bises""",
    new_address="""nouvelle adresse(?: postale| de livraison)?(?: est| sera| serait)?,
        (?:déménagé|emménagé|déménage|emménage|déménageons) (?:à|au|aux|en|dans), (?:j'habite|habite|nous
        habitons|vis) (?:maintenant|désormais|à présent) (?:à|au|en|dans)?,
        (?:livrer|livrez|envoyer|envoyez|expédier|expédiez)(?:-le|-la|-moi)?(?: le| la| ma)?(?: colis|
        commande)? (?:à|au) , adresse (?:en|pour|par|au|à la|à), changer (?:mon|l')adresse (?:en|pour|par)""",
    an_address=r"adresse (?:est|c'est), adresse ?:, habite (?:à|au|en), domicilié\w* (?:à|au)",
    street=r"""rue, avenue, av, boulevard, bd, bld, place, pl, chemin, ch, allée, allées, impasse, quai,
        cours, route, rte, square, passage, sentier, résidence, lotissement, \w*str, \w*stra(?:ss|ß)e, \w+weg,
        \w+gasse, \w+platz, street, st, road, rd, calle, plaza, via, avenida""",
    plans={
        "weekly": "hebdomadaires?, hebdo, chaque semaine, toutes les semaines, (?:une|1) fois par semaine, par semaine",
        "biweekly": """(?:toutes les|chaque) (?:deux|2) semaines, tous les (?:quinze|15|quatorze|14) jours,
            bimensuel(?:le)?s?, bihebdomadaire, une semaine sur deux, (?:deux|2) fois par mois, chaque
            quinzaine, par quinzaine""",
        "monthly": """mensuel(?:le)?s?, mensuellement, chaque mois, tous les mois, (?:une|1) fois par mois,
            par mois, toutes les (?:quatre|4) semaines""",
    },
    leaves="""(?:laisser|laissez|laisse|laissé|déposer|déposez|dépose|déposé|mettre|mettez|mets|poser|posez|cacher|cachez|ranger)(?:-(?:le|la|moi))?""",
    hands="""(?:remettre|remettez|donner|donnez|donne|confier|confiez|apporter|livrer|livrez|amener|envoyer|envoyez|remis|confié|déposer|déposez|laisser|laissez)(?:-(?:le|la))?""",
    where="""chez, à, au, aux, dans, derrière, sous, devant, à côté de, à côté du, près de, près du, sur,
        dehors, à l'intérieur, à l'extérieur, entre, contre, en face de, auprès de, avec""",
    spots="""voisine?s?, gardienn?e?, concierge, loge, accueil, réception, garage, abri(?: de jardin)?,
        cabane, porche, véranda, terrasse, point relais, relais, casier, consigne, boîte aux lettres, porte
        (?:de derrière|arrière|de service|d'entrée|du garage), local, hall, bureau, jardin""",
    rings="""(?:sonner|sonnez|sonne) (?:deux fois|chez|à|longtemps|fort|en bas), (?:frapper|frappez) (?:à|deux
        fois|fort), (?:m'appeler|appelez(?:-moi)?|prévenez(?:-moi)?|me prévenir) avant, (?:passer|passez) par
        (?:la porte|derrière|l'arrière)""",
    back="""renvoyer, renvoie, renvoyez, retourner, retourne, rendre, rends, réexpédier, retour
        (?:de|du|des|d'), ne (?:veux|souhaite|vais) pas (?:garder|conserver), me débarrasser (?:de|du|des)""",
    brings="renvoyer, envoyer",
    goes_back="""(?:repart|repartent|est à renvoyer|sont à renvoyer|doit être (?:renvoyée?|retournée?)|à
        (?:renvoyer|retourner|rendre))""",
    everything="tout tous toute toutes deux entier entière complet complète l'ensemble ensemble",
    besides_that="""de la commande, de ma commande, de commande, parce que, car, puisque, comme, qui, que, si,
        quand, mais, pour, je, j'ai, c'est, ils sont, s'il vous plaît, svp, dans ma commande""",
    but="sauf, excepté, hormis, mais pas, sans, à part, pas",
    only="seulement, uniquement, que, juste",
    because="""parce (?:que|qu'), car, puisque, puisqu', à cause (?:de|du|des|d'), en raison (?:de|du|d'), la
        raison est, raison ?:, motif ?:, c'est que, vu que, étant donné que, comme(?=
        (?:il|elle|elles|ils|le|la|je|c'est|ma|mon) )""",
    defects="""cassée?s?, abîmée?s?, endommagée?s?, défectueu(?:x|se|ses), brisée?s?, fêlée?s?, rayée?s?,
        rayures?, déchirée?s?, tordue?s?, fissurée?s?, ébréchée?s?, fuit, fuite, tachée?s?, tâchée?s?,
        rouillée?s?, moisie?s?, périmée?s?, en morceaux, en miettes, (?:mauvais|mauvaise)
        (?:article|taille|couleur|produit|modèle|colis|qualité), trop
        (?:petite?s?|grande?s?|tard|courte?s?|longue?s?|sombres?|claire?s?|lourde?s?|serrée?s?|fine?s?), ne
        (?:marche|marchent|fonctionne|fonctionnent|s'allume|ferme|s'ouvre|convient|conviennent|va|rentre|chauffe)
        (?:pas|plus), marche (?:pas|plus), ne me plaî?t pas, ne me plaisent pas, pas (?:conforme|comme
        décrit|ce que j'ai commandé|le bon|la bonne), jamais (?:arrivée?|reçue?), manque, manquent,
        manquante?s?, changé d'avis, par erreur, sans faire exprès, n'en (?:veux|ai) plus(?: besoin)?,
        (?:commandé|acheté) (?:en double|deux fois), en double, moins cher""",
    money_back=r"""rembours\w*, (?:récupérer|rendre|rendez|rendez-moi|reprendre|ravoir) (?:mon |l'|mes |notre
        )?(?:argent|sous|fric), mon argent, avoir sur, recrédit\w*, re-?crédit\w*,
        (?:prix|montant|euros?|eur|moitié|partie) (?:en retour|remboursée?)""",
    tells=r"""(?:je|j'ai|il|elle|ils|elles|nous|on|c'est|ça|cela|personne|les deux|ce),
        (?:le|la|les|mon|ma|mes|un|une|deux|notre|nos) \w+ (?:\w+
        )?(?:est|sont|était|étaient|a|ont|avait|ne|n'est|n'a)""",
    courtesies=r"""espér\w*, espère\w*, cordialement, salutations, remerci\w*, merci\w*, d'avance, par avance,
        urgent\w*, tenez-moi (?:au courant|informé\w*), dans l'attente, dès que possible, au plus vite,
        rapidement, patien\w*, (?:bonne|belle) (?:journée|soirée|fin)""",
    not_reasons="comme (?:je|j'ai|vous|d'habitude|convenu|prévu|indiqué), car (?:postal|scolaire)",
    new="nouveau nouvelle nouvel devenir devient être sera",
    toward="en pour par à vers",
    ceases="ne n' pas plus jamais cesser arrêter arrêtez sans",
    new_after="""à la place, dorénavant, désormais, maintenant, est ma nouvelle, est mon nouveau, est mon
        nouvel, est la nouvelle, comme nouvelle, comme nouveau""",
    old="""ancien ancienne vieux vieille précédent précédente actuel actuelle enregistré enregistrée place
        lieu remplacer utilisait de depuis""",
    change="""utiliser utilisez maintenant changer changez change modifier modifiez mettre mettez mets
        corriger corrigez passer""",
    things={
        "email": "(?:adresse )?(?:e-?mail|mail|courriel|électronique)(?: électronique)?",
        "phone": "(?:numéro (?:de )?)?(?:téléphone|tél|portable|mobile), numéro",
        "address": "adresse(?: postale| de livraison)?",
    },
    alters="""chang(?:er|ez|e|é|ement), modif(?:ier|iez|ie|ié|ication), mettre à jour, mettez à jour,
        corrig(?:er|ez|e|é), remplac(?:er|ez|e|é), actualis(?:er|ez|e), nouve(?:au|l|lle|aux|lles), autres?""",
    denied="pas jamais ni non",
    rather="lieu place plutôt",
    than="de du que",
    into="en par pour à vers -> => →",
    rejected="""(?:n'est|n'était|est|c'est) pas (?:correcte?|juste|bonne?|ça|le bon|la bonne|exacte?),
        (?:est|était|c'est) (?:fausse?|faux|une erreur|incorrecte?|une faute|le mauvais|la mauvaise)""",
    corrects=r"""pardon, désolée?, excusez(?:-moi)?, excuse(?:-moi)?, je voulais (?:dire|écrire), je veux
        dire, enfin, attendez, attends, non attendez, correction, je corrige, oups, mince, zut, en fait,
        plutôt, faute de frappe, mon erreur, je me suis trompée?, (?:devrait|il faut) (?:être|lire),
        non(?=\W\s), non pardon, c'est faux, mal (?:écrit|tapé)""",
    joins="et, aussi, plus, ainsi que, également, les deux, ou(?! plutôt)",
    currency=r"""€, \$, £, ¥, eur, euros?, usd, dollars?, gbp, livres?, chf, francs?, sek, nok, dkk,
        couronnes?, pln, zł, czk, yens?""",
    numerals="""zéro=0 un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11
        douze=12 treize=13 quatorze=14 quinze=15 seize=16 vingt=20 trente=30 quarante=40 cinquante=50
        soixante=60 septante=70 huitante=80 nonante=90 cent=100""",
    of_orders=r"""command\w*, annul\w*, rembours\w*, argent, suivi, suivre, colis, paquets?, achats?, livr\w*,
        expédi\w*, envoi\w*, envoy\w*, retour\w*, renvoy\w*, où (?:en )?(?:est|sont|se trouve|en est), statut,
        état, nouvelles, retard, arriv\w*, reç\w*, recev\w*, parti\w*, venue?, trouver, chercher, localis\w*""",
    no_id="à, en, dans, au, près de, par, que, sur, sous, environ, presque, jusqu'à, autour de",
    paid="payé paye paie payer payée coûte coûté coûtait vaut valait prix total dépensé acheté facturé débité prélevé",
    months="jan fév mar avr mai juin juil aoû sep oct nov déc",
    abbreviations="m mme mlle dr pr st ste env etc c.-à-d p.ex av bd ex réf tél art cie",
    numbered="n no num art p tél réf bd av",
    another="""aussi, autre chose, une autre question, encore une question, encore une chose, par ailleurs, en
        plus, de plus, en outre, deuxièmement, au fait, d'ailleurs, sinon, à part ça, et puis, également,
        ensuite""",
    questions=r"""(?:pouvez|pourriez|voulez|voudriez|savez|avez|êtes|livrez|acceptez|faites|vendez|proposez|expédiez|envoyez)-vous,
        (?:peux|pourrais|veux|sais|as|es)-tu, (?:puis|pourrais|dois|ai)-je,
        (?:peut|pourrait|peut|faut|a-t|est|y a-t|va-t)-(?:on|il|elle|ce), (?:est-ce|qu'est-ce)
        (?:que|qu'|qui), (?:vous|tu) (?:pouvez|pourriez|peux|pourrais), (?:je|on|c'est|il)
        (?:peux|peut|possible|est possible)(?= .*\?), où, quand, que, quoi, quel(?:le)?s?, pourquoi, comment,
        qui, combien, si (?:vous|je|mon|ma|le|la|on), (?:serait-il|est-il|y a-t-il|ma commande|mon colis)(?=
        .*\?)""",
    wants="""s'il vous plaît, s'il te plaît, svp, (?:je
        |j')?(?:veux|voudrais|souhaite|souhaiterais|aimerais|désire|exige|demande|préfère|préférerais|voulais)(?!
        savoir pas), j'ai besoin, il me faut, (?:nous |on
        )?(?:voulons|souhaitons|aimerions|voudrions|voudrait|aimerait), aidez-moi, aide-moi, merci de, merci
        d', prière de, veuillez, laissez-moi, passez-moi, mettez-moi""",
    verbs="""annulez annule annuler remboursez rembourse rembourser renvoyez renvoyer retournez changez change
        changer modifiez modifie modifier actualisez envoyez envoie envoyer dites dis donnez donne vérifiez
        vérifie trouvez trouve arrêtez arrête arrêter stoppez stoppe expliquez montrez faites fais mettez mets
        mettre ajoutez ajoute ajouter enlevez enlève retirez supprimez supprime supprimer effacez remplacez
        échangez connectez passez passe transférez réservez réserve réserver renvoie corrigez corrige
        redirigez écrivez payez localisez livrez livre livrer laissez laisse déposez mettez suspendez
        suspendre pausez sautez sauter terminez résiliez résilier résilie reprenez reprendre rappelez
        rappelle-moi rappelez-moi déplacez déplacer décalez""",
    objects="""mon ma mes le la les l' cette ce ces ça moi me nous un une commande commandes tout tous en à de
        hg hg- # pour l'adresse""",
    vague="""compte profil dossier fichier données détails base côté fin un une mien mienne bon bonne faux
        juste nouveau nouvelle ancien autre autres place encore maintenant bientôt prochain arriver commencer
        marche travail faire fait avoir j'ai ai utiliser chose choses truc problème question tout
        quelque-chose rien ici là quoi doit faut comme veux voudrais alors donc""",
    speaks=r"""(?:parler|discuter|échanger|dialoguer|m'entretenir|m'adresser|parle|causer)(?: \w+)?
        (?:avec|à), (?:contact|relation|ligne) avec, joindre,
        (?:passez|passe|mettez|mets|transférez|transfère|connectez|dirigez)-moi (?:à|avec|en
        (?:contact|relation|ligne) avec|vers)?, (?:me |être
        )?(?:mettre|mis|mise|passer|transférer|transférée?|rediriger) (?:à|avec|vers|en
        (?:contact|relation|ligne) avec), (?:rappelée?|appelée?|contactée?) par, avoir""",
    gets="""(?:je )?(?:veux|voudrais|souhaite|souhaiterais|aimerais|préfère|demande|exige)(?: voir| avoir|
        joindre| contacter)?, besoin (?:de|d'), il me faut, (?:donnez|donne|passez|passe)-moi, appelez,
        (?:puis-je|pourrais-je|peut-on|est-ce que je peux) (?:avoir|joindre|contacter), y a-t-il, il y a,
        (?:je )?peux avoir, qu', que""",
    to_speak_to="""(?:à|avec) qui (?:je (?:peux|puisse|pourrais)|on peut) (?:parler|discuter), pour (?:me
        )?parler, au téléphone, en ligne, (?:puisse|peut|pourrait) (?:m'aider|me répondre|me
        rappeler|m'appeler), me (?:réponde|rappelle|contacte)""",
    some="""un une des le la les l' du de de votre vos vrai vraie véritable réel réelle autre humain humaine
        vivant d' en chair""",
    staff=r"""humain, être humain, personne(?: (?:réelle|humaine|physique))?, vraie personne,
        conseill(?:er|ère)s?, agents?, employée?s?, opérat(?:eur|rice), responsable, directeur, directrice,
        manager, chef, supérieure?, collègues?, collaborat(?:eur|rice)s?, technicienn?e?, service
        (?:client|clientèle|après-vente), sav, support, (?:quelqu'un|personne) (?:de
        (?:votre|vos|l')\s?(?:équipe|équipes|service)|de chez vous), représentante?s?, interlocut(?:eur|rice)""",
    anyone="quelqu'un, n'importe qui, des gens, qui, une personne",
    spares="ne, n', pas, sans, jamais, ni, pas besoin (?:de|d')",
    asks="""est est-ce sont a ont peut peut-on puis-je puis pouvez pouvez-vous pourriez-vous doit dois faut
        faut-il va y qu'est-ce que qu' quoi quel quelle quels quelles comment quand où qui pourquoi combien
        livrez-vous acceptez-vous avez-vous faites-vous vendez-vous proposez-vous êtes-vous vous dois-je
        faites livrez acceptez avez existe-t-il jusqu'à jusqu'à-quand c'est sous dans""",
    own=r"""mon, ma, mes, notre, nos, (?:le|la) mienn?e?, hg, #, cette?, ces, (?:la commande|le colis|la
        livraison|le remboursement|le retour) (?:que|de|est|a|n'est), (?:j'ai|nous avons|on a) (?:\w+
        )?(?:commandé|acheté|reçu|payé|passé)""",
    what_of="(?:et |mais )?(?:qu'en est-il (?:de|du|pour)|et (?:pour|en|au|à|avec|si|chez))",
    refers=r"""ça(?! fait), cela, celui-ci, celle-ci, celui-là, ceux-ci, en(?= \w+\W*$), eux, leur, là-bas,
        les deux, pareil, si oui, sinon, combien(?=\W*$), (?:pourquoi|quand|où|lequel|laquelle|qui)(?=\W*$)""",
    please="svp stp plaît plait",
    openers="""pouvez pourriez peux peut puis-je pouvez-vous pourriez-vous peux-tu est-ce que qu' qu'est-ce
        est a vous tu je j'ai j'aimerais j'ai nous on quelqu'un de d' à veux voudrais souhaite souhaiterais
        aimerais besoin juste une question questions aide aider m'aider me moi avec un petit problème souci si
        savoir dire""",
    joint="et mais aussi puis plus ensuite",
    besides="aussi, également, autres?, en plus, de plus, par ailleurs, au fait, d'ailleurs, en outre",
    dependent="""il elle ils elles ceci cela ça ce cette ces celui-ci celle-ci alors sinon autrement mais
        cependant toutefois donc ainsi là y aussi en dans ce""",
    glad=r"""super, parfait, excellent\w*, génial\w*, formidable, adore, ravie?s?, contente?s?,
        heureu(?:x|se), magnifique, merveilleu\w*, fantastique, top, utile, nickel, merci
        (?:beaucoup|infiniment|mille fois), mille mercis, un grand merci, très (?:gentil\w*|aimable)""",
    unhappy=r"""fâchée?s?, énervée?s?, agacée?s?, furieu(?:x|se), en colère, mécontente?s?, déçue?s?,
        décevante?s?, déception, frustrée?s?, frustrant, horribles?, affreux, inadmissible, inacceptable,
        scandale\w*, scandaleux, honteux, honte, ridicule, nul(?:le)?s?, lamentable, arnaque\w*, voleurs?,
        incompétente?s?, catastroph\w*, ras le bol, marre, pire, plus jamais, insupportable, n'importe quoi,
        foutage, merde, moquez de moi, se moque du monde, pas (?:du tout |vraiment |très
        )?(?:contente?|satisfaite?|heureu(?:x|se)|normal)""",
    pressing=r"""urgen(?:t|te|ce)\w*, en urgence, au plus vite, dès que possible, le plus
        (?:vite|rapidement|tôt) possible, immédiatement, tout de suite, sur-le-champ, sans
        (?:délai|tarder|attendre), rapidement, vite, dépêchez\w*, (?:pour|avant) (?:aujourd'hui|demain|ce
        soir), besoin (?:aujourd'hui|demain|maintenant)""",
    unhurried="""pas pressée?, rien ne presse, pas urgent, ça ne presse pas, quand vous
        (?:pouvez|pourrez|aurez le temps), prenez votre temps, sans urgence""",
    lost=r"""perdue?(?= avec| dans|\W*$), confus, (?:ne )?comprends (?:pas|rien|plus), j'ai (?:pas|rien)
        compris, n'ai (?:pas|rien) compris, n'y comprends rien, ça n'a (?:pas de|aucun) sens, que voulez-vous
        dire, vous voulez dire quoi, (?:ne )?sais pas (?:quoi|comment|quel|quelle|où), aucune idée, hein""",
    owned="mon ma mes le la les l' votre vos notre nos un une nouveau nouvelle deux",
    equals="est était c'est serait",
    either="ou",
    thing=r"""le, la, les, ça, ceci, tout, (?:le|la|les|mon|ma|mes|notre|un|une|ce|cette) (?:[\w-]+
        )??(?:[\w-]+ )??[\w-]+""",
    of_thing="pour de du commande",
    aside="là dehors",
    spot_at="à au aux chez avec dans le la les l' de mon ma",
    better="plutôt mieux",
    apart="",
    month_of="de",
)
