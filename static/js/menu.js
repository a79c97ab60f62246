/** <details data-menu>: closes on Escape (focus returns to its button) and when something else is clicked. */
export function menu(details, { doc = document } = {}) {
  doc.addEventListener("click", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}
