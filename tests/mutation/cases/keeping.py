"""What the station keeps: settings, its time, its trail, signatures, letters."""

from __future__ import annotations

from jope.compliance.audit.recorder import trusted_time
from jope.compliance.commands.declaration import HANDLED
from jope.compliance.evidence.commands import SignTrailReview
from jope.compliance.evidence.handlers import sign_trail_review
from jope.compliance.retention import commands as r
from jope.compliance.retention import handlers as rh
from jope.compliance.retention.disposable import disposable
from jope.compliance.settings import handlers as sh
from jope.compliance.settings.catalog import PROFILE, SETTINGS
from jope.compliance.settings.commands import ChangeSetting
from jope.compliance.signatures import handlers as gh
from jope.compliance.signatures.commands import AcceptAccountability, ChangeSignatureRule
from jope.compliance.signatures.statements import STATEMENTS
from jope.compliance.timekeeping import commands as t
from jope.compliance.timekeeping import handlers as th
from jope.kernel.clock import JUMP_LIMIT_US
from jope.kernel.errors import NotFoundError, RefusedError
from jope.services.provisioning import commands as p
from jope.services.provisioning import handlers as ph
from tests.mutation.world import BATCH, REFUSED, Case, World, put, with_fields

_HORN = ChangeSetting(key="alarm.horn", value="off", reason="r")
_PROFILE = p.AdoptPolicy(profile=SETTINGS[PROFILE].default, reason="why")
_LETTER = p.RecordLetter(letter_id="L-1", kind="letter", dated="2026-01-02", document_name="letter.pdf", document_hash="a" * 64)

_RULE = ChangeSignatureRule(action="CreateBatch", signing="sign", meaning="authorship", series=False, reason="r")


def _settings(world: World) -> list[Case]:
    ever = with_fields(_HORN, key="nothing", value="x")
    in_force = put("setting", id="alarm.horn:9", key="alarm.horn", number=9, value="off", since_us=1)
    return [
        Case(sh.setting_is_known, _HORN, None),
        Case(sh.setting_is_known, ever, "'nothing'"),
        Case(sh.value_is_allowed, _HORN, None),
        Case(sh.value_is_allowed, with_fields(_HORN, value="loud"), "must be one of"),
        Case(sh.value_is_allowed, ever, None),
        Case(sh.value_is_another, _HORN, None),
        Case(sh.value_is_another, with_fields(_HORN, value="on"), REFUSED),
        Case(sh.value_is_another, _HORN, REFUSED, rows=[in_force]),
        Case(sh.value_is_another, ever, None),
    ]  # fmt: skip


def _time(world: World) -> list[Case]:
    trusted = int(trusted_time(world.cursor))
    propose, approve = t.ProposeClockCorrection(correction_id="C-1", reason="why"), t.ApproveClockCorrection(correction_id="C-1")
    before = trusted - JUMP_LIMIT_US
    row = put("clock_correction", id="C-1", reason="r", clock_us=1000, trail_us=5, proposal_signer="D-SUPER", version=1)
    done = put("clock_correction", id="C-1", clock_us=1000, proposal_signer="D-SUPER", approval_signature="S", version=1)
    return [
        Case(th.clock_stands_before_the_trail, propose, None, now_us=before - 1),
        Case(th.clock_stands_before_the_trail, propose, REFUSED, now_us=before),
        Case(th.clock_stands_before_the_trail, propose, REFUSED, now_us=trusted + JUMP_LIMIT_US),
        Case(th.reason_is_given, propose, None),
        Case(th.reason_is_given, with_fields(propose, reason=" "), REFUSED),
        *(Case(th.proposal_is_open, approve, None, now_us=1000 + after, rows=[row]) for after in (0, 1, th.VALID_US)),
        *(Case(th.proposal_is_open, approve, REFUSED, now_us=1000 + after, rows=[row]) for after in (-1, th.VALID_US + 1)),
        Case(th.proposal_is_open, approve, REFUSED, now_us=1000, rows=[done]),
        Case(th.proposal_is_open, approve, NotFoundError),
        Case(th.approver_is_another, approve, None, rows=[row]),
        Case(th.approver_is_another, approve, REFUSED, who="D-SUPER", rows=[row]),
    ]  # fmt: skip


