"""Tabs of a run page that other floors fill: each brings a template and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.desk.selectors.runs import times_in
from apps.engine.models import Run
from apps.engine.selectors import node_states
from apps.files.selectors import arrivals_for
from apps.lines.agency.conf import LINE as AGENCY_LINE
from apps.lines.agency.selectors import figures as agency
from apps.lines.bond_lending import selectors as lending
from apps.lines.bond_lending.conf import LINE as LENDING_LINE
from apps.lines.fund_distribution import selectors as advances
from apps.lines.fund_distribution.conf import LINE as ADVANCES_LINE
from apps.lines.fund_shenzhen import selectors as fund_shenzhen
from apps.lines.fund_shenzhen.conf import LINE as FUND_SHENZHEN_LINE
from apps.lines.funds_monitoring.conf import LINE as FUNDS_LINE
from apps.lines.funds_monitoring.selectors import figures as funds
from apps.lines.options_margin.conf import LINE as OPTIONS_LINE
from apps.lines.options_margin.selectors import figures as options
from apps.lines.parameters import selectors as parameter_check
from apps.lines.parameters.conf import LINE as PARAMETERS_LINE
from apps.lines.precious_metals import selectors as metals
from apps.lines.precious_metals.conf import LINE as METALS_LINE
from apps.lines.preclearing import selectors as preclearing
from apps.lines.preclearing.conf import LINE as PRECLEARING_LINE
from apps.lines.preferred_stock.conf import MARKETS as PREFERRED_MARKETS
from apps.lines.preferred_stock.selectors import figures as preferred
from apps.lines.rtgs import selectors as rtgs
from apps.lines.rtgs.conf import LINE as RTGS_LINE
from apps.lines.rtgs_shenzhen import selectors as shenzhen
from apps.lines.rtgs_shenzhen.conf import LINE as SHENZHEN_LINE
from apps.people.models import User
from apps.recon.selectors import breaks_of_run
from apps.recon.states import Cause

FILES_SHOWN = 100


@dataclass(frozen=True)
class Part:
    """One tab. `context` is asked only when somebody opens it; `kinds` are the facts that make it stale."""

    key: str
    title: Any
    icon: str
    template: str
    context: Callable[[User, Run], dict[str, Any]]
    kinds: str
    lines: tuple[str, ...] = ()  # codes of the lines that have it; none = all


def _figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": rtgs.figures_of(run.pk, run.variables)}


def _options_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": options.figures_of(run)}


def _lending_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": lending.figures_of(run.pk, run.variables)}


def _advance_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": advances.figures_of(run.pk)}


def _agency_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": agency.figures_of(run.pk)}


def _metal_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": metals.figures_of(run.pk)}


def _preferred_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": preferred.figures_of(run.pk)}


def _shenzhen_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": shenzhen.figures_of(run.pk)}


def _fund_shenzhen_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": fund_shenzhen.figures_of(run.pk)}


def _preclearing_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": preclearing.figures_of(run.pk)}


def _funds_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": funds.figures_of(run.pk)}


def _parameter_figures(user: User, run: Run) -> dict[str, Any]:
    return {"figures": parameter_check.figures_of(run)}


def _files(user: User, run: Run) -> dict[str, Any]:
    return {"files": arrivals_for(user, line_code=run.line.code, business_date=run.business_date)[:FILES_SHOWN]}


def _times(user: User, run: Run) -> dict[str, Any]:
    return {"times": times_in(run, node_states(run))}


def _breaks(user: User, run: Run) -> dict[str, Any]:
    return {"breaks": breaks_of_run(run.pk), "causes": Cause.choices}


PARTS: tuple[Part, ...] = (
    Part("figures", _("Figures"), "wallet", "lines/rtgs/_figures.html", _figures, "step.moved", (RTGS_LINE,)),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/options_margin/_figures.html",
        _options_figures,
        "step.moved recon.",
        (OPTIONS_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/bond_lending/_figures.html",
        _lending_figures,
        "step.moved recon.",
        (LENDING_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/fund_distribution/_figures.html",
        _advance_figures,
        "step.moved recon.",
        (ADVANCES_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/agency/_figures.html",
        _agency_figures,
        "step.moved recon.",
        (AGENCY_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/precious_metals/_figures.html",
        _metal_figures,
        "step.moved recon.",
        (METALS_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/preferred_stock/_figures.html",
        _preferred_figures,
        "step.moved recon.",
        tuple(PREFERRED_MARKETS),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/rtgs_shenzhen/_figures.html",
        _shenzhen_figures,
        "step.moved recon.",
        (SHENZHEN_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/fund_shenzhen/_figures.html",
        _fund_shenzhen_figures,
        "step.moved recon.",
        (FUND_SHENZHEN_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/preclearing/_figures.html",
        _preclearing_figures,
        "step.moved recon.",
        (PRECLEARING_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/funds_monitoring/_figures.html",
        _funds_figures,
        "funds. step.moved recon. file.",
        (FUNDS_LINE,),
    ),
    Part(
        "figures",
        _("Figures"),
        "wallet",
        "lines/parameters/_figures.html",
        _parameter_figures,
        "step.moved recon.",
        (PARAMETERS_LINE,),
    ),
    Part("times", _("Times"), "alarm-clock", "desk/_times_part.html", _times, "deadline. step.moved run."),
    Part("files", _("Files"), "file-text", "desk/_files_part.html", _files, "file. message."),
    Part("breaks", _("Breaks"), "scale", "recon/_breaks.html", _breaks, "recon. step.moved"),
)


def parts_of(run: Run) -> list[Part]:
    here = [part for part in PARTS if not part.lines or run.line.code in part.lines]
    return here if run.times else [part for part in here if part.key != "times"]
