-- A person counts in one household at a time. The rows of one person are written one after the other: who comes second waits
-- for the person's row, and then sees the first one's interval. An empty interval [d, d) has no day and overlaps nothing.
CREATE OR REPLACE FUNCTION identity_membership_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (
        NEW.id <> OLD.id OR NEW.household_id <> OLD.household_id OR NEW.person_id <> OLD.person_id
        OR NEW.joined_on <> OLD.joined_on
    )) THEN
        RAISE EXCEPTION 'identity_membership_kept' USING ERRCODE = 'LT002', CONSTRAINT = 'identity_membership_kept';
    END IF;
    IF NEW.joined_on < (SELECT opened_on FROM identity_household WHERE id = NEW.household_id) THEN
        RAISE EXCEPTION 'identity_membership_too_early' USING ERRCODE = 'LT002', CONSTRAINT = 'identity_membership_too_early';
    END IF;
    PERFORM 1 FROM identity_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF (NEW.left_on IS NULL OR NEW.left_on > NEW.joined_on) AND EXISTS (
        SELECT 1 FROM identity_household_membership other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
        AND (other.left_on IS NULL OR other.left_on > other.joined_on)
        AND (NEW.left_on IS NULL OR other.joined_on < NEW.left_on)
        AND (other.left_on IS NULL OR other.left_on > NEW.joined_on)
    ) THEN
        RAISE EXCEPTION 'identity_membership_once' USING ERRCODE = 'LT002', CONSTRAINT = 'identity_membership_once';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER identity_membership_guard BEFORE INSERT OR UPDATE OR DELETE ON identity_household_membership
FOR EACH ROW EXECUTE FUNCTION identity_membership_guard()
