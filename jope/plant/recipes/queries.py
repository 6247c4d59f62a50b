"""Read recipes."""

from __future__ import annotations

from jope.compliance.access.reader import Reader
from jope.compliance.signatures.queue import Waiting
from jope.plant.recipes.commands import ApproveRecipeVersion

_DRAFTS = (
    "SELECT r.recipe_id, r.number, json_extract(a.body, '$.utc') FROM recipe_version r JOIN audit_subject s ON s.kind = 'recipe' AND s.id = r.id "
    "AND s.n = 1 JOIN audit a USING (seq) WHERE r.state = 'draft' ORDER BY s.seq"
)


def waiting_recipes(reader: Reader) -> tuple[Waiting, ...]:
    """Drafts of recipe versions, since they were written."""
    rows = reader.execute(_DRAFTS)
    return tuple(Waiting(ApproveRecipeVersion(recipe_id=recipe_id, version=number), since_us) for recipe_id, number, since_us in rows)
