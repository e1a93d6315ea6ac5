"""Random trees, roles and officials against every route: what opens is what a second, plain reading of the rules says.

The oracle walks from parent to parent and knows no path; the product compares paths.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from conftest import Database
from desk_province import YEAR, add_wave
from survey.db import db
from survey.factory import create_app
from survey.models.accounts import ROLES, Grant, Official
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.jobs import Job
from survey.models.releases import WaveRelease
from survey.models.rubrics import Rubric
from survey.services.accounts import create_official
from survey.services.agencies import add_agency
from survey.services.audit import record
from survey.services.editions import load_builtin_editions
from survey.services.rubrics import load_builtin_rubrics

AGENCIES = 7
RUNNERS = {"survey_manager", "administrator"}
# These answer 404 for a reason of their own too; they are only held to open to nobody else.
OWN_REASONS = {
    "desk.posters",
    "desk.job_file",
    "desk.drop_a_release",
    "desk.release_bundle",
    "desk.index_documents",
    "admin.take",
}
EVERYBODY = {"public", "citizen", "signed_in", "password_given"}


@dataclass(frozen=True)
class Tree:
    """Agency k hangs below ``parents[k]``, or is a root where that is None; waves and grants lie on agencies."""

    parents: list[int | None]
    wave: int
    grants: list[tuple[int, str]]
    other: list[tuple[int, str]]

    def chain(self, agency: int) -> list[int]:
        """Return the agency and everything above it."""
        above = self.parents[agency]
        return [agency] if above is None else [agency, *self.chain(above)]

    def has(self, agency: int, roles: set[str]) -> bool:
        """Return whether the official has one of the roles at the agency or above it."""
        return any(node in self.chain(agency) and role in roles for node, role in self.grants)

    def has_anywhere(self, roles: set[str], *, at_a_root: bool = False) -> bool:
        return any(role in roles and (self.parents[node] is None or not at_a_root) for node, role in self.grants)

    def opens(self, rule: str, agency: int | None) -> bool:
        """Return whether a route of this access rule opens for the agency and the wave."""
        everything = {
            "agency_member": lambda: self.has(agency, set(ROLES)),
            "agency_manager": lambda: self.has(agency, {"agency_manager"} | RUNNERS),
            "agency_administrator": lambda: self.has(agency, {"administrator"}),
            "agency_auditor": lambda: self.has(agency, {"administrator", "auditor"}),
            "manager_above": lambda: any(
                role in RUNNERS and node in self.chain(agency) and (node != agency or self.parents[agency] is None)
                for node, role in self.grants
            ),
            "wave_member": lambda: any(
                self.wave in self.chain(node) or node in self.chain(self.wave) for node, _ in self.grants
            ),
            "agency_runner": lambda: self.has(agency, RUNNERS),
            "wave_manager": lambda: self.has(self.wave, RUNNERS),
            "wave_surveyor": lambda: any(
                role in RUNNERS and (self.wave in self.chain(node) or node in self.chain(self.wave))
                for node, role in self.grants
            ),
            "release_member": lambda: self.opens("wave_member", None),
            "release_manager": lambda: self.has(self.wave, RUNNERS),
            "release_publisher": lambda: self.opens("manager_above", self.wave),
            "administrator": lambda: self.has_anywhere({"administrator"}),
            "manager": lambda: self.has_anywhere({"agency_manager"} | RUNNERS),
            "root_administrator": lambda: self.has_anywhere({"administrator"}, at_a_root=True),
            "survey_runner": lambda: self.has_anywhere(RUNNERS),
            "root_survey_runner": lambda: self.has_anywhere(RUNNERS, at_a_root=True),
            "auditor": lambda: self.has_anywhere({"administrator", "auditor"}),
            "official_administrator": lambda: (
                self.keeps() or any(self.has(node, {"administrator"}) for node, _ in self.other)
            ),
            "account_keeper": self.keeps,
            "round_member": lambda: self.opens("wave_member", None),
            "round_manager": lambda: self.has(self.wave, RUNNERS),
            "round_reader": lambda: self.opens("agency_member", agency),
            "round_assessor": lambda: self.opens("agency_manager", agency),
            "job_owner": lambda: True,
        }
        assert rule in everything, f"tell the oracle what the access rule {rule} means"
        return everything[rule]()

    def keeps(self) -> bool:
        if not self.other:
            return self.has_anywhere({"administrator"}, at_a_root=True)
        return all(self.has(node, {"administrator"}) for node, _ in self.other)


grants = st.lists(st.tuples(st.integers(0, AGENCIES - 1), st.sampled_from(ROLES)), max_size=3, unique=True)
parents = st.tuples(*[st.one_of(st.none(), st.integers(0, k - 1)) if k else st.none() for k in range(AGENCIES)])
trees = st.builds(Tree, parents.map(list), st.integers(0, AGENCIES - 1), grants, grants)


@dataclass(frozen=True)
class World:
    app: flask.Flask
    agencies: list[UUID]
    wave: UUID
    official: UUID
    other: UUID
    job: UUID
    release: UUID
    round: UUID


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data_dir = tmp_path_factory.mktemp("access")
    shutil.copy(sqlite_template, data_dir)
    app = create_app(Database("sqlite", "", data_dir).config, TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        session, today = db.session(), local_today()
        made = [
            add_agency(session, code=f"Z{k}", kind="province", name=f"Cơ quan Z{k}", valid_from=today)
            for k in range(AGENCIES)
        ]
        load_builtin_editions(session, today=today)
        wave = add_wave(session, made[0], YEAR)
        # A planned one would be gone after the route that deletes it.
        wave.state = "paused"
        officials = [create_official(session, email=f"{name}@z.vn", name=name, password=None) for name in ("a", "b")]
        job = Job(
            kind="annual", arguments={}, official_id=officials[1].id, state="done", created_at=datetime.now(tz=UTC)
        )
        release = WaveRelease(wave_id=wave.id, drafted_by=officials[1].id, drafted_on=today)
        session.add_all([job, release])
        round_ = add_round(session, made)
        for k, agency in enumerate(made):
            record(session, "agency.added", subject=f"mục Z{k}", agency_id=agency.id)
        session.commit()
        ids = [each.id for each in made]
        world = World(app, ids, wave.id, officials[0].id, officials[1].id, job.id, release.id, round_.id)
    yield world
    with app.app_context():
        db.engine.dispose()


def add_round(session: Session, agencies: list[Agency]) -> IndexRound:
    """Add a round of the index that every agency takes part in; the tree says where it lies."""
    load_builtin_rubrics(session, today=local_today())
    rubric = session.scalars(select(Rubric).where(Rubric.rubric == "departments")).one()
    days = dict.fromkeys(
        ("self_assessment_until", "appraisal_until", "objection_until", "decision_until"), local_today()
    )
    round_ = IndexRound(
        code="R", name="Kỳ", agency_id=agencies[0].id, rubric_id=rubric.id, year=YEAR, state="self_assessment", **days
    )
    session.add(round_)
    session.flush()
    session.add_all(IndexParticipant(round_id=round_.id, agency_id=agency.id) for agency in agencies)
    return round_


def plant(world: World, tree: Tree) -> None:
    """Make the database what the tree says."""
    with world.app.app_context(), Session(db.engine) as session:
        for k, number in enumerate(world.agencies):
            agency, above = session.get_one(Agency, number), tree.parents[k]
            agency.parent_id = None if above is None else world.agencies[above]
            agency.path = "".join(f"{world.agencies[node]}/" for node in reversed(tree.chain(k)))
        session.get_one(Wave, world.wave).agency_id = world.agencies[tree.wave]
        session.get_one(IndexRound, world.round).agency_id = world.agencies[tree.wave]
        for number, roles in ((world.official, tree.grants), (world.other, tree.other)):
            official = session.get_one(Official, number)
            official.active, official.grants = True, []
            session.flush()
            official.grants = [Grant(agency_id=world.agencies[node], role=role) for node, role in roles]
        session.commit()


def signed_in(world: World) -> FlaskClient:
    with world.app.app_context(), Session(db.engine) as session:
        named = session.scalars(select(Official.fs_uniquifier).where(Official.id == world.official)).one()
    client = world.app.test_client()
    with client.session_transaction("/desk") as cookie:
        cookie.update({"_user_id": named, "_fresh": True, "began": int(time.time())})
        cookie.permanent = True
    return client


def routes(world: World) -> list[tuple[Rule, str, str]]:
    views = world.app.view_functions
    found = []
    for rule in world.app.url_map.iter_rules():
        access = getattr(views[rule.endpoint], "access", "")
        methods = sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"})
        if rule.endpoint != "static" and access not in EVERYBODY and not rule.rule.startswith("/api"):
            found += [(rule, method, access) for method in methods]
    return found


def address(world: World, rule: Rule, agency: int) -> str:
    values = {
        "agency_id": world.agencies[agency],
        "wave_id": world.wave,
        "official_id": world.other,
        "job_id": world.job,
        "release_id": world.release,
        "round_id": world.round,
        "code": "1.1",
        "ending": "csv",
        "shape": "agencies",
        "size": "A4",
        "year": YEAR,
        "label": "PDF",
        "act": "end-sessions",
    }
    built = rule.build({name: values.get(name, uuid4()) for name in rule.arguments}, append_unknown=False)
    assert built is not None, rule
    return built[1]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees, data=st.data())
def test_every_route_opens_to_whom_the_rule_names_and_to_nobody_else(
    world: World, tree: Tree, data: st.DataObject
) -> None:
    plant(world, tree)
    client = signed_in(world)
    tried = 0
    for rule, method, access in routes(world):
        agency = data.draw(st.integers(0, AGENCIES - 1))
        if method == "POST" and rule.endpoint in {"admin.give", "admin.act_on", "admin.make_link"}:
            client = signed_in(world)
        status = client.open(address(world, rule, agency), method=method).status_code
        opens = tree.opens(access, agency if "agency_id" in rule.arguments else None)
        if "agency_id" in rule.arguments and rule.arguments & {"wave_id", "round_id"}:
            opens = opens and tree.wave in tree.chain(agency)
        if access == "job_owner" or not opens:
            assert status == 404, (rule, method, tree)
        elif rule.endpoint not in OWN_REASONS and not has_own_objects(rule):
            assert status not in {404, 500}, (rule, method, tree)
        tried += 1
    assert tried > 20


def has_own_objects(rule: Rule) -> bool:
    """Return whether the address names something that does not exist here."""
    here = {"agency_id", "wave_id", "official_id", "job_id", "release_id", "round_id"}
    return bool({name for name in rule.arguments if name.endswith("_id")} - here)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees)
def test_lists_and_exports_hold_what_the_official_reads_and_nothing_else(world: World, tree: Tree) -> None:
    plant(world, tree)
    client = signed_in(world)
    readable = {k for k in range(AGENCIES) if tree.has(k, set(ROLES))}
    audited = {k for k in range(AGENCIES) if tree.has(k, {"administrator", "auditor"})}

    assert named(r"Cơ quan Z(\d)\s*</a>", client.get("/desk/agencies").text) == readable
    assert (str(world.wave) in client.get("/desk/waves").text) == tree.opens("wave_member", None)
    if tree.has_anywhere({"administrator", "auditor"}):
        for path in ("/admin/audit?verb=agency.added", "/admin/audit.csv", "/admin/audit.jsonl"):
            assert named(r"mục Z(\d)", client.get(path).text) == audited, path
    if tree.has_anywhere({"administrator"}):
        assert ("b@z.vn" in client.get("/admin/officials").text) == tree.opens("official_administrator", None)


def named(pattern: str, text: str) -> set[int]:
    return {int(found) for found in re.findall(pattern, text)}
