/**
 * <dialog data-find="/find/"> with a combobox and a listbox: "/" or Ctrl-K opens it anywhere, what is typed is asked for,
 * arrows choose, Enter goes there, Escape closes. The first hit is chosen as soon as it is there.
 */
export const PAUSE_MS = 90;

export function typing(target) {
  return Boolean(target?.matches?.("textarea, select, [contenteditable], [role=grid] *, input:not([type=radio]):not([type=checkbox]):not([type=button])"));
}

export function finder(dialog, { doc = document, read = fetch, later = setTimeout, go = (link) => link.click(), parse = parsed } = {}) {
  const input = dialog.querySelector("[role=combobox]");
  const said = dialog.querySelector("[data-find-said]");
  let asked = 0;
  let enters = false;
  const options = () => [...dialog.querySelectorAll("[role=option]")];
  const chosen = () => dialog.querySelector("[role=option][aria-selected=true]");
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView?.({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (list) => {
    dialog.querySelector("#find-found").replaceWith(list);
    said.textContent = list.dataset.said || "";
    const first = options()[0];
    input.setAttribute("aria-expanded", String(Boolean(first)));
    choose(first);
    if (enters && first) go(first);
    enters = false;
  };
  const ask = async (number) => {
    const answer = await read(`${dialog.dataset.find}?q=${encodeURIComponent(input.value)}`, {
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
    }).catch(() => null);
    if (number !== asked) return;
    if (!answer?.ok || answer.redirected) {
      enters = false;
      said.textContent = doc.body.dataset.wordOffline ?? "";
      return;
    }
    const list = parse(await answer.text());
    if (number === asked && list) show(list);
  };
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
  };
  doc.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
    if (!command && !slash) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => {
    const number = ++asked;
    enters = false;
    later(() => number === asked && ask(number), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const option = chosen();
      if (option && dialog.querySelector("#find-found").dataset.typed === input.value.trim()) go(option);
      else enters = Boolean(input.value.trim());
      return;
    }
    if (event.key === "Escape") {
      // A field for searching only empties itself at the first press.
      event.preventDefault();
      dialog.close();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = options();
    if (!step || !all.length) return;
    event.preventDefault();
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  });
  return { open };
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#find-found");
}
