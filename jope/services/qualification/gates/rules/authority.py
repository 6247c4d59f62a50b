"""Nobody acts or signs as another, and no role holds what does not go together (URS A04, A06, B07; P11-25, P11-08, A11d-07, A11d-16)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from jope.compliance.access.conflicts import CONFLICTS
from jope.services.qualification.gates.exemptions import PRINCIPAL_MAKERS, SEAL_WRITERS, SERIES_OPENERS, UNUSED_PERMISSIONS, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project, constants

_PRETENDING: Final = re.compile(r"impersonat|sign_?as|act_?as(?!$|_station)|on_?behalf|as_?user\b|switch_?user|run_?as", re.IGNORECASE)
_PERSON_FIELDS: Final = re.compile(
    r"^(signer|signed_by|performed_by|verified_by|approved_by|reviewed_by|released_by|accepted_by|actor|acting_as|principal)(_id)?$"
)
_SLOT: Final = re.compile(r"_(signature|signer|meaning)$")
_WHO: Final = re.compile(r"^(performed_by|reviewed_by|identified_by|drafted_by|acknowledged_by|verified_by|approved_by|accepted_by)$")


def nobody_signs_as_another(project: Project) -> Iterator[str]:
    """No command names its signer or performer.

    Slots are filled by the seal, performers come from the principal, principals from a proven id. A series of signatures is opened by the bus alone, and
    no face fills in who signs.
    """
    openers: set[str] = set()
    seals: set[str] = set()
    makers: set[str] = set()
    for module in project.modules(*PROGRAM):
        yield from _pretending_names(module)
        yield from _filled_in_ids(module)
        for place, sentence in _series_openings(module):
            openers.add(module.path)
            if module.path not in SERIES_OPENERS:
                yield module.at(place, sentence)
    for module in project.modules("jope/"):
        if module.path.endswith("/commands.py"):
            yield from _named_people(module)
        for place, sentence in _slot_writes(module):
            seals.add(module.path)
            if module.path not in SEAL_WRITERS:
                yield module.at(place, sentence)
        for call in module.calls:
            if module.dotted(call.func).rsplit(".", 1)[-1] == "Principal":
                makers.add(module.path)
                if module.path not in PRINCIPAL_MAKERS:
                    yield module.at(call, "makes a principal outside the named places")
    yield from stale(SERIES_OPENERS, openers, project)
    yield from stale(SEAL_WRITERS, seals, project)
    yield from stale(PRINCIPAL_MAKERS, makers, project)


def _pretending_names(module: Module) -> Iterator[str]:
    for node in module.nodes:
        names = [node.name] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
        names += [node.arg] if isinstance(node, ast.arg) else []
        yield from (module.at(node, f"'{name}' reads like acting as another person") for name in names if _PRETENDING.search(name))


def _series_openings(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Where a series is opened, and where a signature is given another id than was typed."""
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "begin_series":
            yield node, "opens a series of signatures outside the bus"
        if isinstance(node, ast.FunctionDef) and node.name == "begin_series":
            yield node, "opens a series of signatures outside the bus"
        if isinstance(node, ast.Call) and module.dotted(node.func).rsplit(".", 1)[-1] == "replace":
            yield from ((k.value, "puts an id into a signature that was not typed") for k in node.keywords if k.arg == "employee_id")


def _filled_in_ids(module: Module) -> Iterator[str]:
    """A signature whose id comes from the session and not from whoever signs."""
    for call in module.calls:
        if module.dotted(call.func).rsplit(".", 1)[-1] == "SignatureInput":
            for keyword in call.keywords:
                if keyword.arg == "employee_id" and re.search(r"session|principal|holder", ast.unparse(keyword.value)):
                    yield module.at(keyword.value, "fills in who signs; the id is typed each time")


def _named_people(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.ClassDef) and any(module.dotted(base).endswith("Command") for base in node.bases):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _PERSON_FIELDS.match(field.target.id):
                    yield module.at(field, f"{node.name} takes {field.target.id} from its caller")


