"""`catalogo.jsonld`: the catalogue record of the data set after DCAT-AP_IT, the Italian profile of DCAT-AP.

One catalogue, one data set, one distribution per file; codes of themes, frequencies, languages and file types are those
of the Publications Office of the EU, as the profile asks.
"""

import json
from datetime import date
from typing import Any

from reporting.open_data.dataset import CELLS, CELLS_TITLE, DataSet
from reporting.open_data.tables import TABLES

FILE = "catalogo.jsonld"
AUTHORITY = "http://publications.europa.eu/resource/authority"
ATTRIBUTION = "http://purl.org/adms/licencetype/Attribution"
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "schema": "http://schema.org/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def catalogue_of(data: DataSet) -> bytes:
    """The catalogue record, as JSON-LD. Names without an address are relative to where the record lies."""
    holder = _holder(data)
    graph = [
        {
            "@id": data.address(FILE),
            "@type": ["dcatapit:Catalog", "dcat:Catalog"],
            "dct:title": _it(f"Dati aperti di {data.publisher.office}"),
            "dct:description": _it("I dati aperti sui servizi di tutela dei minori dell'Ambito."),
            "dct:publisher": _ref(holder["@id"]),
            "dct:issued": _day(data.issued),
            "dct:modified": _day(data.modified),
            "dct:language": _code("language", "ITA"),
            "dcat:themeTaxonomy": _ref(f"{AUTHORITY}/data-theme"),
            "dcat:dataset": _ref(_dataset_id(data)),
        },
        _dataset(data, holder["@id"]),
        *(_distribution(data, table.file, table.title, data.describe(table)) for table in TABLES),
        _distribution(data, f"{CELLS}.csv", CELLS_TITLE, data.description),
        holder,
        _licence(data),
        *([_contact(data)] if data.publisher.contact else []),
    ]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def _dataset_id(data: DataSet) -> str:
    return f"{data.address(FILE)}#{data.name}"


def _dataset(data: DataSet, holder: str) -> Node:
    files = [*(table.file for table in TABLES), f"{CELLS}.csv"]
    record = {
        "@id": _dataset_id(data),
        "@type": ["dcatapit:Dataset", "dcat:Dataset"],
        "dct:identifier": data.identifier,
        "dct:title": _it(data.title),
        "dct:description": _it(data.description),
        "dcat:theme": _code("data-theme", "SOCI"),
        "dcat:keyword": [_it(word) for word in data.keywords],
        "dct:publisher": _ref(holder),
        "dct:rightsHolder": _ref(holder),
        "dct:creator": _ref(holder),
        "dct:accrualPeriodicity": _code("frequency", "ANNUAL"),
        "dct:issued": _day(data.issued),
        "dct:modified": _day(data.modified),
        "dct:language": _code("language", "ITA"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "schema:startDate": _day(data.period.start),
            "schema:endDate": _day(data.period.end),
        },
        "dct:spatial": {
            "@type": "dct:Location",
            "dcatapit:geographicalIdentifier": "Ambito Territoriale di Seregno (provincia di Monza e della Brianza)",
        },
        "owl:versionInfo": data.release,
        "dcat:distribution": [_ref(_distribution_id(data, file)) for file in files],
    }
    if data.publisher.contact:
        record["dcat:contactPoint"] = _ref(_contact_id(data))
    return record


def _distribution_id(data: DataSet, file: str) -> str:
    return f"{data.address(FILE)}#{file}"


def _distribution(data: DataSet, file: str, title: str, description: str) -> Node:
    return {
        "@id": _distribution_id(data, file),
        "@type": ["dcatapit:Distribution", "dcat:Distribution"],
        "dct:title": _it(title),
        "dct:description": _it(description),
        "dct:format": _code("file-type", "CSV"),
        "dcat:mediaType": _ref("https://www.iana.org/assignments/media-types/text/csv"),
        "dct:license": _ref(data.publisher.licence.address),
        "dcat:accessURL": _ref(data.address(file)),
        "dcat:downloadURL": _ref(data.address(file)),
        "dcat:byteSize": {"@type": "xsd:decimal", "@value": str(len(data.files[file]))},
        "dct:issued": _day(data.issued),
        "dct:modified": _day(data.modified),
    }


def _holder(data: DataSet) -> Node:
    return {
        "@id": f"{data.address(FILE)}#{data.publisher.ipa_code}",
        "@type": ["dcatapit:Agent", "foaf:Agent"],
        "dct:identifier": data.publisher.ipa_code,
        "foaf:name": _it(data.publisher.holder),
    }


def _licence(data: DataSet) -> Node:
    licence = data.publisher.licence
    return {
        "@id": licence.address,
        "@type": ["dcatapit:LicenseDocument", "dct:LicenseDocument"],
        "foaf:name": _it(licence.name),
        "dct:type": _ref(ATTRIBUTION),
        "owl:versionInfo": licence.version,
    }


def _contact_id(data: DataSet) -> str:
    return f"{data.address(FILE)}#contatto"


def _contact(data: DataSet) -> Node:
    return {
        "@id": _contact_id(data),
        "@type": ["dcatapit:Organization", "vcard:Organization", "vcard:Kind"],
        "vcard:fn": data.publisher.office,
        "vcard:hasEmail": _ref(f"mailto:{data.publisher.contact}"),
    }


def _ref(address: str) -> Node:
    return {"@id": address}


def _code(scheme: str, code: str) -> Node:
    return _ref(f"{AUTHORITY}/{scheme}/{code}")


def _it(text: str) -> Node:
    return {"@language": "it", "@value": text}


def _day(day: date) -> Node:
    return {"@type": "xsd:date", "@value": day.isoformat()}
