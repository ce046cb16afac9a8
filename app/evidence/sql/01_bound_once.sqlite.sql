-- A photo proves one thing: once bound it is never moved to another subject, set free, or replaced under its id.
CREATE TRIGGER evidence_file_bound_once BEFORE UPDATE ON evidence_file
WHEN
    OLD.subject_id IS NOT NULL AND (
        NEW.state IS NOT OLD.state
        OR NEW.subject_kind IS NOT OLD.subject_kind
        OR NEW.subject_id IS NOT OLD.subject_id
        OR NEW.bound_at IS NOT OLD.bound_at
        OR NEW.owner_id IS NOT OLD.owner_id
        OR NEW.sha256 IS NOT OLD.sha256
        OR NEW.original_sha256 IS NOT OLD.original_sha256
        OR NEW.store_key IS NOT OLD.store_key
    )
BEGIN
    SELECT RAISE(ABORT, 'evidence_file_bound_once');
END