def _slot_writes(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and module.dotted(node.func) == "setattr":
            yield node, "sets an attribute by name; a slot could be filled past the seal"
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        for target in (inner for outer in targets for inner in ast.walk(outer)):
            if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store) and isinstance(node, ast.Assign):
                yield from _direct_write(node, target)
        if isinstance(node, ast.Call):
            yield from (
                (k.value, f"writes {k.arg} of a record directly") for k in node.keywords if k.arg and _is_foreign_person(k.arg, k.value)
            )


def _direct_write(node: ast.Assign, target: ast.Attribute) -> Iterator[tuple[ast.AST, str]]:
    if _SLOT.search(target.attr) and not target.attr.startswith("_"):
        yield target, f"fills {target.attr} past the seal"
    elif _WHO.match(target.attr) and "principal.employee_id" not in ast.unparse(node.value):
        yield target, f"writes {target.attr} from elsewhere than the principal"


def _is_foreign_person(name: str, value: ast.expr) -> bool:
    """Whether a record is made with a performer that is neither the principal, nothing, nor a copy of another record's performer."""
    if not _WHO.match(name):
        return False
    text = ast.unparse(value)
    return not (text == "None" or text.endswith(("principal.employee_id", f".{name}", ".performed_by")))


_CONFLICTS: Final = tuple((a.name, b.name) for a, b in CONFLICTS)
_PERMISSIONS: Final = "jope/compliance/access/permissions.py"
_ROLES: Final = "jope/compliance/access/roles.py"
_WITHOUT_GMP: Final = ("admin", "validation", "inspector")


def duties_are_segregated(project: Project) -> Iterator[str]:
    """Administration, validation and inspection hold no GMP permission; no role holds a conflicting pair.

    Each permission is asked for somewhere.
    """
    (module,) = project.modules(_PERMISSIONS)
    permissions = _members(module)
    scope: dict[str, frozenset[str]] = {"Permission": permissions}
    gmp = _sets_of(module, scope).get("GMP_PERMISSIONS", frozenset())
    if not permissions or not gmp:
        yield f"{_PERMISSIONS}: there is no permission to look at"
    for roles in project.modules(_ROLES):
        for role, held in _roles(roles, _sets_of(module, scope)).items():
            if role in _WITHOUT_GMP and held & gmp:
                yield f"{_ROLES}: {role} holds {', '.join(sorted(held & gmp))}"
            yield from (f"{_ROLES}: {role} holds both {a} and {b}" for a, b in _CONFLICTS if a in held and b in held)
            yield from (f"{_ROLES}: {role} holds {name}, which does not exist" for name in sorted(held - permissions))
    asked = _asked_for(project)
    for name in sorted(permissions - asked - UNUSED_PERMISSIONS.keys()):
        yield f"{_PERMISSIONS}: {name} is asked for nowhere"


def _members(module: Module) -> frozenset[str]:
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Permission":
            return frozenset(s.targets[0].id for s in node.body if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name))
    return frozenset()


def _sets_of(module: Module, scope: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The module's constants that are sets of permissions."""
    found = dict(scope)
    for name, value in constants(module):
        if isinstance(value, ast.BinOp | ast.Set | ast.Call):
            found[name] = _set(value, found)
    return found


def _set(node: ast.expr, scope: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The set that an expression of names, ``|``, ``-``, braces and ``frozenset`` stands for."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.Sub):
        left, right = _set(node.left, scope), _set(node.right, scope)
        return left | right if isinstance(node.op, ast.BitOr) else left - right
    if isinstance(node, ast.Set):
        return frozenset(e.attr for e in node.elts if isinstance(e, ast.Attribute))
    if isinstance(node, ast.Call):
        return _set(node.args[0], scope) if node.args else frozenset()
    return scope[node.id] if isinstance(node, ast.Name) else frozenset()


def _roles(module: Module, scope: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    known = _sets_of(module, scope)
    for name, value in constants(module):
        if name == "ROLE_PERMISSIONS" and isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            return {str(ast.literal_eval(role)): _set(held, known) for role, held in pairs if role is not None}
    return {}


def _asked_for(project: Project) -> frozenset[str]:
    """Permissions named anywhere in the core outside the access room."""
    found: set[str] = set()
    for module in project.modules("jope/"):
        if not module.path.startswith("jope/compliance/access/"):
            found |= {n.attr for n in module.nodes if isinstance(n, ast.Attribute) and module.dotted(n.value).endswith("Permission")}
    return frozenset(found)
