"""The report for whoever has to answer for it, as two pages of HTML."""

import base64
from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template

from passerby.attack.page_content import PageContent
from passerby.runs.report.page import page_style

__all__ = ["attack_page"]


def attack_page(content: PageContent) -> str:
    """Return the page as HTML, with everything it needs inside.

    Args:
        content: What is said.
    """
    template = Template(files("passerby.attack").joinpath("page.html").read_text("utf-8"))
    heads = "".join(f"<th>{one}</th>" for one in content.columns)
    return template.substitute(
        style=page_style(),
        subtitle=content.subtitle,
        verdict=f'<p class="verdict {content.tone}">{content.verdict}</p>',
        context=_list(content.context),
        data=_list(content.data),
        columns=heads,
        questions="".join(map(_cells, content.questions)),
        remarks=_list(content.remarks),
        gate=content.gate,
        controls="".join(map(_cells, content.controls)),
        examples="".join(
            f"<tr><th>{name}</th>{_pictures(pictures)}</tr>" for name, pictures in content.examples
        ),
        untested=_list(content.untested),
        governance=_list(content.governance),
    )


def _pictures(files_of_png: Iterable[bytes]) -> str:
    return "".join(
        f'<td><img alt="8x8 cells" src="data:image/png;base64,{base64.b64encode(one).decode()}">'
        "</td>"
        for one in files_of_png
    )


def _cells(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
