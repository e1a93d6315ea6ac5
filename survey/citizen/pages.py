"""Citizens' pages as responses: rendered, compressed, and under the strictest policy a page can have."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import flask
from markupsafe import Markup
from werkzeug.datastructures import Headers

from survey.citizen.blueprint import blueprint
from survey.citizen.intake import OpenCounter
from survey.citizen.kiosk import current_kiosk
from survey.citizen.script_files import INLINE, digest
from survey.citizen.stitched import StitchedPage
from survey.citizen.words import ORIGINAL, Phrase, Words, day_in
from survey.models.editions import NO_OPINION, RATING_LEVELS, Questionnaire, Text
from survey.queries.counters import Counter, Name
from survey.services.answer_checks import Filled, Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_KEY_MARK: Final = "KEY-STANDS-HERE"
_LANGUAGE: Final = re.compile(r"(?:^|&)lang=([\w-]+)")
_SMALLEST_COMPRESSED: Final = 500
# Of Latin script only: the browser itself breaks Khmer and Chinese, and a hyphen would tear a Khmer stack apart.
_LETTER: Final = "[A-Za-zÀ-ỹ]"
_LONG_WORD: Final = re.compile(rf"\b({_LETTER}{{5}}(?={_LETTER}{{4}}\b)|{_LETTER}{{6}}(?={_LETTER}{{4}}))")


def _read_style(*names: str) -> str:
    sources = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in names]
    return "".join(sources).replace("\n", "")


FORM_STYLE: Final = _read_style("page.css")
# Of every page but the empty form, which has the fewest bytes to spend.
STYLE: Final = _read_style("page.css", "more.css")


def policy(*scripts: str) -> str:
    """Return the content security policy of a page with our style sheets and these scripts of ours in it."""
    sources = " ".join(f"'{digest(INLINE[name])}'" for name in scripts)
    return (
        f"default-src 'none'; style-src '{digest(FORM_STYLE)}' '{digest(STYLE)}'; script-src {sources}; "
        "worker-src 'self'; img-src 'self' data:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": policy("register"),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
KIOSK_HEADERS: Final = {**HEADERS, "Content-Security-Policy": policy("register", "kiosk")}


class ReadyHeaders(Headers):
    """Headers that are known to be well-formed: taken as they are, since to look at each cost as much as the page."""

    def __init__(self, ready: Mapping[str, str]) -> None:
        """Begin with all of ``ready``, whose names and values are of our own writing."""
        super().__init__()
        self._list.extend(ready.items())


class CitizenResponse(flask.Response):
    """A response whose headers are complete as they are given; to work them over again cost a tenth of a request."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002  werkzeug's signature
        """Add the length, which is known, and nothing else."""
        self.headers.setdefault("Content-Length", str(self.calculate_content_length() or 0))
        return self.headers


@dataclass(frozen=True, slots=True)
class Level:
    """One choice of a question: 1 to 5, or 0 for "no opinion"."""

    value: int
    words: Phrase


@blueprint.app_template_filter("narrow")
def narrow(phrase: Phrase) -> Phrase:
    """Let long words break where a column is narrow."""
    return replace(phrase, text=_LONG_WORD.sub("\\1\u00ad", phrase.text))


def all_words() -> dict[str, Words]:
    """Return the wording of every language of this installation, Vietnamese first."""
    words: dict[str, Words] = flask.current_app.extensions["words"]
    return words


def current_words() -> Words:
    """Return the wording the citizen asked for in the address, or the Vietnamese one."""
    words = all_words()
    # Our own addresses write it plainly; to take a whole query apart costs a twentieth of the request.
    asked = _LANGUAGE.search(flask.request.environ.get("QUERY_STRING", ""))
    return (words.get(asked[1]) if asked else None) or words[ORIGINAL]


def offered_languages(questionnaire: Questionnaire | None) -> list[Words]:
    """Return the languages a citizen may switch to: those of the pages, and those of the form he is looking at."""
    asked_in = {tag for item in questionnaire.items for tag in item.text} if questionnaire else set()
    return [words for words in all_words().values() if words.is_offered or words.tag in asked_in]


