from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from register_world import make_register
from survey.services.errors import ImportRefusedError

HEADINGS = "email,name,language,roles\n"


@pytest.mark.parametrize("email", ["xem@mot.gov.vn", "khongco@mot.gov.vn"])
def test_who_administers_nothing_does_not_learn_which_accounts_exist(session: Session, email: str) -> None:
    register = make_register(session)
    manager = register.scope_of(("00004", "agency_manager"), ("00004", "survey_manager"))
    with pytest.raises(ImportRefusedError, match="Only administrators"):
        register.plan(f"{HEADINGS}{email},Lê Văn Xem,,\n", scope=manager)