def _disposals(world: World) -> list[Case]:
    propose = r.ProposeDisposal(disposal_id="D-1", kind="batch", id=BATCH, reason="rule 7")
    approve = r.ApproveDisposal(disposal_id="D-1")
    kinds = world.station.ports["retention_kinds"]
    newest = rh.newest_us(world.cursor, ("batch", BATCH))
    assert newest is not None
    over = newest + rh.RETENTION_US
    events = rh.ranges_text(rh.ranges_of(disposable(world.cursor, kinds, ("batch", BATCH), over)))  # type: ignore[arg-type]
    row = {
        "id": "D-1",
        "subject_kind": "batch",
        "subject_id": BATCH,
        "events": events,
        "reason": "r",
        "proposal_signer": "D-QA",
        "version": 1,
    }
    open_, done = put("disposal", **row), put("disposal", **row, approval_signature="S")
    other = put("disposal", **row | {"events": rh.ranges_text(rh.ranges_of([1]))})
    return [
        Case(rh.reason_is_given, propose, None),
        Case(rh.reason_is_given, with_fields(propose, reason=" "), REFUSED),
        Case(rh.retention_is_over, propose, None, now_us=over),
        Case(rh.retention_is_over, propose, None, now_us=over + 1),
        Case(rh.retention_is_over, propose, "less than", now_us=over - 1),
        Case(rh.retention_is_over, with_fields(propose, kind="user", id="D-QA"), "no retention of its own", now_us=over),
        Case(rh.retention_is_over, with_fields(propose, id="B-404"), "holds nothing about", now_us=over),
        Case(rh.retention_is_over, approve, None, now_us=over, rows=[open_]),
        Case(rh.retention_is_over, approve, "less than", now_us=over - 1, rows=[open_]),
        Case(rh.something_goes, propose, None, now_us=over),
        Case(rh.something_goes, propose, REFUSED, now_us=newest),
        Case(rh.disposal_is_open, approve, None, rows=[open_]),
        Case(rh.disposal_is_open, approve, REFUSED, rows=[done]),
        Case(rh.disposal_is_open, approve, NotFoundError),
        Case(rh.target_has_not_moved, approve, None, now_us=over, rows=[open_]),
        Case(rh.target_has_not_moved, approve, REFUSED, now_us=over, rows=[other]),
        Case(rh.target_has_not_moved, approve, REFUSED, now_us=newest, rows=[open_]),
        Case(rh.target_has_not_moved, approve, None, now_us=over, rows=[put("disposal", **row | {"events": rh.ranges_text(rh.ranges_of([]))})]),
        Case(rh.approver_is_another, approve, None, who="D-QP", rows=[open_]),
        Case(rh.approver_is_another, approve, REFUSED, who="D-QA", rows=[open_]),
    ]  # fmt: skip


def _signatures(world: World) -> list[Case]:
    newest = STATEMENTS[-1].number
    accept = AcceptAccountability(number=newest, language="en")
    adopted = put("adopted_policy", id=f"{_PROFILE.profile}:D-QA", profile=_PROFILE.profile, reason="r")
    letter = with_fields(_LETTER, document_hash=world.station.blobs.put(b"a letter"))
    return [
        Case(gh.statement_is_in_force, accept, None),
        Case(gh.statement_is_in_force, with_fields(accept, number=newest + 1), REFUSED),
        Case(gh.statement_is_in_force, with_fields(accept, language="xx"), REFUSED),
        Case(gh.statement_is_not_accepted, accept, None, who="D-OPER"),
        Case(gh.statement_is_not_accepted, accept, REFUSED, who="D-QA"),
        Case(ph.policy_is_in_force, _PROFILE, None),
        Case(ph.policy_is_in_force, _PROFILE, None, who="D-ADMIN", rows=[adopted]),
        Case(ph.policy_is_in_force, with_fields(_PROFILE, profile="another"), "another profile"),
        Case(ph.policy_is_in_force, _PROFILE, "You have signed", rows=[adopted]),
        Case(ph.policy_is_in_force, with_fields(_PROFILE, reason=" "), "reason is missing"),
        Case(gh.rule_is_well_formed, _RULE, None),
        Case(gh.rule_is_well_formed, with_fields(_RULE, signing="none", meaning=""), None),
        *(Case(gh.rule_is_well_formed, with_fields(_RULE, **fields), REFUSED) for fields in (
            {"action": "Fly"}, {"signing": "maybe"}, {"meaning": "perhaps"}, {"meaning": ""}, {"signing": "none"})),
        Case(gh.rule_is_not_weaker, _RULE, None),
        Case(gh.rule_is_not_weaker, with_fields(_RULE, action="Fly"), None),
        Case(gh.rule_is_not_weaker, with_fields(_RULE, action="ReleaseBatch", meaning="release"), None),
        Case(gh.rule_is_not_weaker, with_fields(_RULE, action="ReleaseBatch", meaning="review"), "program demands"),
        Case(gh.rule_is_not_weaker, with_fields(_RULE, action="ReleaseBatch", signing="none", meaning=""), "program demands"),
        Case(gh.rule_changes, _RULE, None),
        Case(gh.rule_changes, with_fields(_RULE, signing="none", meaning=""), REFUSED),
        Case(ph.letter_is_described, _LETTER, REFUSED),
        Case(ph.letter_is_described, letter, None),
        Case(ph.letter_is_described, with_fields(letter, kind="testimony"), None),
        *(Case(ph.letter_is_described, with_fields(letter, **{name: text}), REFUSED) for name, text in (
            ("kind", "card"), ("dated", ""), ("document_name", " "), ("document_hash", "a" * 63), ("document_hash", "a" * 65))),
        Case(ph.letter_is_described, with_fields(letter, dated="soon"), RefusedError),
    ]  # fmt: skip


def _reviews() -> list[Case]:
    (independent,) = getattr(sign_trail_review, HANDLED).guards
    review = SignTrailReview(
        review_id="T-1", subject_kind="batch", subject_id=BATCH, up_to_seq=1, head="h", exceptions=(), sampled=(),
    )  # fmt: skip
    return [Case(independent, review, None), Case(independent, review, REFUSED, who="D-SUPER")]


def cases(world: World) -> list[Case]:
    """Every guard of the rooms."""
    return [*_settings(world), *_time(world), *_disposals(world), *_signatures(world), *_reviews()]
