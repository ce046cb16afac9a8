-- What two people look at must be the same thing: a proposal comes in open, its content never changes, its outcome is written
-- once, and it is never deleted.
CREATE TRIGGER approvals_proposal_comes_open BEFORE INSERT ON approvals_proposal
WHEN NEW.state <> 'proposed' OR NEW.version <> 1
BEGIN
    SELECT RAISE(ABORT, 'approvals_proposal_kept');
END
-- ;;
CREATE TRIGGER approvals_proposal_kept BEFORE UPDATE ON approvals_proposal
WHEN
    OLD.state <> 'proposed'
    OR NEW.state = 'proposed'
    OR NEW.version <> OLD.version + 1
    OR NEW.id IS NOT OLD.id
    OR NEW.kind IS NOT OLD.kind
    OR NEW.title IS NOT OLD.title
    OR NEW.subject_id IS NOT OLD.subject_id
    OR NEW.agency_id IS NOT OLD.agency_id
    OR NEW.county IS NOT OLD.county
    OR NEW.content IS NOT OLD.content
    OR NEW.content_sha256 IS NOT OLD.content_sha256
    OR NEW.proposer_kind IS NOT OLD.proposer_kind
    OR NEW.proposed_by IS NOT OLD.proposed_by
    OR NEW.proposed_at IS NOT OLD.proposed_at
    OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
    SELECT RAISE(ABORT, 'approvals_proposal_kept');
END
-- ;;
CREATE TRIGGER approvals_proposal_no_delete BEFORE DELETE ON approvals_proposal
BEGIN
    SELECT RAISE(ABORT, 'approvals_proposal_kept');
END
