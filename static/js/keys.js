/**
 * <form data-keys> with data-key="t" on its buttons, links and fields: the key presses a button, chooses a radio, goes to a
 * field. A button with data-needs="id" goes to that field while it is empty; Enter there then presses the button.
 */
export function keys(form, doc = document) {
  let pending = null;
  const typing = (target) => target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const press = (element) => {
    const needed = element.dataset.needs && doc.getElementById(element.dataset.needs);
    if (needed && !needed.value.trim()) {
      pending = element;
      needed.focus();
    } else if (element.matches("select, input:not([type=radio])")) {
      element.focus();
    } else {
      element.click();
    }
  };
  doc.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      if (event.key !== "Enter" || pending?.dataset.needs !== event.target.id) return;
      event.preventDefault();
      if (event.target.value.trim()) pending.click();
      return;
    }
    const found = form.querySelector(`[data-key="${globalThis.CSS?.escape(event.key) ?? event.key}"]`);
    if (!found) return;
    event.preventDefault();
    press(found);
  });
}

if (globalThis.document) document.querySelectorAll("[data-keys]").forEach((form) => keys(form));
