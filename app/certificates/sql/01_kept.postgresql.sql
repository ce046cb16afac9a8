-- What is said with a certificate never changes: its number, whose it is, what it is about; once signed, which document says so
-- and its place in the status list. A revocation is for good, and two people stand behind it.
CREATE OR REPLACE FUNCTION certificates_certificate_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'certificates_certificate_kept' USING ERRCODE = 'LT020', CONSTRAINT = 'certificates_certificate_kept';
END $$
-- ;;
CREATE TRIGGER certificates_certificate_comes_issuing BEFORE INSERT ON certificates_certificate FOR EACH ROW
WHEN (NEW.state <> 'issuing' OR NEW.superseded_by IS NOT NULL)
EXECUTE FUNCTION certificates_certificate_kept()
-- ;;
CREATE TRIGGER certificates_certificate_kept BEFORE UPDATE ON certificates_certificate FOR EACH ROW
WHEN (
    NEW.id IS DISTINCT FROM OLD.id
    OR NEW.number IS DISTINCT FROM OLD.number
    OR NEW.kind IS DISTINCT FROM OLD.kind
    OR NEW.holder_kind IS DISTINCT FROM OLD.holder_kind
    OR NEW.holder_id IS DISTINCT FROM OLD.holder_id
    OR NEW.subject_kind IS DISTINCT FROM OLD.subject_kind
    OR NEW.subject_id IS DISTINCT FROM OLD.subject_id
    OR NEW.draft IS DISTINCT FROM OLD.draft
    OR NEW.created_at IS DISTINCT FROM OLD.created_at
    OR (OLD.document_id IS NOT NULL AND (NEW.document_id IS DISTINCT FROM OLD.document_id OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.issuer IS DISTINCT FROM OLD.issuer
        OR NEW.mandate_document_id IS DISTINCT FROM OLD.mandate_document_id OR NEW.list_number IS DISTINCT FROM OLD.list_number OR NEW.list_index IS DISTINCT FROM OLD.list_index))
    OR (OLD.superseded_by IS NOT NULL AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by)
    OR (OLD.state = 'issuing' AND NEW.state = 'revoked')
    OR (OLD.state = 'valid' AND NEW.state NOT IN ('valid', 'revoked'))
    OR (OLD.state IN ('refused', 'revoked') AND NEW.state <> OLD.state)
)
EXECUTE FUNCTION certificates_certificate_kept()
-- ;;
CREATE TRIGGER certificates_certificate_no_delete BEFORE DELETE ON certificates_certificate FOR EACH ROW
EXECUTE FUNCTION certificates_certificate_kept()
-- ;;
CREATE TRIGGER certificates_certificate_no_truncate BEFORE TRUNCATE ON certificates_certificate FOR EACH STATEMENT
EXECUTE FUNCTION certificates_certificate_kept()
-- ;;
-- A certificate counts as revoked when there is a revocation of it, and a revocation when a second person has approved it.
CREATE OR REPLACE FUNCTION certificates_certificate_revoked() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM certificates_revocation WHERE certificate_id = NEW.id) THEN
        RAISE EXCEPTION 'certificates_certificate_revoked'
            USING ERRCODE = 'LT020', CONSTRAINT = 'certificates_certificate_revoked';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER certificates_certificate_revoked BEFORE UPDATE ON certificates_certificate FOR EACH ROW
WHEN (NEW.state = 'revoked' AND OLD.state <> 'revoked')
EXECUTE FUNCTION certificates_certificate_revoked()
-- ;;
CREATE OR REPLACE FUNCTION certificates_revocation_approved() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM approvals_proposal
        WHERE id = NEW.proposal_id AND kind = 'certificates.revocation' AND state = 'approved'
            AND subject_id = NEW.certificate_id
    ) OR NOT EXISTS (
        SELECT 1 FROM certificates_certificate
        WHERE id = NEW.certificate_id AND state = 'valid' AND issuer = NEW.issuer AND list_number = NEW.list_number
            AND list_index = NEW.list_index
    ) THEN
        RAISE EXCEPTION 'certificates_revocation_approved'
            USING ERRCODE = 'LT020', CONSTRAINT = 'certificates_revocation_approved';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER certificates_revocation_approved BEFORE INSERT ON certificates_revocation FOR EACH ROW
EXECUTE FUNCTION certificates_revocation_approved()
-- ;;
-- Replaced is what was revoked for that reason: without the revocation both would be good.
CREATE OR REPLACE FUNCTION certificates_certificate_superseded() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM certificates_revocation WHERE certificate_id = NEW.id AND reason = 'superseded') THEN
        RAISE EXCEPTION 'certificates_certificate_superseded'
            USING ERRCODE = 'LT020', CONSTRAINT = 'certificates_certificate_superseded';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER certificates_certificate_superseded BEFORE UPDATE ON certificates_certificate FOR EACH ROW
WHEN (NEW.superseded_by IS DISTINCT FROM OLD.superseded_by)
EXECUTE FUNCTION certificates_certificate_superseded()
-- ;;
-- What a retirement serves passes to the successor of a replaced certificate, and to nothing else.
CREATE OR REPLACE FUNCTION certificates_claim_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW.retirement_id <> OLD.retirement_id OR NOT EXISTS (
        SELECT 1 FROM certificates_certificate WHERE id = OLD.certificate_id AND superseded_by = NEW.certificate_id
    ) OR NOT EXISTS (
        SELECT 1 FROM certificates_certificate WHERE id = NEW.certificate_id AND subject_id = NEW.retirement_id
    ) THEN
        RAISE EXCEPTION 'certificates_claim_kept' USING ERRCODE = 'LT020', CONSTRAINT = 'certificates_claim_kept';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER certificates_claim_kept BEFORE UPDATE OR DELETE ON certificates_claim FOR EACH ROW
EXECUTE FUNCTION certificates_claim_kept()
-- ;;
CREATE TRIGGER certificates_claim_no_truncate BEFORE TRUNCATE ON certificates_claim FOR EACH STATEMENT
EXECUTE FUNCTION certificates_certificate_kept()
