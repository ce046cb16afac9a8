-- What is said with a certificate never changes: its number, whose it is, what it is about; once signed, which document says so
-- and its place in the status list. A revocation is for good, and two people stand behind it.
CREATE TRIGGER certificates_certificate_comes_issuing BEFORE INSERT ON certificates_certificate
WHEN NEW.state <> 'issuing' OR NEW.superseded_by IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'certificates_certificate_kept');
END
-- ;;
CREATE TRIGGER certificates_certificate_kept BEFORE UPDATE ON certificates_certificate
WHEN
    NEW.id IS NOT OLD.id
    OR NEW.number IS NOT OLD.number
    OR NEW.kind IS NOT OLD.kind
    OR NEW.holder_kind IS NOT OLD.holder_kind
    OR NEW.holder_id IS NOT OLD.holder_id
    OR NEW.subject_kind IS NOT OLD.subject_kind
    OR NEW.subject_id IS NOT OLD.subject_id
    OR NEW.draft IS NOT OLD.draft
    OR NEW.created_at IS NOT OLD.created_at
    OR (OLD.document_id IS NOT NULL AND (NEW.document_id IS NOT OLD.document_id OR NEW.valid_from IS NOT OLD.valid_from OR NEW.issuer IS NOT OLD.issuer
        OR NEW.mandate_document_id IS NOT OLD.mandate_document_id OR NEW.list_number IS NOT OLD.list_number OR NEW.list_index IS NOT OLD.list_index))
    OR (OLD.superseded_by IS NOT NULL AND NEW.superseded_by IS NOT OLD.superseded_by)
    OR (OLD.state = 'issuing' AND NEW.state = 'revoked')
    OR (OLD.state = 'valid' AND NEW.state NOT IN ('valid', 'revoked'))
    OR (OLD.state IN ('refused', 'revoked') AND NEW.state <> OLD.state)
BEGIN
    SELECT RAISE(ABORT, 'certificates_certificate_kept');
END
-- ;;
CREATE TRIGGER certificates_certificate_no_delete BEFORE DELETE ON certificates_certificate
BEGIN
    SELECT RAISE(ABORT, 'certificates_certificate_kept');
END
-- ;;
-- A certificate counts as revoked when there is a revocation of it, and a revocation when a second person has approved it.
CREATE TRIGGER certificates_certificate_revoked BEFORE UPDATE ON certificates_certificate
WHEN NEW.state = 'revoked' AND OLD.state <> 'revoked'
    AND NOT EXISTS (SELECT 1 FROM certificates_revocation WHERE certificate_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'certificates_certificate_revoked');
END
-- ;;
CREATE TRIGGER certificates_revocation_approved BEFORE INSERT ON certificates_revocation
WHEN NOT EXISTS (
    SELECT 1 FROM approvals_proposal
    WHERE id = NEW.proposal_id AND kind = 'certificates.revocation' AND state = 'approved'
        AND subject_id = NEW.certificate_id
) OR NOT EXISTS (
    SELECT 1 FROM certificates_certificate
    WHERE id = NEW.certificate_id AND state = 'valid' AND issuer = NEW.issuer AND list_number = NEW.list_number
        AND list_index = NEW.list_index
)
BEGIN
    SELECT RAISE(ABORT, 'certificates_revocation_approved');
END
-- ;;
-- Replaced is what was revoked for that reason: without the revocation both would be good.
CREATE TRIGGER certificates_certificate_superseded BEFORE UPDATE ON certificates_certificate
WHEN NEW.superseded_by IS NOT OLD.superseded_by
    AND NOT EXISTS (SELECT 1 FROM certificates_revocation WHERE certificate_id = NEW.id AND reason = 'superseded')
BEGIN
    SELECT RAISE(ABORT, 'certificates_certificate_superseded');
END
-- ;;
-- What a retirement serves passes to the successor of a replaced certificate, and to nothing else.
CREATE TRIGGER certificates_claim_kept BEFORE UPDATE ON certificates_claim
WHEN NEW.retirement_id IS NOT OLD.retirement_id OR NOT EXISTS (
    SELECT 1 FROM certificates_certificate WHERE id = OLD.certificate_id AND superseded_by = NEW.certificate_id
) OR NOT EXISTS (
    SELECT 1 FROM certificates_certificate WHERE id = NEW.certificate_id AND subject_id = NEW.retirement_id
)
BEGIN
    SELECT RAISE(ABORT, 'certificates_claim_kept');
END
-- ;;
CREATE TRIGGER certificates_claim_no_delete BEFORE DELETE ON certificates_claim
BEGIN
    SELECT RAISE(ABORT, 'certificates_claim_kept');
END
