"""Layouts that the simulator writes: names, order and widths as in the official files (fact book 3.2, 3.3)."""

from apps.files.core.dbf import Column


def layout_of(columns: str) -> tuple[Column, ...]:
    """`NAME:width` for each character column."""
    return tuple(Column(name, "C", int(width)) for name, width in (column.split(":") for column in columns.split()))


JSMX = layout_of(
    """
    SCDM:2 JLLX:3 JYFS:3 JSFS:3 YWLX:3 QSBZ:3 GHLX:3 JSBH:16 CJBH:16 SQBH:16 WTBH:16 JYRQ:8 QSRQ:8 JSRQ:8 QTRQ:8 WTSJ:6
    CJSJ:6 XWH1:5 XWH2:5 XWHY:8 JSHY:8 TGHY:8 ZQZH:10 ZQDM1:6 ZQDM2:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 MMBZ:1 SL:16 CJSL:16
    ZJZH:25 BZ:3 JG1:17 JG2:17 QSJE:19 YHS:17 JSF:17 GHF:17 ZGF:17 SXF:17 QTJE1:19 QTJE2:19 QTJE3:19 SJSF:19 JGDM:4
    FJSM:40
    """
)
ZQBD = layout_of(
    """
    SCDM:2 QSBH:8 ZQZH:10 XWH:5 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 BDSL:16 BDLX:3 BDRQ:8 SL:16 BH:20 BY:20
    """
)
ZQYE = layout_of(
    """
    SCDM:2 QSBH:8 ZQZH:10 XWH:5 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 YE1:16 YE2:16 BY:12 JZRQ:8
    """
)
ZJYE = layout_of(
    """
    SCDM:2 ZJZH:25 ZHLB:3 ZHBZ:3 ZHZT:2 ZJYE:19 KJSZJ:19 KHKZJ:19 DJJE:19 TZJE:19 ZDBF:19 SRYE:19 JFFS:19 DFFS:19 ZJ1:19
    ZJ2:19 BZ:3 RQ:8 BCSM:40
    """
)
ZJBD = layout_of(
    """
    SCDM:2 FSRQ:8 ZJZH:25 SXH:10 ZWLB:8 FSJE:19 BCYE:19 ZY:40 PZBH:20 BY:20
    """
)
ZJHZ = layout_of(
    """
    SCDM:2 JLLX:3 JSFS:3 QSRQ:8 JSRQ:8 XWH:5 QSBH:8 ZJZH:25 YHDM:5 SJMJE:19 BJMJE:19 QSJE:19 YHS:17 JSF:17 GHF:17 ZGF:17
    SXF:17 QTFY1:17 QTFY2:17 QTFY3:17 SJSF:19 QSBZ:3 YYRQ:8 BCSM:40
    """
)
FSBZ_FI = layout_of(
    """
    JLLX:3 SJWJLX:10 WJMS:40 SJWJM:30 WJJLS:10 WJZJS:12 BY:40
    """
)
