/** <dialog data-keys-help>: "?" lists the keys of every page and those of this one, which its buttons and fields carry as data-key. */
import { typing } from "./find.js";

export function keysHelp(dialog, { doc = document } = {}) {
  const here = dialog.querySelector("[data-keys-here]");
  const list = dialog.querySelector("[data-keys-list]");
  const row = (element) => {
    const [line, term, key, words] = ["div", "dt", "kbd", "dd"].map((name) => doc.createElement(name));
    key.textContent = element.dataset.key;
    words.textContent = named(element);
    term.append(key);
    line.append(term, words);
    return line;
  };
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.defaultPrevented || dialog.open || typing(event.target)) return;
    event.preventDefault();
    const carried = [...doc.querySelectorAll("[data-keys] [data-key]")];
    list.replaceChildren(...carried.map(row));
    here.hidden = !carried.length;
    dialog.showModal();
  });
}

function named(element) {
  const label = element.labels?.[0];
  return (element.getAttribute("aria-label") || label?.textContent || element.textContent || element.title || "").trim();
}
