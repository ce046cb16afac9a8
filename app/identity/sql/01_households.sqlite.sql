-- A person counts in one household at a time. There is one writer at a time, so a look before each write is enough. An empty
-- interval [d, d) has no day and overlaps nothing.
CREATE TRIGGER identity_membership_once BEFORE INSERT ON identity_household_membership
WHEN
    (NEW.left_on IS NULL OR NEW.left_on > NEW.joined_on) AND EXISTS (
        SELECT 1 FROM identity_household_membership other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
        AND (other.left_on IS NULL OR other.left_on > other.joined_on)
        AND (NEW.left_on IS NULL OR other.joined_on < NEW.left_on)
        AND (other.left_on IS NULL OR other.left_on > NEW.joined_on)
    )
BEGIN
    SELECT RAISE(ABORT, 'identity_membership_once');
END
-- ;;
CREATE TRIGGER identity_membership_still_once BEFORE UPDATE ON identity_household_membership
WHEN
    (NEW.left_on IS NULL OR NEW.left_on > NEW.joined_on) AND EXISTS (
        SELECT 1 FROM identity_household_membership other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
        AND (other.left_on IS NULL OR other.left_on > other.joined_on)
        AND (NEW.left_on IS NULL OR other.joined_on < NEW.left_on)
        AND (other.left_on IS NULL OR other.left_on > NEW.joined_on)
    )
BEGIN
    SELECT RAISE(ABORT, 'identity_membership_once');
END
-- ;;
CREATE TRIGGER identity_membership_too_early BEFORE INSERT ON identity_household_membership
WHEN NEW.joined_on < (SELECT opened_on FROM identity_household WHERE id = NEW.household_id)
BEGIN
    SELECT RAISE(ABORT, 'identity_membership_too_early');
END
-- ;;
CREATE TRIGGER identity_membership_kept BEFORE UPDATE ON identity_household_membership
WHEN
    NEW.id <> OLD.id OR NEW.household_id <> OLD.household_id OR NEW.person_id <> OLD.person_id
    OR NEW.joined_on <> OLD.joined_on
BEGIN
    SELECT RAISE(ABORT, 'identity_membership_kept');
END
-- ;;
CREATE TRIGGER identity_membership_not_deleted BEFORE DELETE ON identity_household_membership
BEGIN
    SELECT RAISE(ABORT, 'identity_membership_kept');
END
