-- A part is born with what its award says, and then only its state moves on, along the lines below.
CREATE TRIGGER points_part_of_its_award BEFORE INSERT ON points_part
WHEN
    NOT EXISTS (
        SELECT 1 FROM points_award award WHERE award.id = NEW.award_id AND award.person_id = NEW.person_id
        AND NEW.points = CASE NEW.kind WHEN 'later' THEN award.points_later ELSE award.points_now END
    )
    OR NEW.state <> CASE NEW.kind WHEN 'later' THEN 'waiting_result' ELSE 'decided' END
BEGIN
    SELECT RAISE(ABORT, 'points_part_of_its_award');
END
-- ;;
CREATE TRIGGER points_part_kept BEFORE UPDATE ON points_part
WHEN
    NEW.award_id <> OLD.award_id OR NEW.kind <> OLD.kind OR NEW.person_id <> OLD.person_id
    OR (NEW.points <> OLD.points AND (OLD.state <> 'waiting_result' OR NEW.points > OLD.points))
    OR (OLD.posted_at IS NOT NULL AND (
        NEW.posted_at IS NOT OLD.posted_at OR NEW.transfer_id IS NOT OLD.transfer_id
        OR NEW.repayment_id IS NOT OLD.repayment_id OR NEW.repaid_points <> OLD.repaid_points
    ))
    OR (OLD.posted_at IS NULL AND NEW.posted_at IS NOT NULL AND NEW.state <> 'posted')
BEGIN
    SELECT RAISE(ABORT, 'points_part_kept');
END
-- ;;
CREATE TRIGGER points_part_state BEFORE UPDATE ON points_part
WHEN (OLD.state, NEW.state) NOT IN (VALUES
    ('waiting_result', 'decided'), ('waiting_result', 'forfeited'), ('waiting_result', 'reversed'),
    ('decided', 'posted'), ('decided', 'waiting_budget'), ('decided', 'reversed'),
    ('waiting_budget', 'posted'), ('waiting_budget', 'reversed'),
    ('posted', 'reversed')
)
BEGIN
    SELECT RAISE(ABORT, 'points_part_state');
END
-- ;;
CREATE TRIGGER points_part_not_deleted BEFORE DELETE ON points_part
BEGIN
    SELECT RAISE(ABORT, 'points_part_kept');
END
