-- Versions of a name count up by one, and none starts before the one it follows: which of them was in force on a past day
-- never changes.
CREATE TRIGGER rulebook_document_forward BEFORE INSERT ON rulebook_document
WHEN EXISTS (
    SELECT 1 FROM rulebook_document
    WHERE kind = NEW.kind AND name = NEW.name
      AND (version > NEW.version OR (version < NEW.version AND effective_from > NEW.effective_from))
) OR (
    NEW.version > 1 AND NOT EXISTS (
        SELECT 1 FROM rulebook_document WHERE kind = NEW.kind AND name = NEW.name AND version = NEW.version - 1
    )
)
BEGIN
    SELECT RAISE(ABORT, 'rulebook_document_forward');
END
