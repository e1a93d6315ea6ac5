"""List, show, check, load, publish and export questionnaire editions, and choose which one a counter hands out.

Example:
    python3 hailong.py questionnaire list
    python3 hailong.py questionnaire export counter/2026 phieu-2027.toml
    python3 hailong.py questionnaire check phieu-2027.toml
    python3 hailong.py questionnaire load phieu-2027.toml
    python3 hailong.py questionnaire choose service/2026 --agency LG-TC
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from flask.cli import with_appcontext

from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from survey.models.questionnaire import QuestionnaireEdition

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group
def command() -> None:
    """See the module."""


@command.command("list")
@with_appcontext
def list_() -> None:
    """Print every edition, when it was published, and its checksum.

    Example: python3 hailong.py questionnaire list
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.editions import list_questionnaire_editions  # noqa: PLC0415

    editions = list_questionnaire_editions(db.session())
    for edition in editions:
        day = f"{edition.published_on:%d/%m/%Y}" if edition.published_on else "nháp/draft"
        click.echo(f"{_name(edition)}  {day}  {edition.sha256[:12]}  {edition.content['title']['vi']}")
    if not editions:
        click.echo("Chưa có phiếu nào. / There is no edition yet.")


@command.command("show")
@click.argument("edition")
@click.option("--language", default="vi", show_default=True, help="The language of the wording.")
@with_appcontext
def show(edition: str, language: str) -> None:
    """Print what an edition asks, in its order, with the codes of its items.

    Example: python3 hailong.py questionnaire show counter/2026
    """
    from survey.models.editions import Questionnaire  # noqa: PLC0415  see above
    from survey.services.edition_outline import outline_of  # noqa: PLC0415  see above

    for line in outline_of(Questionnaire.from_content(_edition(edition).content), language):
        click.echo(line)


@command.command("check")
@click.argument("file", type=_FILE)
@with_appcontext
def check(file: Path) -> None:
    """Name every fault of a file, with its line and remedy; nothing is stored.

    Example: python3 hailong.py questionnaire check phieu-2027.toml
    """
    _read(file)
    click.echo("Phiếu dùng được. / The edition can be loaded.")


@command.command("load")
@click.argument("file", type=_FILE)
@click.option("--draft", is_flag=True, help="Keep it as a draft, which may still change and cannot be asked yet.")
@with_appcontext
def load(file: Path, *, draft: bool) -> None:
    """Check a file, store its edition and publish it; a published edition never changes again.

    Example: python3 hailong.py questionnaire load phieu-2027.toml
    """
    from survey.services.editions import load_questionnaire_edition  # noqa: PLC0415  see above

    day = None if draft else local_today()
    edition = load_questionnaire_edition(db.session(), _read(file), published_on=day)
    _finish(edition, "questionnaire.loaded")


@command.command("publish")
@click.argument("edition")
@with_appcontext
def publish(edition: str) -> None:
    """Publish a draft, so that waves can ask it; it never changes again.

    Example: python3 hailong.py questionnaire publish counter/2027
    """
    from survey.services.editions import publish_edition  # noqa: PLC0415  see above

    found = _edition(edition)
    publish_edition(db.session(), found, today=local_today())
    _finish(found, "questionnaire.published")


@command.command("export")
@click.argument("edition")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(edition: str, file: Path | None) -> None:
    """Write an edition as a file: to keep, or to fill in with other wording under a new edition name.

    Example: python3 hailong.py questionnaire export policy-and-service/2026.2 phieu-2027.toml
    """
    from survey.services.edition_writing import edition_toml  # noqa: PLC0415  see above

    written = edition_toml(_edition(edition).content)
    if file is None:
        click.echo(written, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(written)
    except OSError as error:
        sys.exit(
            f"Không ghi được {file} ({error.strerror}); hãy chọn tên khác. / {file} cannot be written "
            f"({error.strerror}); choose another name."
        )
    click.echo(f"Đã ghi {file}. / {file} is written.")


@command.command("choose")
@click.argument("edition")
@click.option("--agency", default="", help="Code of an agency: all its own counters.")
@click.option("--counter", "codes", multiple=True, help="Code of a counter; may be given several times.")
@with_appcontext
def choose(edition: str, agency: str, codes: tuple[str, ...]) -> None:
    """Let counters hand out another edition, in a wave beside the one they are in.

    Example: python3 hailong.py questionnaire choose service/2026 --counter ABCD-EFGH-J
    """
    from survey.services.audit import Detail, record  # noqa: PLC0415  see above
    from survey.services.edition_choice import choose_edition  # noqa: PLC0415  see above
    from survey.services.lookups import require_counters  # noqa: PLC0415  see above

    session = db.session()
    counters = require_counters(session, agency=agency, codes=codes, on=local_today())
    choice = choose_edition(session, _edition(edition), counters=counters)
    details: dict[str, Detail] = {"counters": choice.moved, "waves": [wave.code for wave in choice.waves]}
    record(
        session,
        "questionnaire.chosen",
        subject=edition,
        agency_id=counters[0].agency_id if counters else None,
        details=details,
    )
    session.commit()
    waves = ", ".join(wave.code for wave in choice.waves) or "–"
    click.echo(f"{choice.moved} quầy đã chuyển sang đợt {waves}. / {choice.moved} counters moved to the wave {waves}.")
    if choice.has_population_sizes:
        click.echo(
            "Hãy nhập lại số hồ sơ N cho từng đợt: N cũ gồm cả các quầy vừa chuyển. / "
            "Enter N anew for each wave: the old one includes the counters that moved."
        )


def _name(edition: QuestionnaireEdition) -> str:
    return f"{edition.questionnaire}/{edition.edition}"


def _edition(name: str) -> QuestionnaireEdition:
    from survey.services.lookups import require_questionnaire_edition  # noqa: PLC0415  see above

    questionnaire, _, edition = name.partition("/")
    return require_questionnaire_edition(db.session(), questionnaire, edition)


def _read(file: Path) -> dict[str, object]:
    """Read a file without faults; otherwise print each with its line, and end."""
    from survey.services.edition_places import Places  # noqa: PLC0415  see above
    from survey.services.editions import (  # noqa: PLC0415  see above
        faults_of_edition,
        parse_edition,
        read_edition_bytes,
    )

    source = read_edition_bytes(file)
    content = parse_edition(source, name=str(file))
    faults = faults_of_edition(db.session(), content)
    places = Places(source.decode("utf-8-sig"))
    for fault in faults:
        line = places.line_of(fault.place)
        where = f"dòng/line {line}, {fault.place}" if line else fault.place
        click.echo(f"{where}: {fault.vi} / {fault.en}", err=True)
    if faults:
        sys.exit(1)
    return content


def _finish(edition: QuestionnaireEdition, verb: str) -> None:
    from survey.services.audit import record  # noqa: PLC0415  see above

    published = edition.published_on.isoformat() if edition.published_on else None
    record(db.session(), verb, subject=_name(edition), details={"published_on": published})
    db.session.commit()
    if edition.published_on:
        click.echo(f"Phiếu {_name(edition)} đã công bố. / The edition {_name(edition)} is published.")
    else:
        click.echo(f"Phiếu {_name(edition)} là bản nháp. / The edition {_name(edition)} is a draft.")
