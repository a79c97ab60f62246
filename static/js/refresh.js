/**
 * <section id="runs" data-refresh="/?part=runs" data-refresh-on="run. step."> reads itself again when an entry of one
 * of these kinds comes (`*`: of any kind): at once for the first, then at most every `spacing` ms. Morphs, so focus stays; what is typed is kept.
 */
import { keepTyped } from "./typed.js";

export const SPACING_MS = 500;

/** What a morph leaves to the person: the field that is being typed in, and whether details are open. */
export const UNTOUCHED = {
  ignoreActiveValue: true,
  callbacks: { beforeAttributeUpdated: (name, node) => name !== "open" || node.localName !== "details" },
};

export function wants(kinds, kind) {
  return kinds.split(" ").some((start) => start && (start === "*" || kind === start || (start.endsWith(".") && kind.startsWith(start))));
}

/** Calls `work` at once, then at most once per `spacing` while asked, and always once after the last ask. */
export function coalesced(work, spacing = SPACING_MS, { later = setTimeout } = {}) {
  let resting = false;
  let asked = false;
  let busy = false;
  const run = async () => {
    asked = false;
    resting = busy = true;
    later(() => {
      resting = false;
      if (asked && !busy) run();
    }, spacing);
    try {
      await work();
    } finally {
      busy = false;
      if (asked && !resting) run();
    }
  };
  return () => {
    asked = true;
    if (!resting && !busy) run();
  };
}

export async function readAgain(section, { read = fetch, morph = globalThis.Idiomorph, process = globalThis.htmx } = {}) {
  const answer = await read(section.dataset.refresh, { headers: { "HX-Request": "true", "X-Refresh": "1" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return false;
  const html = await answer.text();
  if (!section.isConnected) return false;
  const putBack = keepTyped(section);
  morph.morph(section, html, { morphStyle: "outerHTML", ...UNTOUCHED });
  const fresh = section.isConnected ? section : section.ownerDocument.getElementById(section.id);
  putBack(fresh);
  process?.process(fresh);
  fresh?.dispatchEvent(new CustomEvent("page:changed", { bubbles: true }));
  return true;
}

/** A time between `least` and twice that, so that many pages do not ask in the same moment. */
export function spread(least, random = Math.random) {
  return Math.round(least * (1 + random()));
}

/**
 * `data-refresh-after="1500"`: the page shows the change itself, only details are read again, a little later.
 * A section that nobody sees (a closed tab) is read when it is opened.
 */
export function refresher(section, { doc = document, again = readAgain, spacing = SPACING_MS, later = setTimeout } = {}) {
  const id = section.id;
  const patience = Number(section.dataset.refreshAfter || 0);
  let stale = false;
  let waiting = false;
  const ask = coalesced(async () => {
    const now = doc.getElementById(id);
    if (now) await again(now).catch(() => false);
  }, spacing);
  doc.addEventListener("journal:entry", ({ detail }) => {
    const now = doc.getElementById(id);
    if (!now || !wants(now.dataset.refreshOn, detail.kind)) return;
    if (now.closest?.("[hidden]")) {
      stale = true;
    } else if (!patience) {
      ask();
    } else if (!waiting) {
      waiting = true;
      later(() => {
        waiting = false;
        ask();
      }, spread(patience));
    }
  });
  doc.addEventListener("tab:open", ({ detail }) => {
    if (!stale || !detail.panel.contains(doc.getElementById(id))) return;
    stale = false;
    ask();
  });
  doc.addEventListener("journal:reset", ask);
  return ask;
}
