/** Drawing or table: a button and Alt+T change between the two; the question mark shows every key. */

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

export function views(page, modeler, table) {
  const drawing = page.querySelector("[data-canvas]").closest("section");
  const buttons = page.querySelectorAll("[data-view]");
  const show = (name) => {
    const asTable = name === "table";
    drawing.classList.toggle("is-behind", asTable); // it keeps its size: the modeller measures itself
    drawing.inert = asTable;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    table.open(asTable);
    if (asTable) return;
    const [chosen] = modeler.get("selection").get();
    if (chosen) modeler.get("canvas").scrollToElement(chosen);
    drawing.querySelector("svg").focus();
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.code === "KeyT" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      show(table.isOpen() ? "drawing" : "table");
    } else if (event.key === "?" && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      page.querySelector("[data-keys]").showModal();
    }
  });
  return show;
}
