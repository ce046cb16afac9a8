-- Every audit row waits for the seal that will cover it, from the moment it is written and in the same transaction.
CREATE TRIGGER foundation_audit_waits AFTER INSERT ON foundation_audit
BEGIN
    INSERT INTO foundation_audit_waiting (audit_id) VALUES (NEW.id);
END
