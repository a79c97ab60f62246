"""The packaged process models, by the file that each is drawn into."""

from tools.bpmn_l00 import L00
from tools.bpmn_l01 import L01
from tools.bpmn_l02 import L02
from tools.bpmn_l03 import L03
from tools.bpmn_l04 import L04
from tools.bpmn_l05 import L05
from tools.bpmn_l06 import L06
from tools.bpmn_l07 import L07
from tools.bpmn_l08 import L08, L08BJ, L08SZ
from tools.bpmn_l09 import L09
from tools.bpmn_l10 import L10
from tools.bpmn_l11 import L11
from tools.bpmn_r13 import R13

MODELS = {
    "apps/lines/data/L00.bpmn": L00,
    "apps/lines/rtgs/data/L01.bpmn": L01,
    "apps/lines/agency/data/L02.bpmn": L02,
    "apps/lines/rtgs_shenzhen/data/L04.bpmn": L04,
    "apps/lines/fund_shenzhen/data/L05.bpmn": L05,
    "apps/lines/preclearing/data/L03.bpmn": L03,
    "apps/lines/options_margin/data/L06.bpmn": L06,
    "apps/lines/bond_lending/data/L07.bpmn": L07,
    "apps/lines/preferred_stock/data/L08.bpmn": L08,
    "apps/lines/preferred_stock/data/L08SZ.bpmn": L08SZ,
    "apps/lines/preferred_stock/data/L08BJ.bpmn": L08BJ,
    "apps/lines/fund_distribution/data/L09.bpmn": L09,
    "apps/lines/precious_metals/data/L10.bpmn": L10,
    "apps/lines/funds_monitoring/data/L11.bpmn": L11,
    "apps/lines/parameters/data/R13.bpmn": R13,
}
