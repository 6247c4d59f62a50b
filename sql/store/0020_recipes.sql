-- Jope store, revision 0020: what an approved recipe version holds stays as it was approved, by every way to write it (URS E01; 21 CFR 211.186).

CREATE TRIGGER recipe_version_frozen BEFORE UPDATE ON recipe_version
WHEN OLD.state <> 'draft' AND (OLD.id, OLD.recipe_id, OLD.number, OLD.product, OLD.batch_size, OLD.unit, OLD.drafted_by, OLD.approval_signature)
    IS NOT (NEW.id, NEW.recipe_id, NEW.number, NEW.product, NEW.batch_size, NEW.unit, NEW.drafted_by, NEW.approval_signature)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 an approved recipe version is frozen'); END;
CREATE TRIGGER recipe_version_effective_is_no_draft BEFORE UPDATE ON recipe_version
WHEN OLD.state = 'effective' AND NEW.state = 'draft'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 an effective recipe version does not become a draft again'); END;
CREATE TRIGGER recipe_line_no_late_line BEFORE INSERT ON recipe_line
WHEN (SELECT state FROM recipe_version WHERE id = NEW.recipe_version_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 an approved recipe version is frozen'); END;
CREATE TRIGGER recipe_line_no_move BEFORE UPDATE ON recipe_line
WHEN (SELECT state FROM recipe_version WHERE id = NEW.recipe_version_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 an approved recipe version is frozen'); END;
