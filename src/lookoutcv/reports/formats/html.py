"""HTML: one page that loads nothing. Styles, charts and thumbnails are in it.

Safe by construction: every string passes `visible` and then Jinja's escaping on its way out, and a content security
policy forbids whatever is left. Static pages hold no script; interactive ones hold two, both named by their hash.
A customer's own templates run in a sandbox, without a way to say that text from data is markup, under the same policy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from lookoutcv.calls.option_names import option
from lookoutcv.errors import LookoutError, UsageError
from lookoutcv.reports.charts import curve_chart, histogram_chart, matrix_chart, trend_chart, vega
from lookoutcv.reports.formats.base import RenderOptions, document_format
from lookoutcv.reports.parts.display_text import shortened, visible
from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.parts.drawings import Charts, Histogram
from lookoutcv.reports.parts.thumbnails import is_thumbnail
from lookoutcv.reports.styling import PAGE, Styling

if TYPE_CHECKING:
    from jinja2 import Environment


# Every page has it, those of a customer's templates too.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MARK = re.escape(f'content="{_POLICY}').replace("'", "(?:'|&#39;)")


@document_format("html", suffixes=(".html", ".htm"), media_type="text/html", mark=_MARK)
def html(document: Document, options: RenderOptions) -> bytes:
    """One page for any browser, with everything in it: nothing is loaded from elsewhere.

    Args:
        document: What to draw.
        options: `interactive` for charts with tooltips, which adds 0.9 MB of script and works without a network;
            `styling` for templates in place of ours, and a logo.
    Returns:
        HTML5 in UTF-8.
    Raises:
        UsageError: A template of the customer's cannot be used.
    """
    styling, interactive = options.styling, options.interactive
    scripts = _scripts(document) if interactive else []
    policy = Markup(content_policy(scripts))
    values = {
        "document": document,
        "logo": styling.logo,
        "policy": policy,
        "scripts": list(map(Markup, scripts)),
        "specifications": _data_island(document) if interactive else None,
    }
    if styling.template is None:
        return _environment().get_template(PAGE).render(values, style=_style(None)).encode()
    return _own_page(styling, values, policy).encode()


def _own_page(styling: Styling, values: dict[str, Any], policy: str) -> str:
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - Jinja loads when a page is made

    remedy = 'Mend the template; `{% extends "report.html.j2" %}` keeps what it does not replace.'
    try:
        environment = _sandbox(styling)
        drawn = environment.get_template(styling.page).render(values, style=_style(styling.load("report.css")))
    except TemplateSyntaxError as reason:
        where = f"{styling.template}, line {reason.lineno}"
        raise UsageError(f"{option('template')}: {where}: {reason.message}", remedy) from reason
    except LookoutError:
        raise
    except Exception as reason:  # an expression of a template can raise anything
        raise UsageError(f"{option('template')}: {styling.template}: {reason}", remedy) from reason
    if policy not in drawn:
        raise UsageError(
            f"{option('template')}: {styling.template} leaves out the content security policy, which keeps a page from "
            "loading anything",
            'Give its head the line <meta http-equiv="Content-Security-Policy" content="{{ policy }}">.',
        )
    return drawn


def _style(own: str | None) -> Markup:
    return Markup(own if own is not None else _template("report.css"))


def _template(name: str) -> str:
    return (files("lookoutcv.reports") / "templates" / name).read_text("utf-8")


def content_policy(scripts: list[str]) -> str:
    """The content security policy: nothing from outside, inline styles, embedded images, and exactly these scripts."""
    if not scripts:
        return _POLICY
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    # Vega compiles its expressions with the Function constructor.
    return f"{_POLICY}; script-src {hashes} 'unsafe-eval'"


def jpeg(text: str | None) -> str | None:
    """The thumbnail as a data URI; None where it is not a JPEG in base64."""
    return f"data:image/jpeg;base64,{text}" if text and is_thumbnail(text) else None


def breakable(text: str) -> Markup:
    """A name that may be broken after its separators.

    Example:
        >>> breakable("cam-1/<b>.jpg")
        Markup('cam-<wbr>1/<wbr>&lt;b&gt;.<wbr>jpg')
    """
    return Markup("<wbr>").join(visible(part) for part in re.split(r"(?<=[/\\_.-])(?=.)", text, flags=re.DOTALL))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415

    return _equipped(Environment(loader=PackageLoader("lookoutcv.reports"), **_settings()))


def _sandbox(styling: Styling) -> Environment:
    """Where templates of others run: they reach our parts and the document, and nothing else."""
    from jinja2 import ChoiceLoader, FunctionLoader, PackageLoader  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    loader = ChoiceLoader([FunctionLoader(styling.load), PackageLoader("lookoutcv.reports")])
    environment = ImmutableSandboxedEnvironment(loader=loader, **_settings())
    del environment.filters["safe"]
    return _equipped(environment)


def _settings() -> dict[str, Any]:
    from jinja2 import StrictUndefined  # noqa: PLC0415

    return {
        "autoescape": True,
        "undefined": StrictUndefined,
        "finalize": _finalize,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _equipped(environment: Environment) -> Environment:
    environment.globals["chart"] = lambda histogram, key: Markup(histogram_chart.svg(histogram, key))
    environment.globals["curve"] = lambda line, key: Markup(curve_chart.svg(line, key))
    environment.globals["matrix"] = lambda block, key: Markup(matrix_chart.svg(block, key))
    environment.globals["trend"] = lambda line, key: Markup(trend_chart.svg(line, key))
    environment.filters.update(
        kind=lambda block: type(block).__name__, jpeg=jpeg, shortened=shortened, breakable=breakable
    )
    return environment


def _charts(document: Document) -> Iterator[Histogram]:
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Charts):
                yield from block.items


def _scripts(document: Document) -> list[str]:
    start = _template("interactive.js.j2")
    # A script ends at the first "</script", wherever it stands.
    return [vega.library().replace("</script", "<\\/script"), start] if any(_charts(document)) else []


def _data_island(document: Document) -> Markup:
    specifications = [vega.specification(chart) for chart in _charts(document)]
    text = json.dumps(specifications, separators=(",", ":"), allow_nan=False)
    # Inside JSON these stand only in strings, where the escapes mean the same.
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
