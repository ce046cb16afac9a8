-- What two people look at must be the same thing: a proposal comes in open, its content never changes, its outcome is written
-- once, and it is never deleted.
CREATE OR REPLACE FUNCTION approvals_proposal_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'approvals_proposal_kept' USING ERRCODE = 'LT003', CONSTRAINT = 'approvals_proposal_kept';
END $$
-- ;;
CREATE TRIGGER approvals_proposal_comes_open BEFORE INSERT ON approvals_proposal FOR EACH ROW
WHEN (NEW.state <> 'proposed' OR NEW.version <> 1)
EXECUTE FUNCTION approvals_proposal_kept()
-- ;;
CREATE TRIGGER approvals_proposal_kept BEFORE UPDATE ON approvals_proposal FOR EACH ROW
WHEN (
    OLD.state <> 'proposed'
    OR NEW.state = 'proposed'
    OR NEW.version <> OLD.version + 1
    OR NEW.id IS DISTINCT FROM OLD.id
    OR NEW.kind IS DISTINCT FROM OLD.kind
    OR NEW.title IS DISTINCT FROM OLD.title
    OR NEW.subject_id IS DISTINCT FROM OLD.subject_id
    OR NEW.agency_id IS DISTINCT FROM OLD.agency_id
    OR NEW.county IS DISTINCT FROM OLD.county
    OR NEW.content IS DISTINCT FROM OLD.content
    OR NEW.content_sha256 IS DISTINCT FROM OLD.content_sha256
    OR NEW.proposer_kind IS DISTINCT FROM OLD.proposer_kind
    OR NEW.proposed_by IS DISTINCT FROM OLD.proposed_by
    OR NEW.proposed_at IS DISTINCT FROM OLD.proposed_at
    OR NEW.expires_at IS DISTINCT FROM OLD.expires_at
)
EXECUTE FUNCTION approvals_proposal_kept()
-- ;;
CREATE TRIGGER approvals_proposal_no_delete BEFORE DELETE ON approvals_proposal FOR EACH ROW
EXECUTE FUNCTION approvals_proposal_kept()
-- ;;
CREATE TRIGGER approvals_proposal_no_truncate BEFORE TRUNCATE ON approvals_proposal FOR EACH STATEMENT
EXECUTE FUNCTION approvals_proposal_kept()
