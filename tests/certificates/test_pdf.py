import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pypdf
import pytest

from app.certificates.print.errors import NotPrintable
from app.certificates.print.page import SERIALS_ON_FIRST_PAGE, SERIALS_ON_PAPER_MAX
from app.certificates.print.pdf import certificate_pdf
from app.certificates.rules import RevocationReason
from tests.certificates.papers import INDEX, NUMBER, REVOKED_AT, credential, files, listed, paper, serials
from tests.paper import codes_on, page_count, text_of


def tight(document: bytes) -> str:
    """What is printed, without the spaces and breaks that setting brings."""
    return "".join(text_of(document).split())


def test_every_figure_of_the_signed_document_stands_on_one_page():
    document = paper()
    said = tight(document)

    assert page_count(document) == 1
    for figure in (
        "碳汇注销证书",
        "CarbonCreditRetirementCertificate",
        NUMBER,
        "张**",
        "抵消本人的排放",
        "1.013t",
        "1,013kgCO2e",
        "峰源竹林经营碳汇项目",
        "产生年份Vintage2024",
        "CM-AR-002-V01",
        "林碳登记簿",
        "LS33-F-0007-2024120001–121013",
        "2026年5月30日09:15:42",
        "ret_7q2m4t8wxk0d9neb",
        "丽水市生态环境局",
        "密钥公布在carbon.example.cn",
        "did:web:carbon.example.cn:issuers:lishui-ecology",
        "2026年5月30日10:15:09",
        "不设到期日",
        "第48213号",
        "2026年5月30日10:14:00签发，未列入本证书",
        hashlib.sha256(files().credential).hexdigest(),
    ):
        assert "".join(figure.split()) in said, figure


def test_paper_says_before_all_else_that_the_signed_file_is_the_certificate():
    said = tight(paper())

    statement = said.index("签名文件才是证书，纸面不是。")
    assert statement < said.index("碳汇注销证书")
    assert "Thesignedfileisthecertificate,thepaperisnot." in said


def test_code_on_the_page_is_the_public_address_in_capitals_with_the_address_in_clear_below():
    document = paper()

    assert codes_on(document) == [f"HTTPS://CARBON.EXAMPLE.CN/V/{NUMBER}"]
    assert f"carbon.example.cn/v/{NUMBER}" in tight(document)


def test_attached_files_are_the_given_ones_byte_for_byte_and_each_says_what_it_is():
    given = files()
    document = pypdf.PdfReader(io.BytesIO(paper()))

    assert document.attachments == {
        "credential.json": [given.credential],
        "did.json": [given.did.encode()],
        "context.json": [given.context.encode()],
        "status.json": [given.status_list],
        "log-proof": [given.log_proof.encode()],
    }
    assert {file.name: (file.subtype, str(file.associated_file_relationship)) for file in document.attachment_list} == {
        "credential.json": ("/application/vc", "/Data"),
        "did.json": ("/application/did+json", "/Supplement"),
        "context.json": ("/application/ld+json", "/Supplement"),
        "status.json": ("/application/vc", "/Supplement"),
        "log-proof": ("/text/plain", "/Supplement"),
    }
    assert all(file.description for file in document.attachment_list)


def test_nothing_of_the_holder_stands_beside_the_page():
    document = pypdf.PdfReader(io.BytesIO(paper()))

    assert dict(document.metadata) | {"/Creator": ""} == {
        "/Title": f"碳汇注销证书 {NUMBER}",
        "/Author": "丽水市生态环境局",
        "/Creator": "",
        "/CreationDate": "D:20260530021509Z",
        "/ModDate": "D:20260530021509Z",
    }
    assert b"\xe5\xbc\xa0" not in document.xmp_metadata.stream.get_data()  # 张
    assert (document.xmp_metadata.pdfaid_part, document.xmp_metadata.pdfaid_conformance) == ("3", "A")
    assert document.root_object["/Lang"] == "zh-CN"


def test_same_files_make_the_same_bytes_and_every_file_counts():
    once = paper()

    assert paper() == once
    for changed in (
        {"did": "{}"},
        {"status_list": listed(1)},
        {"log_proof": files().log_proof.replace("AAAA", "AAAB")},
        {"context": "{}"},
    ):
        assert paper(**changed) != once


def test_gift_names_its_recipient_and_through_whom_it_was_given():
    said = tight(paper(credential(purpose="gift", donatedThrough="丽水市慈善总会")))

    assert "受赠人Recipient张**" in said
    assert "赠予他人" in said
    assert "捐赠经由Donatedthrough丽水市慈善总会" in said


def test_organisation_is_named_in_full_with_its_code():
    beneficiary = {"type": "Organization", "name": "峰源林场", "unitCreditCode": "91330000EXAMPLE01X"}
    said = tight(paper(credential(maskedName=None, holderCommitment=None, beneficiary=beneficiary)))

    assert "持有人Holder峰源林场91330000EXAMPLE01X" in said


