/**
 * data-opens="id" opens the <dialog id>, data-closes closes the one it stands in. Without scripts the link behind works.
 * What an opener loads (hx-target) is emptied first: nobody answers the form that was asked for before.
 */
export function dialogs(doc = document) {
  const first = new WeakMap();
  const emptied = (body) => {
    if (!body) return;
    if (first.has(body)) body.replaceChildren(...first.get(body).map((node) => node.cloneNode(true)));
    else first.set(body, [...body.childNodes].map((node) => node.cloneNode(true)));
  };
  doc.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) {
      const dialog = doc.getElementById(opener.dataset.opens);
      if (!dialog?.showModal) return;
      event.preventDefault();
      if (opener.getAttribute?.("hx-target")) emptied(doc.querySelector(opener.getAttribute("hx-target")));
      dialog.showModal();
      return;
    }
    const closer = event.target.closest?.("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    else if (event.target.nodeName === "DIALOG") event.target.close();
  });
}
