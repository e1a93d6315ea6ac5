"""What may be taken away of a released version: its bundle, every document in it, and the data package."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.findings.publication import Kept
from survey.jobs.releases import bundle_path
from survey.rendering.open_package import zipped
from survey.reports.blueprint import blueprint
from survey.reports.pages import keep, version_of
from survey.web.access import public
from survey.web.publication import package_of

if TYPE_CHECKING:
    from survey.queries.released import ReleasedVersion

# What is served under its own type; anything else is a file of bytes.  None of these runs in a browser.
TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "txt": "text/plain",
    "zip": "application/zip",
}
# These are listed on the page; the rest of a bundle is found in it.
READ_BY_PEOPLE: Final = ("pdf", "docx", "xlsx")
_PACKAGES: Final[Kept[dict[str, bytes]]] = Kept(2)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a bundle: its path in it, its ending, its size in bytes."""

    name: str
    ending: str
    size: int

    @property
    def label(self) -> str:
        """Return its name without the folder."""
        return self.name.rpartition("/")[2]


@blueprint.get("/cong-bo/<code>/goi.zip")
@public
def bundle(code: str) -> ResponseReturnValue:
    """Download the bundle, which ``hailong.py verify`` recomputes."""
    version, path = _bundle(code)
    return keep(flask.send_file(path, "application/zip", as_attachment=True, download_name=f"{version.code}.zip"))


@blueprint.get("/cong-bo/<code>/tep/<path:name>")
@public
def bundle_file(code: str, name: str) -> ResponseReturnValue:
    """Download one file of the bundle."""
    _version, path = _bundle(code)
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist() or name.endswith("/"):
            raise NotFound
        content = archive.read(name)
    return _file(content, name.rpartition("/")[2])


@blueprint.get("/cong-bo/<code>/du-lieu.zip")
@public
def package(code: str) -> ResponseReturnValue:
    """Download the data package as one file."""
    version = version_of(code)
    return _file(zipped(_package(version)), f"hai-long-{version.code}.zip")


@blueprint.get("/cong-bo/<code>/du-lieu/<name>")
@public
def package_file(code: str, name: str) -> ResponseReturnValue:
    """Read one file of the data package, whose ``datapackage.json`` names the others."""
    content = _package(version_of(code)).get(name)
    if content is None:
        raise NotFound
    response = _file(content, name)
    # Programs on other sites may read what is public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def documents_of(version: ReleasedVersion, of: str) -> list[Document]:
    """List what people read of a part of a version, as ``"annual-99"``; none while its bundle is being made."""
    path = _path(version)
    if not path.is_file():
        return []
    with zipfile.ZipFile(path) as archive:
        found = [Document(each.filename, _ending(each.filename), each.file_size) for each in archive.infolist()]
    return [one for one in found if one.ending in READ_BY_PEOPLE and one.label.startswith(f"{of}.")]


def _package(version: ReleasedVersion) -> dict[str, bytes]:
    return _PACKAGES.get(version.id, lambda: package_of(db.session(), version))


def _bundle(code: str) -> tuple[ReleasedVersion, Path]:
    version = version_of(code)
    path = _path(version)
    if not path.is_file():
        raise NotFound
    return version, path


def _path(version: ReleasedVersion) -> Path:
    # The code is the version's own, not what an address says.
    return bundle_path(flask.current_app.config["HAILONG"].data_dir, version.code)


def _file(content: bytes, name: str) -> flask.Response:
    response = flask.Response(content, HTTPStatus.OK, mimetype=TYPES.get(_ending(name), "application/octet-stream"))
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return keep(response)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()