@pytest.mark.parametrize(
    ("cancellation", "said"),
    [
        ("pending", "来源处注销Cancelledatsource尚未取得证明"),
        (
            {"registry": "CCER", "reference": "注销 2026-17", "date": "2026-06-02"},
            "来源处注销CancelledatsourceCCER，2026年6月2日注销2026-17",
        ),
    ],
)
def test_kilograms_of_another_registry_say_whether_they_are_cancelled_there(cancellation, said):
    assert said in tight(paper(credential(custody="external", sourceCancellation=cancellation)))


@pytest.mark.parametrize(
    ("kg", "tonnes"), [("0.001", "0.001 t"), ("0.013", "0.013 t"), ("12480.000", "12,480.000 t")], ids=str
)
def test_quantity_stands_in_tonnes_with_three_decimals_and_in_kilograms(kg, tonnes):
    said = tight(paper(credential(quantity=kg)))

    assert tonnes.replace(" ", "") in said
    assert f"{int(kg.replace('.', '')):,}kgCO2e" in said


def test_few_ranges_of_serials_stand_on_the_first_page():
    document = paper(credential(serials=serials(SERIALS_ON_FIRST_PAGE)))

    assert page_count(document) == 1
    assert all(f"{each['first']}–{each['last']}" in tight(document) for each in serials(SERIALS_ON_FIRST_PAGE))


@pytest.mark.parametrize("count", [SERIALS_ON_FIRST_PAGE + 1, 200])
def test_more_ranges_than_that_flow_on_to_further_pages_all_of_them(count):
    document = paper(credential(serials=serials(count)))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]

    assert len(pages) > 1
    assert f"共 {count} 段" in pages[0]
    assert "本文件的附件" in pages[0]
    later = "\n".join(pages[1:])
    assert all(f"{each['first']}–{each['last']}" in later for each in serials(count))
    assert all(NUMBER in page for page in pages)
    assert codes_on(document) == [f"HTTPS://CARBON.EXAMPLE.CN/V/{NUMBER}"]


def test_list_longer_than_a_book_stands_in_the_signed_file_alone():
    document = paper(credential(serials=serials(SERIALS_ON_PAPER_MAX + 1)))

    assert page_count(document) == 1
    assert "共1,001段，见附件credential.json" in tight(document)


def test_paper_of_a_revoked_certificate_says_so_and_when_and_why():
    said = tight(paper(status_list=listed(INDEX), revoked=(REVOKED_AT, RevocationReason.ERROR)))

    assert "已撤销。2026年6月2日，原因：内容有误" in said
    assert "Revokedon2026-06-02,reason:anerror" in said
    assert "已列入本证书" in said
    assert "已撤销" not in tight(paper())


@pytest.mark.parametrize("reason", RevocationReason)
def test_every_reason_of_a_revocation_has_its_words(reason):
    assert "原因：" in tight(paper(revoked=(REVOKED_AT, reason)))


def test_certificate_with_everything_that_can_stand_on_it_still_fits_one_page():
    cancellation = {"registry": "国家温室气体自愿减排注册登记系统", "reference": "CCER-2026-17", "date": "2026-06-02"}
    everything = credential(
        purpose="gift",
        donatedThrough="丽水市慈善总会",
        custody="external",
        sourceCancellation=cancellation,
        serials=serials(SERIALS_ON_FIRST_PAGE),
    )

    assert page_count(paper(everything, is_demo=True)) == 1


def test_demo_says_on_every_page_that_all_of_it_is_invented():
    document = paper(credential(serials=serials(200)), is_demo=True)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]

    assert len(pages) > 1
    assert all("单位、人名、数字和编号均为虚构" in page for page in pages)
    assert "虚构" not in text_of(paper())


def test_code_of_the_template_in_a_name_stays_text():
    code = '#panic("x") ] #import "@preview/x:1.0.0" $x^2$ *b* // \\u{41}'
    said = tight(paper(credential(projectName=code, maskedName="#1+1")))

    assert "".join(code.split()) in said
    assert "#1+1" in said


def test_rare_character_of_a_name_is_printed():
    assert "𠮷*" in tight(paper(credential(maskedName="𠮷*")))


@pytest.mark.parametrize("member", ["maskedName", "projectName", "registry", "methodology"])
def test_character_without_a_glyph_refuses_the_whole_paper(member):
    with pytest.raises(NotPrintable):
        paper(credential(**{member: "🌲"}))


def test_address_of_a_long_host_stays_on_the_page_and_its_code_readable():
    long_host = "https://certificates.carbon.accounts.of.a.very.long.name.example.gov.cn"
    document = credential() | {"id": f"{long_host}/v/{NUMBER}"}

    made = certificate_pdf(files(document), public_url=long_host, is_demo=False)

    assert codes_on(made) == [f"{long_host}/v/{NUMBER}".upper()]
    assert f"{long_host.removeprefix('https://')}/v/{NUMBER}" in tight(made)


def test_eight_threads_print_a_hundred_certificates_each_its_own():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda kg: paper(credential(quantity=f"0.{kg:03}")), range(1, 101)))

    assert len(set(made)) == 100
    for kg, document in list(enumerate(made, 1))[::9]:
        assert f"0.{kg:03}t" in tight(document)
