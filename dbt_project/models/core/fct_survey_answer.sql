with answers as (

    select * from {{ ref('stg_questionari') }}

),

questions as (

    select * from {{ ref('questions') }}

),

joined as (

    select
        answers.codice_ente,
        answers.id_risposta,
        answers.codice_domanda,
        answers.rilevazione,
        answers.municipality_code,
        answers.service_code,
        questions.phase,
        answers.rispondente,
        answers.data_compilazione,
        answers.punteggio
    from answers
    left join questions on answers.codice_domanda = questions.question_code

)

select * from joined
