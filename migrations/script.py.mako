"""${message}.

One thing a migration.  A growing table is created first, its foreign keys are added in a later step
(DESIGN: Citus distributes in between).  Downgrade must work with rows in the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    ${downgrades if downgrades else "raise NotImplementedError"}
