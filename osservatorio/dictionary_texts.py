"""The words of the data dictionary that no contract or list holds."""

# kind of a column -> its name, what may be written in a file, an example
KINDS = {
    "id": ("identificativo", "da 1 a 40 caratteri: lettere senza accento, cifre e i segni `.` `_` `-` `/`", "`PIC-2022/014`"),
    "istat": ("codice ISTAT", "le sei cifre del codice ISTAT del Comune, con l'eventuale zero iniziale", "`108039`"),
    "cf": ("codice fiscale", "16 caratteri, maiuscoli o minuscoli; la lettera di controllo deve essere giusta", ""),
    "date": ("data", "anno-mese-giorno, giorno/mese/anno, giorno-mese-anno, o una cella di tipo data in Excel", "`2022-06-30`, `30/06/2022`"),
    "month": ("mese", "anno-mese o mese/anno", "`2022-06`, `06/2022`"),
    "year": ("anno", "quattro cifre", "`2022`"),
    "code": ("codice", "uno dei codici dell'elenco indicato", "`attivo`"),
    "codes": ("codici", "uno o più codici dell'elenco indicato, separati da `|`", "`1|3`"),
    "flag": ("sì o no", "S o N; si accettano anche SI, sì, NO, true, false, 1, 0", "`S`"),
    "int": ("numero intero", "solo cifre; il punto delle migliaia si accetta quando non è ambiguo", "`90`"),
    "decimal": ("numero", "con la virgola o il punto dei decimali; i separatori delle migliaia si accettano quando non sono ambigui", "`1.234,50`"),
    "text": ("testo", "testo libero fino alla lunghezza indicata, senza nomi di persone", ""),
}  # fmt: skip

FORMATS = {
    "testo": "testo",
    "intero": "numero intero",
    "decimale": "numero con decimali",
    "percentuale": "percentuale (tra 0 e 1)",
    "euro": "euro",
    "data": "data",
    "codice": "codice",
    "si_no": "sì o no",
}

# Titles of the lists that no column names well; the others take the label of the first column that uses them.
LIST_TITLES = {
    "municipalities": "Comuni dell'Ambito",
    "services": "Servizi",
    "services_with_cases": "Servizi che seguono casi",
    "questions": "Domande dei questionari",
    "prestazione": "Prestazioni a pagamento",
    "presentatore_reclamo": "Chi presenta il reclamo",
    "svolto_da_controllo": "Chi svolge il controllo",
    "fase_soddisfazione": "Fasi del questionario",
    "age_band": "Fasce d'età",
    "outcome_class": "Esiti di affidi e inserimenti, per classi",
    "isee_band": "Fasce ISEE",
    "isee_scenario": "Ipotesi sulle soglie ISEE",
    "cost_sharing_mistake": "Spiegazioni delle quote da verificare",
    "period_type": "Tipi di periodo",
    "profile_dimension": "Dimensioni del profilo dei minori",
    "si_no": "Sì o no",
    "mart": "Tavole dei risultati",
    "severity": "Peso di una regola",
    "fonte_costo": "Fonti del costo per minore",
    "direzione_indicatore": "Come si legge un indicatore",
    "tema_indicatore": "Temi degli indicatori",
    "rule_outcome": "Esiti di una regola",
    "rule_period": "Che cosa guarda una regola",
    "missing": "Valore mancante",
    "total_municipality": "Totale dei Comuni",
    "total_service": "Totale dei servizi",
    "total_intervention_type": "Totale degli interventi",
    "total_area": "Totale delle aree",
    "total_phase": "Totale delle fasi",
    "total_voce": "Totale delle voci di spesa",
    "total_category": "Totale delle categorie di reclamo",
    "total_gravity": "Totale delle gravità",
    "total_rule": "Totale delle regole",
    "total_profilo": "Totale dei profili",
    "total_level": "Totale dei livelli di coordinamento",
    "total_age_band": "Totale delle fasce d'età",
    "total_sex": "Totale dei sessi",
    "total_prestazione": "Totale delle prestazioni",
    "tipo_accoglienza": "Accoglienze fuori famiglia",
    "total_accoglienza": "Totale delle accoglienze fuori famiglia",
    "gruppo_minori": "Gruppi della rilevazione dei minori fuori famiglia",
    "total_survey": "Totale della rilevazione dei minori fuori famiglia",
    "momento_rilevazione": "Momenti della rilevazione dei minori fuori famiglia",
    "dimensione_rilevazione": "Caratteristiche della rilevazione dei minori fuori famiglia",
    "fascia_eta_rilevazione": "Fasce d'età della rilevazione dei minori fuori famiglia",
    "durata_accoglienza": "Durate della rilevazione dei minori fuori famiglia",
    "forma_accoglienza": "Forme dell'accoglienza fuori famiglia",
}

INTRO = """\
# Dizionario dei dati

Che cosa contengono i file che i Comuni, il soggetto partner e l'Ufficio di Piano consegnano all'Osservatorio, \
colonna per colonna, e che cosa contengono le tavole da cui nascono cruscotti e relazioni.

> Questa pagina è generata dai contratti dei dati (`ingestion/contracts/`, Open Data Contract Standard v3) e dagli \
elenchi in `dbt_project/seeds/`. Non va corretta a mano: si corregge il contratto o l'elenco e si rigenera la pagina \
con `make dictionary`."""

DELIVERY = """\
<a id="consegna"></a>

## Come si consegna un file

- **Il nome** comincia con il nome dell'estratto; il resto è libero dopo due trattini bassi: \
`interventi__seveso__2022-06-30.csv`. Vanno bene i file CSV, XLSX e Parquet, anche dentro uno ZIP. Se una delle \
parti del nome è un Comune (`seveso`, o il suo codice `108040`), il file può contenere soltanto dati di quell'ente.
- **Le colonne** possono stare in qualsiasi ordine. Una colonna non obbligatoria può mancare del tutto.
- **Un dato consegnato due volte** non si somma: per la stessa chiave vale l'estrazione più recente e, a parità di \
data, l'ultima caricata. Per ritirare un dato si consegna di nuovo con `stato_record` uguale a `annullato`.
- **Sostituzione completa**: se il nome comincia con `interventi__completa`, i dati dello stesso ente che non sono \
nel file valgono come ritirati.
- **I dati riservati** (🔒) non vengono mai conservati come consegnati: prima di ogni scrittura li sostituisce uno \
pseudonimo calcolato con la chiave dell'Ambito.
- **Una riga che non rispetta il contratto** non entra: va in quarantena con un messaggio che dice che cosa \
correggere, e il resto del file prosegue. Si controlla che i valori obbligatori ci siano, che ogni valore sia del \
suo tipo, nei limiti e nell'elenco, e che valgano i controlli elencati sotto ogni estratto. Le \
[regole della quarantena](regole_quarantena.md) sono tutte in una pagina. Una riga corretta e consegnata di nuovo \
chiude da sola la sua voce.
- **Una riga che richiama un dato non ancora arrivato** (per esempio un intervento di una presa in carico che nessuno ha \
consegnato) resta in attesa, ed entra da sola quando arriva il dato: non va consegnata di nuovo."""
