-- Versions of a name count up by one, and none starts before the one it follows: which of them was in force on a past day
-- never changes.
CREATE OR REPLACE FUNCTION rulebook_document_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM rulebook_document
        WHERE kind = NEW.kind AND name = NEW.name
          AND (version > NEW.version OR (version < NEW.version AND effective_from > NEW.effective_from))
    ) OR (
        NEW.version > 1 AND NOT EXISTS (
            SELECT 1 FROM rulebook_document WHERE kind = NEW.kind AND name = NEW.name AND version = NEW.version - 1
        )
    ) THEN
        RAISE EXCEPTION 'rulebook_document_forward' USING ERRCODE = 'LT004', CONSTRAINT = 'rulebook_document_forward';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER rulebook_document_forward BEFORE INSERT ON rulebook_document FOR EACH ROW
EXECUTE FUNCTION rulebook_document_forward()
