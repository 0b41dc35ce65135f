"""`datapackage.json`: the files and their columns, as Data Package 2.0 has them described (datapackage.org)."""

import hashlib
import json
from typing import Any

from reporting.disclosure.tidy import MEASURE, NO, STRUCTURE_FILE, TABLE, VALUE, WITHHELD
from reporting.open_data.dataset import CELLS, CELLS_TITLE, DataSet
from reporting.open_data.known import COLUMNS, DIMENSIONS, PARTS, PERIOD, PRINTED
from reporting.open_data.tables import TABLES, YEAR, Column, columns_of

FILE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/"
FORMATS = {"csv": ("csv", "text/csv"), "json": ("json", "application/json")}


def datapackage_of(data: DataSet) -> bytes:
    """The description of the files, as JSON."""
    licence = data.publisher.licence
    content: dict[str, Any] = {
        "$schema": f"{PROFILE}datapackage.json",
        "name": data.name,
        "id": data.identifier,
        "title": data.title,
        "description": data.description,
        "version": data.release,
        "created": f"{data.modified.isoformat()}T00:00:00Z",
        "keywords": list(data.keywords),
        "licenses": [{"name": licence.key, "title": licence.name, "path": licence.address}],
        "contributors": [_contributor(data)],
        "sources": [
            {
                "title": "Cartelle sociali dei Comuni dell'Ambito Territoriale di Seregno e del partner, "
                f"pubblicazione {data.release} di Osservatorio (dati al {data.as_of.isoformat()})"
            }
        ],
        "resources": [*_tables(data), _cells(data), _structure(data)],
    }
    if data.publisher.address:
        content["homepage"] = f"{data.publisher.address}/{data.folder}"
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _contributor(data: DataSet) -> dict[str, Any]:
    publisher = data.publisher
    contributor: dict[str, Any] = {
        "title": publisher.office,
        "organization": publisher.holder,
        "roles": ["publisher", "rightsHolder"],
    }
    return contributor | ({"email": publisher.contact} if publisher.contact else {})


def _resource(data: DataSet, name: str, file: str, title: str, description: str) -> dict[str, Any]:
    content = data.files[file]
    kind, media = FORMATS[file.rsplit(".", 1)[-1]]
    return {
        "$schema": f"{PROFILE}dataresource.json",
        "name": name,
        "path": file,
        "title": title,
        "description": description,
        "format": kind,
        "mediatype": media,
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _tabular(resource: dict[str, Any], fields: list[dict[str, Any]], key: tuple[str, ...]) -> dict[str, Any]:
    return resource | {
        "type": "table",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": {
            "$schema": f"{PROFILE}tableschema.json",
            "fields": fields,
            **({"primaryKey": list(key)} if key else {}),
            "missingValues": [""],
        },
    }


def _tables(data: DataSet) -> list[dict[str, Any]]:
    return [
        _tabular(
            _resource(data, table.name, table.file, table.title, data.describe(table)),
            [_field(column, data.base) for column in columns_of(table, data.cube)],
            table.key,
        )
        for table in TABLES
    ]


def _field(column: Column, base: int) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True}
    if column.is_count:
        definition = f"{column.definition} Arrotondato a un multiplo di {base}."
        constraints["minimum"] = 0
    else:
        definition = column.definition
    if column.codes:
        constraints["enum"] = list(column.codes)
    kind = "integer" if column.is_count else "year" if column.name == YEAR else "string"
    return {
        "name": column.name,
        "type": kind,
        "title": column.label,
        "description": definition,
        "constraints": constraints,
    }


def _cells(data: DataSet) -> dict[str, Any]:
    """The parts of the cube once more, a row per figure: what who wants to attack the tables needs."""

    def text(name: str, title: str, codes: list[str], *, is_required: bool = True) -> dict[str, Any]:
        constraints = {"required": is_required, "enum": codes}
        return {"name": name, "type": "string", "title": title, "constraints": constraints}

    fields = [text(TABLE, "Tabella", list(PARTS))]
    for key in DIMENSIONS:
        label = data.cube.described[COLUMNS[key]].label
        if key == PERIOD:
            fields.append({"name": key, "type": "year", "title": label, "constraints": {"required": True}})
        else:
            codes = list(data.cube.codes[key])
            is_required = all(key in dimensions for dimensions in PARTS.values())
            fields.append(text(key, label, codes, is_required=is_required))
    fields += [
        text(MEASURE, "Misura", list(PRINTED)),
        {
            "name": VALUE,
            "type": "integer",
            "title": "Valore",
            "description": f"Numero arrotondato a un multiplo di {data.base}.",
            "constraints": {"required": True, "minimum": 0},
        },
        text(WITHHELD, "Oscurato", [NO]),
    ]
    resource = _resource(
        data,
        CELLS,
        f"{CELLS}.csv",
        CELLS_TITLE,
        "Gli stessi numeri, uno per riga: la forma che serve a verificarne la riservatezza.",
    )
    return _tabular(resource, fields, ())


def _structure(data: DataSet) -> dict[str, Any]:
    return _resource(
        data,
        "struttura",
        STRUCTURE_FILE,
        "La struttura delle tabelle",
        "Dimensioni, gerarchie, misure e relazioni: che cosa si somma a che cosa.",
    )
