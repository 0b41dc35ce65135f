select
    p.sender,
    p.body_code as codice_ente,
    p.about as comune_riferimento,
    semester_end(p.month) as data_estrazione,
    null as stato_record,
    numbered(
        s.prefix || '-E' || year(p.month) || '-',
        row_number() over (partition by s.prefix, year(p.month) order by p.month, p.item, p.correction),
        5
    ) as id_spesa,
    p.data_competenza,
    p.service_code as codice_servizio,
    p.voce,
    p.importo,
    p.importo_impegnato,
    p.id_presa_in_carico,
    case
        when u(p.item, 'fund known') < 0.05 then null
        else pick(
            ['comuni', 'comuni', 'comuni', 'comuni', 'fondo_regionale', 'fondo_nazionale', 'fondo_nazionale',
                'fondo_europeo'],
            u(p.item, 'fund')
        )
    end as fonte
from spending as p
inner join senders as s using (sender)
