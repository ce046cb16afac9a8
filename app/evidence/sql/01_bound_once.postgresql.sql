-- A photo proves one thing: once bound it is never moved to another subject, set free, or replaced under its id.
CREATE OR REPLACE FUNCTION evidence_file_bound_once() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'evidence_file_bound_once' USING ERRCODE = 'LT002', CONSTRAINT = 'evidence_file_bound_once';
END $$
-- ;;
CREATE TRIGGER evidence_file_bound_once BEFORE UPDATE ON evidence_file FOR EACH ROW
WHEN (
    OLD.subject_id IS NOT NULL AND (
        NEW.state IS DISTINCT FROM OLD.state
        OR NEW.subject_kind IS DISTINCT FROM OLD.subject_kind
        OR NEW.subject_id IS DISTINCT FROM OLD.subject_id
        OR NEW.bound_at IS DISTINCT FROM OLD.bound_at
        OR NEW.owner_id IS DISTINCT FROM OLD.owner_id
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.original_sha256 IS DISTINCT FROM OLD.original_sha256
        OR NEW.store_key IS DISTINCT FROM OLD.store_key
    )
)
EXECUTE FUNCTION evidence_file_bound_once()
