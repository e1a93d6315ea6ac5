"""Give a counter a new public code, or retire the one that it replaced.

Example:
    python3 hailong.py agency counters LG-X01-1
    python3 hailong.py code rotate 4F7K2M9PX
    python3 hailong.py code retire 4F7K2M9PX
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from survey.models.agencies import ServicePointCode


@click.group
def command() -> None:
    """See the module."""


@command.command("rotate")
@click.argument("code")
@with_appcontext
def rotate(code: str) -> None:
    """Give the counter that carries CODE a new one; posters with the old one work until that is retired.

    Example: python3 hailong.py code rotate 4F7K2M9PX
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.counter_codes import rotate_code  # noqa: PLC0415

    found, session = _code(code), db.session()
    counter = found.service_point
    if counter.retired_on is not None:
        raise RefusedError(
            vi=f"Quầy “{counter.name}” đã ngừng; hãy chọn mã của một quầy đang dùng (agency counters).",
            en=f"The counter “{counter.name}” is retired; take a code of one in use (agency counters).",
        )
    text = rotate_code(session, counter, today=local_today()).code, counter.name
    session.commit()
    click.echo(
        f"{text[0]}  {text[1]}\nHãy in và treo áp phích mới; áp phích cũ còn dùng được đến khi mã cũ được ngừng "
        f"(code retire {found.code}). / Print and hang the new poster; the old one works until its code is retired."
    )


@command.command("retire")
@click.argument("code")
@with_appcontext
def retire(code: str) -> None:
    """Retire a code that a newer one has replaced; its posters work no longer.

    Example: python3 hailong.py code retire 4F7K2M9PX
    """
    from survey.services.counter_codes import retire_old_code  # noqa: PLC0415  see above

    found = _code(code)
    retire_old_code(db.session(), found, today=local_today())
    text = found.code
    db.session.commit()
    click.echo(f"Mã {text} đã ngừng. / The code {text} is retired.")


def _code(typed: str) -> ServicePointCode:
    from survey.models.agencies import ServicePointCode  # noqa: PLC0415  see above
    from survey.models.identifiers import read_counter_code  # noqa: PLC0415  see above

    found = db.session.get(ServicePointCode, read_counter_code(typed) or "")
    if found is None:
        raise RefusedError(
            vi=f"Không có mã quầy {typed[:40]}; xem các mã bằng agency counters.",
            en=f"There is no counter code {typed[:40]}; see the codes with agency counters.",
        )
    return found
