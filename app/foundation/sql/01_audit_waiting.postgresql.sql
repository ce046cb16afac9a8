-- Every audit row waits for the seal that will cover it, from the moment it is written and in the same transaction: whichever
-- order the transactions commit in, none is skipped. The function runs as the owner of the tables, because the application's
-- role may take and delete what waits but not add to it. The search path is fixed, so no caller can slip in a table.
CREATE OR REPLACE FUNCTION foundation_audit_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO foundation_audit_waiting (audit_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
-- ;;
REVOKE ALL ON FUNCTION foundation_audit_waits() FROM PUBLIC;
-- ;;
CREATE TRIGGER foundation_audit_waits AFTER INSERT ON foundation_audit
FOR EACH ROW EXECUTE FUNCTION foundation_audit_waits();
