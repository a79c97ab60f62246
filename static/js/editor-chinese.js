/** What the modeller says and its own Chinese does not know. */
export const MORE_CHINESE = {
  "Open minimap": "打开缩略图",
  "Close minimap": "关闭缩略图",
  "Align elements": "对齐元素",
  "Align elements left": "左对齐",
  "Align elements center": "水平居中",
  "Align elements right": "右对齐",
  "Align elements top": "顶端对齐",
  "Align elements middle": "垂直居中",
  "Align elements bottom": "底端对齐",
  "Distribute elements horizontally": "水平等距分布",
  "Distribute elements vertically": "垂直等距分布",
  "Boundary event": "边界事件",
  "Ad-hoc sub-process": "顺序不限的子流程",
  "Expanded pool/participant": "展开的泳池",
  "Change element": "更换元素",
  "Toggle non-interrupting": "切换为非中断",
};