def empty_form(found: OpenCounter, questionnaire: Questionnaire, key: str) -> flask.Response:
    """Return a form that nobody has filled in; all of it but the key was made before."""
    words, kiosk = current_words(), current_kiosk()
    name = words.tag + (kiosk.home if kiosk else "")
    page = found.empty_forms.get(name)
    if page is None:
        html = _render_form(found.counter, questionnaire, Filled(key=_KEY_MARK), (), words)
        before, _, after = re.sub(r"\n\s*", "\n", html).partition(_KEY_MARK)
        page = found.empty_forms[name] = StitchedPage(before, after)
    headers = _headers()
    if _accepts_gzip():
        body, headers = page.gzip(key), {**headers, "Content-Encoding": "gzip"}
    else:
        body = page.plain(key)
    return CitizenResponse(body, headers=ReadyHeaders({**headers, "Content-Length": str(len(body))}))


def filled_form(
    counter: Counter, questionnaire: Questionnaire, filled: Filled, problems: Sequence[Problem], status: HTTPStatus
) -> flask.Response:
    """Return the form as the citizen filled it in, with what to put right."""
    return respond(_render_form(counter, questionnaire, filled, problems, current_words()), status)


def notice(
    counter: Counter | None,
    status: HTTPStatus,
    name: str,
    *,
    sentence: str | None = None,
    **options: Any,  # noqa: ANN401
) -> flask.Response:
    """Return a page that says one thing: the title and sentence called ``name``, or another sentence, or none ("")."""
    return page(
        "citizen/notice.html",
        status,
        counter=counter,
        title=current_words().say(f"{name}_title"),
        sentence=current_words().say(name) if sentence is None else sentence,
        **options,
    )


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> flask.Response:  # noqa: ANN401
    """Render one of the citizens' templates."""
    return respond(_render(template, current_words(), **values), status)


def respond(html: str, status: HTTPStatus) -> flask.Response:
    """Send a page."""
    body = html.encode()
    if len(body) >= _SMALLEST_COMPRESSED and _accepts_gzip():
        return CitizenResponse(gzip.compress(body), status, {**_headers(), "Content-Encoding": "gzip"})
    return CitizenResponse(body, status, _headers())


def form_levels(questionnaire: Questionnaire, words: Words) -> list[Level]:
    """Return the choices of every question: the scale, and "no opinion"."""
    scale = [words.choose(level) for level in questionnaire.scale]
    levels = [Level(value, name) for value, name in zip(RATING_LEVELS, scale, strict=True)]
    return [*levels, Level(NO_OPINION, words.phrases["no_opinion"])]


def written_day(day: date) -> str:
    """Return a day as the reader writes it."""
    return day_in(day, current_words().tag)


def _headers() -> dict[str, str]:
    return KIOSK_HEADERS if current_kiosk() else HEADERS


def _accepts_gzip() -> bool:
    wanted = flask.request.environ.get("HTTP_ACCEPT_ENCODING", "")
    # Weights are rare, and to read them costs more than to find the page.
    return "gzip" in wanted if "q=" not in wanted else flask.request.accept_encodings["gzip"] > 0


def _render_form(
    counter: Counter, questionnaire: Questionnaire, filled: Filled, problems: Sequence[Problem], words: Words
) -> str:
    return _render(
        "citizen/form.html",
        words,
        counter=counter,
        questionnaire=questionnaire,
        levels=form_levels(questionnaire, words),
        filled=filled,
        problems=problems,
        key=filled.key,
    )


def render_preview(counter: Counter, questionnaire: Questionnaire, words: Words, *, back: str, **texts: Text) -> str:
    """Return the empty form under a banner, with no key and a way ``back``; ``texts`` are what a preview adds."""
    return _render(
        "citizen/preview.html",
        words,
        counter=counter,
        questionnaire=questionnaire,
        levels=form_levels(questionnaire, words),
        filled=Filled(key=""),
        problems=(),
        back=back,
        **texts,
    )


def _render(template: str, words: Words, **values: Any) -> str:  # noqa: ANN401
    def lang_of_name(name: Name) -> Markup:
        return words.lang_of("en" if words.tag == "en" and name.en else ORIGINAL)

    kiosk = current_kiosk()
    return flask.render_template(
        template,
        words=words,
        say=words.say,
        in_language=words.choose,
        lang_of=words.lang_of,
        lang_of_name=lang_of_name,
        languages=offered_languages(values.get("questionnaire")),
        style=_own(FORM_STYLE if template == "citizen/form.html" and not values["problems"] else STYLE),
        scripts={name: _own(text) for name, text in INLINE.items()},
        kiosk=kiosk,
        forms=kiosk.home if kiosk else "/Q",
        **values,
    )


def _own(text: str) -> Markup:
    """Let a file of ours stand in a page as it is."""
    return Markup(text)  # noqa: S704  never anything that came from outside
