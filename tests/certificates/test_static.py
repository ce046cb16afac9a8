"""Files that signed documents name: they never change under their address, and are the same in every city."""

import hashlib
import json

import pytest
from jsonschema import Draft202012Validator

from app.certificates.documents import CONTEXT_FILE, schema_path
from tests.certificates.looking import content_of

# Once a city has signed with them they are changed no more: another content is another address, v2.
CONTEXT_SHA256 = "dea814e5608e57ee0986b27cf750be3197fd3799beae1b9661d8cdb8b17610f7"
SCHEMA_SHA256 = "58a06d17c3276b4c75672b0a4d50d5e16514bff35a186763b25d1297793e0be1"

# Terms at the top of https://www.w3.org/ns/credentials/v2 (SHA-256 59955ced…92734), which are protected, and those that it
# gives a credential. A later context that defines one of them again is refused by every JSON-LD processor.
OF_W3C = {
    *("id", "type", "description", "digestMultibase", "digestSRI", "mediaType", "name", "proof", "issuer"),
    *("VerifiableCredential", "JsonSchema", "BitstringStatusListEntry", "DataIntegrityProof", "credentialSubject"),
    *("credentialSchema", "credentialStatus", "validFrom", "validUntil", "evidence", "iss", "sub", "exp", "kid", "jku"),
}
# Every member of the subjects of the eight kinds, and of what stands in them.
MEMBERS = [
    "certificateNumber",
    "eventName",
    "venue",
    "areaCode",
    "periodStart",
    "periodEnd",
    "participants",
    "beneficiary",
    "unitCreditCode",
    "standard",
    "standardVersion",
    "basis",
    "boundary",
    "included",
    "excluded",
    "scope",
    "source",
    "reason",
    "inventory",
    "category",
    "amount",
    "unit",
    "emissions",
    "offset",
    "surplus",
    "retirements",
    "evaluator",
    "retiredAt",
    "registry",
    "methodology",
    "projectName",
    "vintage",
    "quantity",
    "serials",
    "block",
    "first",
    "last",
    "custody",
    "sourceCancellation",
    "reference",
    "date",
    "purpose",
    "maskedName",
    "holderCommitment",
    "donatedThrough",
    "treeRegisterNumber",
    "species",
    "ageYears",
    "fee",
    "currency",
    "year",
    "acts",
    "dutyForm",
    "count",
    "dutyTrees",
    "officialNumber",
    "score",
    "stars",
    "scorecard",
    "group",
    "item",
    "points",
    "stationName",
    "rescuedOn",
    "caseNumber",
]
TYPES = [
    "CarbonNeutralEventCertificate",
    "ZeroCarbonHouseholdCertificate",
    "ZeroCarbonOfficeCertificate",
    "ZeroCarbonPlaceCertificate",
    "RetirementCertificate",
    "TreeAdoptionCertificate",
    "TreePlantingRecord",
    "WildlifeRescueCertificate",
    "CarbonNeutralEvent",
    "Organization",
    "QuantifiedBoundary",
    "InventoryLine",
    "Retirement",
    "SerialRange",
    "EvaluationReport",
]


def terms():
    return json.loads(CONTEXT_FILE.read_bytes())["@context"]


def test_the_context_is_the_one_that_was_released():
    assert hashlib.sha256(CONTEXT_FILE.read_bytes()).hexdigest() == CONTEXT_SHA256


def test_the_schema_is_the_one_that_was_released():
    path = schema_path("retirement-certificate")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SCHEMA_SHA256
    Draft202012Validator.check_schema(json.loads(path.read_bytes()))


def test_the_context_has_a_term_for_every_member_and_type_of_all_eight_kinds():
    assert [each for each in [*MEMBERS, *TYPES] if each not in terms()] == []


def test_the_context_is_protected_and_names_no_host_of_a_city():
    meanings = [each if isinstance(each, str) else each["@id"] for name, each in terms().items() if name[0] != "@"]

    assert terms()["@protected"] is True
    assert {each.rpartition("#")[0] or each for each in meanings} == {
        "https://lintan.example/ns/carbon/v1",
        "https://schema.org/Organization",
        "https://schema.org/Place",
        "@id",
        "@type",
    }
    assert "@vocab" not in terms()
    assert len(meanings) == len(set(meanings))


def test_the_context_leaves_the_terms_of_w3c_alone():
    assert (terms().keys() - {"id", "type"}) & OF_W3C == set()
    assert (terms()["id"], terms()["type"]) == ("@id", "@type")


def test_every_member_that_is_signed_has_a_meaning(bureau):
    def names(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                yield name
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    document = content_of(bureau.issue())
    subject = set(names(document["credentialSubject"]))
    assert subject - terms().keys() == set()
    assert {document["type"][1], document["credentialSubject"]["type"]} <= terms().keys()


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/contexts/carbon/v1", "application/ld+json"),
        ("/schemas/retirement-certificate/v1.json", "application/schema+json"),
    ],
)
def test_files_are_served_to_anybodys_page(client, path, content_type):
    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert hashlib.sha256(answer.data).hexdigest() in (CONTEXT_SHA256, SCHEMA_SHA256)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/schemas/mandate/v1.json").status_code == 404
