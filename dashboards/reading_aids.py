"""What the figures are good for and where they mislead: told at the foot of every page, for the people who read them."""

STRENGTHS = (
    "Ogni cifra viene da una pubblicazione che non cambia più: l'Ufficio di Piano la può seguire fino alle consegne, nella "
    "pagina Rilasci.",
    "Ogni riga consegnata è accettata oppure messa in quarantena con il motivo: niente si perde.",
    "Le definizioni sono le stesse nelle pagine, nei file, nei rapporti e nelle esportazioni.",
)
LIMITS_OF_ALL = (
    "Le cifre valgono quanto le consegne: ciò che un ente non ha consegnato, o ha ancora in quarantena, non c'è.",
    "Con pochi casi una quota cambia molto per un solo minore: guardare anche i numeri da cui viene.",
    "Un periodo in corso non si confronta con uno concluso.",
)
# Where the figures are exact: not on the page of the protected tables.
LIMITS_OF_EXACT = (
    "Le cifre sono esatte: con pochi casi possono far riconoscere una persona. Fuori dagli uffici si usano le tavole protette.",
)
LIMITS = {
    "panoramica": (
        "Le segnalazioni sono fatti da guardare, non giudizi: la spiegazione sta nella pagina a cui portano.",
    ),
    "casistica": (
        "Chi è seguito in più Comuni o servizi è contato in ciascuno e una volta sola nel totale.",
        "I residenti di un anno che l'ISTAT non ha ancora pubblicato sono quelli dell'anno più vicino.",
        "I casi per operatore si calcolano sulle ore lavorate che gli enti consegnano, non su quelle previste.",
    ),
    "profilo": (
        "Un minore è contato una volta sola in ogni categoria, anche se ha più prese in carico.",
        "Le segnalazioni ripetute si conoscono solo dopo 12 mesi: le più recenti restano fuori dal tasso.",
    ),
    "utilizzo": (
        "Si contano gli interventi registrati: quelli fatti e non registrati non compaiono.",
        "I minori incontrati si contano su chi è in carico per tutto il mese: i mesi di apertura e chiusura restano fuori.",
    ),
    "incontri": (
        "L'attesa si misura dall'apertura al primo incontro svolto: chi attende ancora è contato a parte.",
        "Le ore di educativa domiciliare sono quelle degli interventi svolti e registrati.",
    ),
    "affidi": (
        "La durata mediana tiene conto degli affidi ancora in corso; manca finché se ne è concluso meno della metà.",
        "I contributi consegnati senza importo non entrano nel costo: i loro giorni sono contati a parte.",
    ),
    "strutture": (
        "La durata mediana tiene conto degli inserimenti ancora in corso; manca finché se ne è concluso meno della metà.",
        "Le rette consegnate senza importo non entrano nel costo: i loro giorni sono contati a parte.",
        "Spostamenti e rientri si calcolano per anno, affidi e strutture insieme.",
    ),
    "risorse": (
        "Rette e contributi di affido stanno a parte: non consumano le risorse della coprogettazione.",
        "La quota di risorse di un Comune si legge accanto a quella dei minori: da sola non dice se è adeguata.",
    ),
    "compartecipazione": (
        "Le deroghe non si ricavano dalla formula: una quota diversa può essere una deroga non registrata.",
        "Le ipotesi ricalcolano l'anno con altre condizioni: non prevedono come cambierebbero ISEE e domande.",
    ),
    "personale": (
        "Le ore sono quelle consegnate: un ente che non consegna il personale risulta senza ore.",
        "Chi lavora in più servizi o Comuni è contato in ciascuno e una volta sola nel totale.",
    ),
    "reclami": (
        "Pochi reclami possono voler dire servizi buoni, oppure che reclamare è difficile.",
        "Il rispetto del termine si conosce solo per i reclami con risposta o già oltre il termine.",
    ),
    "soddisfazione": (
        "Risponde chi vuole: chi non risponde può pensarla diversamente. Guardare il tasso di risposta.",
        "L'intervallo dice quanto la quota può dipendere dal caso: se due intervalli si sovrappongono, anche la differenza tra le "
        "due quote può esserne il frutto.",
    ),
    "controlli": (
        "La conformità riguarda le sole prestazioni controllate: non dice quante lo sarebbero tra le altre.",
    ),
    "regole": (
        "«Non valutabile» vuol dire che manca un dato, non che la regola è rispettata.",
        "Le scadenze si contano alla data di riferimento dei dati, non a oggi.",
    ),
    "governance": ("Si contano gli incontri consegnati: quali siano le decisioni è scritto nei verbali.",),
    "qualita": (
        "I controlli trovano ciò che è incoerente o fuori regola, non ciò che è plausibile ma sbagliato.",
    ),
    "rapporti": (
        "I file si fanno con la pubblicazione mostrata: dopo una nuova pubblicazione vanno prodotti di nuovo.",
    ),
    "protette": (
        "Le cifre sono quelle del fascicolo com'è uscito: una pubblicazione più recente non le cambia finché non se ne "
        "produce un altro.",
        "Un dato oscurato non è uno zero e non manca: i totali lo comprendono.",
        "Il grafico non disegna i dati oscurati e lo dice.",
    ),
    "rilasci": (
        "Il confronto conta le cifre diverse: da sole non dicono quale delle due pubblicazioni sia giusta.",
    ),
}
