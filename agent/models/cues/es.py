"""Spanish, said formally and not, in Spain and beyond."""

from agent.models.cues.shape import Cues

SPANISH = Cues(
    announce={
        "other": """(?:número|nº|núm|n) de
            (?:seguimiento|rastreo|tarjeta|cuenta|cliente|artículo|factura|serie|modelo|piso|puerta), iban,
            código (?:de descuento|promocional|de barras|qr|de regalo), cupón, vale de regalo, prefijo""",
        "postcode": "código postal, cp, c p",
        "order_id": """(?:número|nº|núm|n|código|referencia) (?:de|del) (?:mi )?pedido, pedidos?(?:
            (?:número|nº|núm|n))?, orden(?: (?:número|nº|núm))?, compra(?: (?:número|nº|núm))?, referencia,
            ref""",
        "code": "código(?: de (?:verificación|seguridad|confirmación|un solo uso))?, clave, pin",
        "phone": """(?:número|nº|núm) (?:de )?(?:teléfono|móvil|celular|fijo|contacto), teléfono, tel, tlf,
            tfno, móvil, celular, whatsapp, (?:llámame|llámeme|llamadme|llamarme|localizarme) (?:al|en el|a)""",
        "number": "número, nº, núm",
        "amount": r"importe, cantidad, suma, monto, reembolso(?: de)?, reembolsar\w*, devolución de",
    },
    between="""un una el la los las es son era sería será está mi mis mío su sus tu nuestro nuestra nuevo
        nueva ahora correo e-mail email mail electrónico dirección número nº teléfono móvil código postal
        pedido pedidos lo de del al a por con para en que y debe debería siguiente este esta ese esa dice pone
        correcto correcta incorrecto cambiar cambiado actual""",
    polite="""por favor porfa porfavor favor gracias muchas mil muy amable hola buenas buenos días tardes
        noches día tarde noche querido querida estimado estimada estimados señor señora señores sí si no vale
        ok okay bueno bien claro genial perfecto estupendo excelente saludos saludo cordial cordiales
        atentamente un abrazo adiós hasta luego pronto perdón perdone perdona disculpe disculpa disculpen lo
        siento ah oh eh pues mira mire oye oiga simplemente solo sólo así tal ya también usted ustedes
        vosotros tú le te me os equipo amigos""",
    glue="""a al aquí como con correo código de del dígitos desde dirección e-mail el electrónico email en es
        esta este este está euro euros eur fue ha he id la las le lo los llamo me mi mis móvil mail nombre
        número nº nuevo nueva nuestro o para pedido pedidos por postal primero que se ser son soy su sus
        también teléfono tengo tiene un una unos vivo y yo último última calle ciudad apellido apellidos
        cifras importe correcto entonces dice pone sería son dejé di""",
    common="""abrir acaba acuerdo además ahora algo alguien alguna algún antes año aunque ayer ayuda ayudar
        bajo buscar caja cada cambiar cambio cancelar cliente colega comprado comprar compra contacto contigo
        conmigo cosa cuando cuándo cuánto cuándo da dado dañado decir defectuoso dejar demasiado dentro desde
        después devolver devolución dinero donde dónde encargo encontrar entrega entregado enviado enviar
        envío error espera esperando esperar estaba estoy estamos enfadado enfadada falta fecha fuera
        gestionar gente ha había hablar hace hacer han hasta hay hecho hola hoy idea información ir jamás
        llegado llegar llega llegó luego mal mañana más mejor menos mensaje mientras mismo molesto mucho muy
        nada nadie necesito necesitamos ni ninguna ningún nunca otra otro otros pago pagado paquete parte pasa
        pasado pedí pedido perdido pero persona poder podéis podría podrían podrías porque posible precio
        pregunta primero problema producto pronto puede pueden puedes puedo quería quien quién quiero quisiera
        recibido recibir reclamación reembolso roto rota saber sabe seguir semana sería servicio siempre sigue
        sin sobre solución son suscripción tarde tengo tiempo tienda todavía todo todos tuve urgente
        urgentemente va vais vamos ver vez viene voy ya""",
    my_name="""me llamo, mi nombre (?:completo )?es, (?:el )?nombre es, nombre ?:, a nombre de, está a nombre
        de, con el nombre(?: de)?""",
    i_am="soy, aquí, le escribe, les escribe, habla",
    sign_off="saludos, un saludo, atentamente, cordialmente, saludos cordiales, gracias, muchas gracias, un abrazo",
    new_address=r"""nueva dirección(?: postal| de envío| de entrega)?(?: es| sería| será)?, (?:me he
        mudado|nos hemos mudado|mudado|me mudé|me mudo|nos mudamos) a(?: la)?, (?:ahora vivo|vivo ahora|ahora
        vivimos) en(?: la)?,
        (?:enviar|envíen|envíe|envía|mandar|manden|mandad|enviad|entregar|entreguen)\w*(?: el pedido| el
        paquete)? a(?: la)? , dirección (?:a|por)(?: la)?, cambiar (?:mi|la) dirección (?:a|por)""",
    an_address="dirección es, dirección ?:, vivo en(?: la)?, domicilio(?: es)?",
    street=r"""calle, c/, cl, avenida, avda, av, plaza, pza, paseo, pº, camino, carretera, ctra, ronda,
        travesía, pasaje, rambla, glorieta, urbanización, \w*str, \w*stra(?:ss|ß)e, \w+weg, \w+gasse,
        \w+platz, street, st, road, rd, rue, via, place, quai, chemin""",
    plans={
        "weekly": "semanal(?:mente|es)?, cada semana, todas las semanas, una vez (?:a la|por) semana, por semana",
        "biweekly": """quincenal(?:mente|es)?, cada (?:dos|2) semanas, cada quince días, cada 15 días, cada
            (?:14|catorce) días, dos veces al mes, bisemanal""",
        "monthly": "mensual(?:mente|es)?, cada mes, todos los meses, una vez al mes, al mes, cada (?:cuatro|4) semanas",
    },
    leaves="""dejar(?:lo|la|me|melo)?, dejen(?:lo|la)?, deje(?:lo|la)?, deja(?:lo|la)?, dejad(?:lo|la)?,
        déjen?(?:lo|la), déja(?:lo|la), pon(?:er|gan|ga|lo)?, depositar(?:lo)?, depositen,
        escond(?:er|an)(?:lo)?, dejado""",
    hands="""entregar(?:lo|la|se|selo)?, entreguen(?:lo|la)?, entregue(?:lo)?, dar(?:lo|selo)?,
        den(?:lo|selo)?, dé(?:n)?selo, llevar(?:lo)?, lleven(?:lo)?, mandar(?:lo)?, dejar(?:lo|selo)?,
        dejen(?:lo)?, enviar(?:lo)?""",
    where="""con, en, en casa de, detrás de, debajo de, bajo, junto a, al lado de, cerca de, fuera, fuera de,
        dentro de, delante de, entre, frente a, sobre, a(?=l)""",
    spots="""vecin[oa]s?, conserje, portero, portería, recepción, garaje, cochera, cobertizo, trastero,
        porche, terraza, punto de recogida, buzón, taquilla, consigna, puerta (?:trasera|de
        atrás|lateral|principal), oficina, jardín, entrada, tienda de abajo, bar de abajo""",
    rings="""(?:llamen?|llama|llamar|llamad|toquen?|toca|tocar) (?:al timbre|dos veces|al telefonillo|a la
        puerta|antes), (?:llámen?me|llámame|llamarme|avísen?me|avísame|avisarme) antes, (?:usen?|usar) la
        puerta (?:trasera|de atrás|lateral)""",
    back="""devolver(?:les|os|lo|la|los|las)?, devuelvo, devolución de, enviar de vuelta, mandar de vuelta,
        retornar, regresar, no quedarme(?: con)?, deshacerme de, no quiero quedarme(?: con)?""",
    brings="enviar, envío, mandar, mando",
    goes_back="""(?:se devuelven?|van? de vuelta|vuelven?|tiene que volver|tienen que volver), quiero
        devolver(?:lo|la|los|las)?, para devolver""",
    everything="todo todos toda todas ambos ambas completo entero entera",
    besides_that="""del pedido, de mi pedido, de pedido, de la orden, porque, ya que, pues, puesto que, que,
        quien, si, cuando, pero, para, a ustedes, yo, es, son, por favor, en mi pedido""",
    but="excepto, menos, salvo, pero no, sin, aparte de, no",
    only="solo, sólo, solamente, únicamente",
    because="""porque, ya que, dado que, puesto que, debido a, a causa de, por culpa de, el motivo es, la
        razón es, motivo ?:, motivo es, es que, pues(?= (?:está|es|no|ha|han|llegó|me) ), como(?=
        (?:está|no|ha|llegó|me) )""",
    defects=r"""rot[oa]s?, averiad[oa]s?, dañad[oa]s?, defectuos[oa]s?, estropead[oa]s?, rayad[oa]s?,
        agrietad[oa]s?, grietas?, abollad[oa]s?, hecho pedazos, en pedazos, hech[oa]s? añicos, manchad[oa]s?,
        oxidad[oa]s?, moho, caducad[oa]s?, desgarrad[oa]s?, doblad[oa]s?, gotea\w*, pierde agua,
        desmontad[oa]s?, (?:artículo|talla|tamaño|color|producto|modelo|paquete)
        (?:equivocad[oa]|incorrect[oa]|erróne[oa]), (?:demasiado|muy)
        (?:pequeñ[oa]s?|grandes?|tarde|cort[oa]s?|larg[oa]s?|oscur[oa]s?|pesad[oa]s?), no (?:me
        )?(?:funcionan?|sirven?|encajan?|enciende|cierra|abre|gustan?|queda bien|va), dejó de funcionar, no es
        (?:lo que pedí|como|el que pedí), mala calidad, nunca llegó, no (?:ha )?llegad?ó?, faltan?, (?:he
        cambiado|cambié) de (?:idea|opinión), por error, sin querer, por equivocación, ya no (?:lo|la|los|las)
        (?:quiero|necesito), (?:lo|la)? ?(?:pedí|compré|tengo) (?:dos veces|repetido|duplicado), más barato""",
    money_back=r"""reembols\w*, devolución del (?:dinero|importe), devuelv\w+ (?:el|mi) dinero, devolver\w*
        (?:el|mi) dinero, (?:mi|el) dinero(?: de vuelta)?, reintegr\w*, abon\w+,
        (?:devuelv\w+|devolver\w*|devolvéis|devolved\w*) (?:me )?(?:los |las |el |la
        )?(?:\d|dinero|importe|precio|mitad|parte|euros)""",
    tells=r"""(?:yo|él|ella|eso|esto|nadie|ambos|se|me|no|lo|la|ha|han|está|están|llegó|llegaron|es|tengo),
        (?:el|la|los|las|mi|mis|un|una|dos|nuestr[oa]) \w+ (?:\w+
        )?(?:es|son|está|están|estaba|era|ha|han|llegó|llegaron|tiene|vino|no)""",
    courtesies=r"""esper\w+ (?:su|tu|vuestra) respuesta, saludos, un saludo, atentamente, agradec\w*,
        graci\w*, de antemano, urgente\w*, avísen?me, avísame, díganme, cuanto antes, lo antes posible,
        paciencia, (?:buen|feliz) (?:día|fin de semana)""",
    not_reasons="como (?:dije|ya dije|he dicho|siempre|dicen), pues (?:nada|bien|eso)",
    new="nuevo nueva nuevos ser sea pase pasa será",
    toward="a por al",
    ceases="no dejar dejen deja nunca sin más",
    new_after="""en su lugar, en vez, a partir de ahora, ahora, es mi nuevo, es mi nueva, es el nuevo, es la
        nueva, como nuevo, como nueva""",
    old="antiguo antigua viejo vieja anterior actual registrado registrada era de lugar sustituir reemplazar usaba",
    change="usar usen ahora cambiar cambia cambien cambie actualizar actualicen poner pongan pon corregir corrijan",
    things={
        "email": "(?:dirección de )?(?:correo(?: electrónico)?|e-?mail|mail)",
        "phone": "(?:número de )?(?:teléfono|móvil|celular), número",
        "address": "dirección(?: postal| de envío| de entrega)?, domicilio",
    },
    alters=r"""cambi(?:ar|o|a|en|ad|e)\w*, actualiz(?:ar|a|o|en|ad)\w*, actualice\w*, modific(?:ar|a)\w*,
        modifique\w*, correg\w+, corrij\w+, sustitu\w+, reemplaz\w+, pon(?:er|gan|ga), nuev[oa]s?, otr[oa]s?""",
    denied="no nunca jamás",
    rather="vez lugar",
    than="de que",
    into="a por en -> => →",
    rejected="""(?:no es|no era) (?:correct[oa]|el correcto|la correcta|ese|esa|el bueno|la buena),
        (?:es|era|está|estaba) (?:incorrect[oa]|mal|equivocad[oa]|un error|una errata)""",
    corrects=r"""perdón, perdone, perdona, disculpe, disculpa, lo siento, (?:yo )?quería decir, quise decir,
        digo, o sea, espera, espere, no espera, corrección, corrijo, ups, uy, en realidad, mejor dicho, más
        bien, mejor, errata, error mío, me (?:he )?equivo\w+, debería (?:ser|decir|poner), no(?=\W\s), no
        perdón, está mal, lo escribí mal""",
    joins="y, e, también, más, además, ambos, ambas, tanto, o(?! mejor)",
    currency=r"""€, \$, £, ¥, eur, euros?, usd, dólar(?:es)?, gbp, libras?, chf, francos?, sek, nok, dkk,
        coronas?, pln, zł, czk, yenes, pesos""",
    numerals="""cero=0 un=1 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10
        once=11 doce=12 trece=13 catorce=14 quince=15 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19
        veinte=20 veinticinco=25 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80
        noventa=90 cien=100 ciento=100""",
    of_orders=r"""pedid\w*, encargo\w*, orden, cancel\w*, anul\w*, reembols\w*, dinero, seguimiento,
        rastre\w*, paquetes?, envíos?, envi\w*, compra\w*, entreg\w*, despach\w*, mand\w*, devol\w*, dónde
        (?:está|anda|va|queda), estado, novedades, noticias, tarde, retras\w*, lleg\w*, recib\w*, viene,
        salió, salido, localiz\w*, buscar, encontrar""",
    no_id="a, en, cerca de, por, que, sobre, bajo, unos, unas, casi, hasta, alrededor de",
    paid="pagué pagado pago pagar cuesta costó costaba vale valía precio total gasté comprado cobrado cobraron",
    months="ene feb mar abr may jun jul ago sep oct nov dic",
    abbreviations="sr sra srta dr dra d dña prof aprox p.ej etc avda av c/ pza ud uds vd dto izq dcha s.a s.l",
    numbered="nº n núm no pág art tel ref c av",
    another="""además, otra cosa, otra pregunta, una cosa más, una pregunta más, por otro lado, por otra
        parte, aparte, por cierto, también, segundo, y otra cosa, de paso, asimismo, y de paso""",
    questions=r"""(?:puede[sn]?|podría[sn]?|podéis|podrías|podríais|quiere[sn]?|quiero saber|sabe[sn]?|sabéis)
        (?:usted|ustedes|me|decirme|ayudarme|saber|hacer|cancelar|cambiar|enviar\w*|mandar\w*|mirar|ver|si|yo|cómo|dónde|cuándo),
        (?:puedo|podría|podemos|debo|tengo que), dónde, adónde, cuándo, qué, cuál(?:es)?, por qué, cómo,
        quién(?:es)?, cuánt[oa]s?, si (?:ustedes|mi|el|hay|puedo|es),
        (?:está|están|es|son|hay|han|ha|tienen|tenéis|hacen|hacéis|llega|llegará|viene|aceptan|aceptáis|venden|vendéis|ofrecen)
        (?:mi|el|la|los|las|un|una|ya|mis|su|lista|algún|alguna|envíos?|disponible|posible)""",
    wants="""por favor, (?:yo
        )?(?:quiero|quisiera|querría|quería|necesito|necesitaría|deseo|exijo|pido|prefiero|me gustaría|nos
        gustaría|queremos|necesitamos|tengo que), ayúdame, ayúdenme, ayuda(?: con)?, póngame, pónganme,
        pásenme, pásame, déjenme""",
    verbs="""cancela cancelen cancele cancelad cancelar cancelarme anula anulen anule anular anulad reembolsa
        reembolsen reembolsadme devuelve devuelvan devuelvanme devuélvanme devuélveme devolver cambia cambien
        cambie cambiad cambiar actualiza actualicen actualizar manda manden mandad mandar mándame mándenme
        envía envíen enviar enviadme envíame envíenme dime díganme dígame dame denme deme mira miren revisa
        revisen busca busquen encuentra paren para detengan explica expliquen enseña muestra haz hagan pon
        pongan añade añadan quita quiten reemplaza sustituye conecta conecten pásame pasa pasen reserva
        reserven reservar corrige corrijan mueve muevan mover redirige escribe escriban paga paguen localiza
        localicen deja dejen entrega entreguen pausa pausen pausar salta salten termina terminen reanuda
        recuérdame recuérdenme recordar borra borren elimina eliminen""",
    objects="""mi mis el la los las lo este esta ese esa eso me nos un una pedido pedidos todo todos ambos por
        de hg hg- # con""",
    vague="""cuenta perfil ficha archivo registro registros sistema datos detalles base lado final uno una
        míos mío mía bien mal correcto nuevo nueva viejo otro otra otros ahora pronto siguiente pasar empezar
        trabajo hacer hecho tener tengo usar cosa cosas tema asunto problema todo algo nada aquí ahí qué debe
        debería como quiere quiero entonces""",
    speaks=r"""(?:hablar|charlar|chatear|comunicarme|contactar|comunicar)(?: \w+)? con,
        (?:hable|hablo|hablando) con,
        (?:páse(?:n)?me|pásame|pasarme|ponme|pónganme|póngame|ponerme|conéctenme|conéctame|transfiéranme|transfiéreme|comuníquenme|comunícame|derívenme)
        (?:con|a), contacto con, (?:llame|llamada de|llamen) (?:de|por)?, atienda, atendido por,
        escalar(?:lo)? a""",
    gets="""(?:quiero|necesito|prefiero|quisiera|exijo|busco|dame|denme|deme|póngame|me gustaría)(?: ver| que
        me atienda| que me llame| tratar con| contactar a)?, que me
        (?:atienda|llame|conteste|responda|ayude)(?: una?)?, (?:puede|podría)(?: atenderme| ayudarme|
        llamarme)?, hay""",
    to_speak_to="""con (?:quien|la que|el que) (?:pueda|puedo|podamos) hablar, (?:puedo|podría|podemos) hablar
        con, para hablar, al teléfono, en línea, que me atienda, que pueda""",
    some="""un una unos algún alguna algun el la los de su sus tu vuestro vuestra otro otra real verdadero
        verdadera humano humana persona vivo viva carne este""",
    staff="""persona(?: real| humana| de verdad)?, humano, ser humano, agente, asesora?, operadora?, empleado,
        empleada, trabajadora?, compañer[oa], responsable, encargad[oa], supervisora?, jef[ea], gerente,
        representante, especialista, (?:alguien|persona) (?:del|de su|de vuestro|de la)
        (?:equipo|personal|empresa), atención al cliente, servicio (?:al cliente|de atención al
        cliente|técnico), soporte""",
    anyone="alguien, quien sea, cualquiera, gente, quién, una persona",
    spares="no, sin, nunca, ni, tampoco",
    asks="""es son está están hay ha han puede pueden puedo podemos podría debo debe tiene tienen tenéis qué
        que cuál cual cuáles cómo como cuándo cuando dónde donde quién quien por cuánto cuanto cuánta cuántos
        cuántas aceptan aceptáis envían enviáis hacéis hacen venden vendéis ofrecen ofrecéis sirve sirven
        cuesta cuestan se existe""",
    own=r"""mi, mis, mí[oa]s?, nuestr[oa]s?, hg, #, est[eao]s?, es[eao]s?, (?:el|la)
        (?:pedido|paquete|entrega|envío|reembolso|devolución) (?:que|de|está|va|ha), (?:he|hemos) (?:\w+
        )?(?:comprado|pedido|recibido|pagado), (?:compré|pedí|recibí|pagué)""",
    what_of="(?:y |pero )?(?:qué (?:pasa|hay|tal) con|qué de|y (?:para|en|a|con|de|si))",
    refers=r"""lo(?! que), est[eao]s?, es[eao]s?, ell[oa]s?, ahí, allí, ambos, lo mismo, tal(?:es)?, si es
        así, si no, cuánt[oa]s?(?=\W*$), (?:por qué|cuándo|dónde|cuál|quién)(?=\W*$)""",
    please="favor porfa porfavor",
    openers="""puede pueden puedes puedo podría podrían podrías podéis podríais quiere quiero quisiera querría
        quería necesito me gustaría es está hay si usted ustedes yo nosotros alguien a que un una poco solo
        una pregunta preguntas ayuda ayudar ayudarme conmigo con tengo problema algo saber decirme""",
    joint="y e pero también además más luego",
    besides="también, además, otr[oa]s?, asimismo, igualmente, aparte, por cierto, de paso, más",
    dependent="""esto esta este estos estas eso esa ese lo ellos ellas él ella entonces si no sino pero así
        allí ahí también ambos además por tanto""",
    glad=r"""genial, perfecto, excelente, estupendo, fenomenal, encantad[oa]s?, me encanta\w*, maravillos\w*,
        fantástic\w*, content[oa]s?, feliz, útil, muchas gracias, muchísimas gracias, mil gracias, muy
        amables?, agradezco, agradecid[oa]s?, de maravilla""",
    unhappy=r"""enfadad[oa]s?, enojad[oa]s?, molest[oa]s?, furios[oa]s?, hart[oa]s?, indignad[oa]s?,
        indignante, decepcion\w*, frustr\w*, terrible, horrible, pésim[oa]s?, fatal, vergüenza, vergonzos[oa],
        inaceptable, ridícul[oa], inútil(?:es)?, estafa\w*, timo, ladrones, robo, desastre, cabread[oa]s?,
        basura, asco, mierda, nunca más, el peor, la peor, insatisfech[oa]s?, increíble que, no
        (?:estoy|estamos|quedé) (?:nada |muy )?(?:content[oa]s?|satisfech[oa]s?|feliz), poca seriedad,
        tomadura de pelo""",
    pressing="""urgente(?:mente)?, urge, con urgencia, cuanto antes, lo antes posible, inmediatamente, de
        inmediato, ya mismo, ahora mismo, enseguida, emergencia, rápido, rápidamente, (?:para|antes de)
        (?:hoy|mañana), (?:lo|la) necesito (?:ya|hoy|mañana|ahora)""",
    unhurried=r"sin prisa\w*, no hay prisa, no (?:es|corre) urgente, no corre prisa, cuando pued(?:a|as|an), con calma",
    lost="""confundid[oa]s?, confus[oa], no (?:lo |le |te |os )?(?:entiendo|entendí|comprendo)(?: nada)?, no
        tiene sentido, qué quiere decir, qué quieres decir, no sé (?:qué|cómo|cuál|dónde), no tengo (?:ni
        )?idea, ni idea, me he perdido, estoy perdid[oa]""",
    owned="mi mis el la los las su sus tu nuestro nuestra un una nuevo nueva ambos",
    equals="es era sería",
    either="o",
    thing=r"lo, la, los, las, esto, todo, (?:el|la|los|las|mi|un|una|este|esta) (?:[\w-]+ )??(?:[\w-]+ )??[\w-]+",
    of_thing="para de del pedido",
    aside="ahí allí fuera",
    spot_at="a al con en de a la el la los",
    better="mejor prefiero",
    apart="de vuelta",
    month_of="de del",
)
