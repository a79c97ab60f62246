"""The demonstration's people. They exist only where the settings name a password for them."""

from django.db import transaction

from apps.people.actions.members import grant
from apps.people.conf import conf
from apps.people.models import BusinessLine, Membership, Team, User
from apps.people.states import Role

LINES = [
    ("common", "公共采集", "Common ingest", 10),
    ("parameters", "参数核对", "Parameter check", 15),
    ("rtgs-sh", "RTGS结算（上海）", "RTGS settlement Shanghai", 20),
    ("rtgs-sz", "RTGS结算（深圳）", "RTGS settlement Shenzhen", 22),
    ("fund-sz", "基金非担保交收（深圳）", "Fund non-guaranteed settlement Shenzhen", 23),
    ("agency-sh", "代收代付业务（上海）", "Agency collection and payment, Shanghai", 25),
    ("preclearing-sh", "预清算（上海）", "Pre-clearing, Shanghai", 27),
    ("options-margin", "期权组合策略保证金", "Options margin", 30),
    ("bond-lending", "场内债券借贷", "Exchange bond lending", 40),
    ("preferred-sh", "优先股赎回与回售（上海）", "Preferred stock redemption and put-back, Shanghai", 45),
    ("preferred-sz", "优先股赎回与回售（深圳）", "Preferred stock redemption and put-back, Shenzhen", 46),
    ("preferred-bj", "优先股赎回与回售（北京）", "Preferred stock redemption and put-back, Beijing", 47),
    ("fund-distribution", "基金代销T+0", "Fund distribution T+0", 50),
    ("precious-metals", "贵金属/黄金自营", "Gold and precious metals", 55),
    ("funds-monitoring", "资金交收监控", "Funds settlement monitoring", 60),
    ("trust-products", "信托产品", "Trust products", 65),
    ("settlement-funds", "结算资金", "Settlement funds", 70),
]
TEAMS = {
    "common": ("公共采集组", "Common ingest team"),
    "parameters": ("参数管理组", "Parameters team"),
    "rtgs-sh": ("上海RTGS结算组", "RTGS Shanghai team"),
    "rtgs-sz": ("深圳RTGS结算组", "RTGS Shenzhen team"),
    "fund-sz": ("深圳基金交收组", "Fund settlement Shenzhen team"),
    "agency-sh": ("上海代收代付组", "Agency payments team"),
    "preclearing-sh": ("上海预清算组", "Pre-clearing team"),
    "options-margin": ("期权结算组", "Options settlement team"),
    "bond-lending": ("债券借贷组", "Bond lending team"),
    "preferred-sh": ("优先股业务组", "Preferred stock team"),
    "preferred-sz": ("深圳优先股业务组", "Preferred stock team, Shenzhen"),
    "preferred-bj": ("北京优先股业务组", "Preferred stock team, Beijing"),
    "fund-distribution": ("基金代销组", "Fund distribution team"),
    "precious-metals": ("贵金属结算组", "Precious metals team"),
    "funds-monitoring": ("资金监控组", "Funds monitoring team"),
    "trust-products": ("产品管理组", "Products team"),
    "settlement-funds": ("资金清算组", "Settlement funds team"),
}
PEOPLE: list[tuple[str, str, list[Role]]] = [
    ("wang.min", "王敏", [Role.OPERATOR, Role.MAKER]),
    ("li.lei", "李雷", [Role.CHECKER]),
    ("zhang.wei", "张伟", [Role.OPERATOR, Role.MANAGER]),
    ("chen.jing", "陈静", [Role.PROCESS_AUTHOR]),
    ("zhao.gang", "赵刚", [Role.PROCESS_APPROVER]),
    ("sun.li", "孙丽", [Role.AUDITOR]),
    ("admin", "系统管理员", [Role.ADMIN]),
]


@transaction.atomic
def load_demo_people(*codes: str) -> dict[str, User]:
    """Makes sure lines, teams, people and their roles are there, of all lines or of these; run twice it changes nothing."""
    if not conf.DEMO_PASSWORD:
        return {}
    for code, name_zh, name_en, position in LINES:
        if codes and code not in codes:
            continue
        line, _ = BusinessLine.objects.get_or_create(
            code=code, defaults={"name_zh": name_zh, "name_en": name_en, "position": position}
        )
        team_zh, team_en = TEAMS[code]
        Team.objects.get_or_create(line=line, name_en=team_en, defaults={"name_zh": team_zh})
    return {username: _person(username, name, roles, codes or tuple(TEAMS)) for username, name, roles in PEOPLE}


def _person(username: str, name: str, roles: list[Role], codes: tuple[str, ...]) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        chief = Role.ADMIN in roles
        user = User(username=username, display_name=name, is_staff=chief, is_superuser=chief)
        user.set_password(conf.DEMO_PASSWORD)
        user.save()
    for team in Team.objects.filter(line__code__in=codes, name_en__in=[english for _, english in TEAMS.values()]):
        for role in roles:
            if not Membership.objects.filter(team=team, user=user, role=role).exists():
                grant(team=team, user=user, role=role, actor=None)
    return user
