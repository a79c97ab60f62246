/** Forms: answers marked `X-Form: again` are the form with what is wrong and are swapped in although they are 4xx. */
export function formAgain(event) {
  const answer = event.detail.xhr;
  if (answer.getResponseHeader("X-Form") !== "again") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
}

/** Names the first field that is wrong by giving it the focus. */
export function focusFirstError(root) {
  root.querySelector?.(".has-errors input, .has-errors select, .has-errors textarea")?.focus();
}

export function pickAll(event) {
  const box = event.target.closest?.("[data-pick-all]");
  if (!box) return;
  for (const each of box.closest("[data-pick-table]").querySelectorAll("tbody input[type=checkbox]")) each.checked = box.checked;
}

export function submitOnChange(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=date]")) form.requestSubmit();
  });
}
