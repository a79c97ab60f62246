/** <div role="tablist" data-tabs>: arrow keys move, Home and End jump; a panel with data-part is read when first opened. */
export function neighbour(count, index, key) {
  if (key === "ArrowRight") return (index + 1) % count;
  if (key === "ArrowLeft") return (index - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return -1;
}

export function tabs(list, { doc = document } = {}) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  const open = (tab, focus = false) => {
    for (const each of all) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      doc.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    const panel = doc.getElementById(tab.getAttribute("aria-controls"));
    panel.dispatchEvent(new CustomEvent("tab:open", { detail: { panel }, bubbles: true }));
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) open(tab);
  });
  list.addEventListener("keydown", (event) => {
    const next = neighbour(all.length, all.indexOf(event.target), event.key);
    if (next < 0) return;
    event.preventDefault();
    open(all[next], true);
  });
  return open;
}
