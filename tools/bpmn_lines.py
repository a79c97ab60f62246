"""The packaged process models, by the file that each is drawn into."""

from tools.bpmn_l00 import L00
from tools.bpmn_l01 import L01

MODELS = {"apps/lines/data/L00.bpmn": L00, "apps/lines/rtgs/data/L01.bpmn": L01}
