/** Tables that are wider than their place are moved sideways: those that hold nothing for the keyboard to stand on are stood on themselves. */
export function reachable(root = document) {
  for (const place of root.querySelectorAll(".table-wrap:not([tabindex]), .table-wrap[data-sideways]")) {
    const isWider = place.scrollWidth > place.clientWidth;
    const isStoodOn = isWider && !place.querySelector("a, button, input, select, textarea");
    place.toggleAttribute("data-sideways", isStoodOn);
    if (isStoodOn) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  }
}
