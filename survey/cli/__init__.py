"""The verbs of ``hailong.py``.

Every module here whose name has no underscore in front is a verb.  Its docstring is the verb's help, with an
example; the first line is its line in ``hailong.py --help``; its ``command`` is what runs.  (``import_`` is the
verb ``import``: the word is taken in Python.)
"""

from __future__ import annotations

import getpass
import importlib
import os
import pkgutil
from typing import Any, Final

import click

from survey.cli._refusals import refusals_in_words
from survey.services.audit import act_as

WITHOUT_DATA: Final = {"bench", "estimate", "test", "verify"}


class Verbs(click.Group):
    """Loads a verb when it is asked for, lets it name the data folder, and words what goes wrong."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in alphabetical order."""
        del ctx
        modules = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.rstrip("_").replace("_", "-") for name in modules if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb, or None where there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"survey.cli.{name}_" if cmd_name == "import" else f"survey.cli.{name}")
        command: click.Command = module.command
        command.help = _wrapped_but_for_examples(module.__doc__ or "")
        if cmd_name not in WITHOUT_DATA:
            _let_name_the_data(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  whatever a verb returns
        """Run the verb; what an operator can act upon is said in one sentence, without a traceback."""
        act_as(f"cli:{getpass.getuser()}")
        with refusals_in_words():
            return super().invoke(ctx)


def _wrapped_but_for_examples(text: str) -> str:
    # click wraps every paragraph unless this sign stands above it.
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(f"\b\n{part}" if "\n    " in part else part for part in paragraphs)


def _let_name_the_data(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _let_name_the_data(part)
    elif not any(parameter.name == "data" for parameter in command.params):
        command.params.append(_data_option())


def _data_option() -> click.Option:
    return click.Option(
        ["--data"],
        type=click.Path(file_okay=False, resolve_path=True),
        help="The data folder; else HAILONG_DATA_DIR, else data/ beside hailong.py.",
        expose_value=False,
        is_eager=True,
        callback=_remember_data,
    )


def _remember_data(_context: click.Context, _option: click.Parameter, folder: str | None) -> None:
    # The settings are read from the environment when the application is made, which is after this.
    if folder:
        os.environ["HAILONG_DATA_DIR"] = folder
