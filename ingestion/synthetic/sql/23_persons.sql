-- What is known of each minor. The codice fiscale is built as the real one (six letters that stand for the names,
-- birth date and sex, place, control letter) but its place starts with Y: cadastral codes of municipalities go from
-- A to M, those of foreign states start with Z, so no person can have been born there. The six letters number the
-- persons (by steps that scatter them), so no two minors share a code.
create macro letters_of(n) as list_aggregate(
    list_transform(
        range(6), lambda i: 'BCDFGHLMNPRSTVZ'[1 + cast((n // cast(pow(15, i) as bigint)) % 15 as integer)]
    ),
    'string_agg',
    ''
);

-- The control letter (D.M. 23/12/1976): the list holds the values of characters in odd places, 0-9 then A-Z.
create macro place_of(letter) as instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', letter);
create macro control_letter(code) as chr(
    65 + cast(list_sum(list_transform(range(1, 16), lambda i:
        case when i % 2 = 1
            then ([
                1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
                2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
            ])[place_of(code[i])]
            else place_of(code[i]) - case when code[i] >= 'A' then 11 else 1 end
        end
    )) % 26 as integer)
);

create table persons as
with known as (
    select
        candidate,
        any_value(family) as family,
        min(born_on) as born_on,
        bool_or(is_unaccompanied) as is_unaccompanied,
        bool_or(in_criminal_case) as in_criminal_case,
        min_by(municipality_code, (first_opened_on, body_code)) as municipality_code
    from minors
    group by candidate
),

numbered_persons as (
    select
        *,
        row_number() over (order by candidate) as person_no,
        case
            when u(candidate, 'sex') < case
                when is_unaccompanied then 0.95
                when in_criminal_case then 0.84
                else 0.53
            end
                then 'M'
            else 'F'
        end as sesso,
        u(family, 'citizenship') as c
    from known
),

coded as (
    select
        *,
        letters_of((person_no * 7368787 + getvariable('seed') % 11390625) % 11390625)
        || strftime(born_on, '%y')
        || 'ABCDEHLMPRST'[month(born_on)]
        || lpad(cast(day(born_on) + case sesso when 'F' then 40 else 0 end as varchar), 2, '0')
        || 'Y' || lpad(cast(between_days(0, 99, u(candidate, 'place')) as varchar), 2, '0')
        -- Omocodia: in a few codes a digit is replaced with its letter.
        || case when u(candidate, 'omocodia') < 0.012 then 'LMNPQRSTUV' else '0123456789' end[
            1 + cast(floor(u(candidate, 'digit') * 10) as integer)
        ] as code
    from numbered_persons
)

select
    * exclude (code, c),
    case
        when is_unaccompanied and u(candidate, 'has code') < 0.7 then null
        when u(candidate, 'has code') < 0.004 then null
        else code || control_letter(code)
    end as codice_fiscale,
    case
        when is_unaccompanied then 'extra_ue'
        when c < 0.69 then 'italiana'
        when c < 0.75 then 'ue'
        when c < 0.975 then 'extra_ue'
        when c < 0.98 then 'apolide'
        else 'non_nota'
    end as cittadinanza,
    case
        when is_unaccompanied then null
        when u(family, 'residence') < 0.965 then municipality_code
        when u(family, 'residence') < 0.97 then null
        else pick(getvariable('outside'), u(family, 'outside'))
    end as comune_residenza,
    case
        when u(candidate, 'orphan') < 0.08 then null
        when is_unaccompanied then case when u(candidate, 'orphan') < 0.3 then '2' else '1' end
        when u(family, 'orphan') < 0.82 then '1'
        else pick(['3', '3', '4', '5'], u(family, 'lost'))
    end as condizione_minore,
    case when u(candidate, 'disability') < 0.12 then null else u(candidate, 'disability') > 0.92 end as disabilita,
    case
        when is_unaccompanied or u(family, 'household') < 0.07 then null
        else pick(
            ['1|2', '1|2|3', '1|2|3', '1|3', '1', '1|5', '1|3|5', '1|4', '2', '2|3', '1|2|4', '4', '1|2|3|6'],
            u(family, 'members')
        )
    end as composizione_famiglia
from coded;
