/**
 * Saves the drawing by itself. One save is on its way at a time; what is drawn meanwhile goes with the next one.
 * When somebody else saved other elements, the server answers with both; when it was the same element, the person decides.
 */
import { declareNamespace } from "./editor-model.js";

export const PAUSE_MS = 1200;
export const AGAIN_MS = 5000;

export function queue(work, { pause = PAUSE_MS, later = setTimeout, cancel = clearTimeout } = {}) {
  let timer = null;
  let running = null;
  let wanted = false;
  const run = async () => {
    timer = null;
    if (running) {
      wanted = true;
      return running;
    }
    running = work();
    try {
      return await running;
    } finally {
      running = null;
      if (wanted) {
        wanted = false;
        start();
      }
    }
  };
  const start = (milliseconds = pause) => {
    cancel(timer);
    timer = later(run, milliseconds);
  };
  return { later: start, now: () => (cancel(timer), run()), isIdle: () => timer === null && running === null };
}

export function saver(page, modeler, { words, token }) {
  const state = page.querySelector("[data-save-state]");
  const seen = page.querySelectorAll("input[name=seen]");
  const address = page.dataset.editor;
  let revision = Number(page.dataset.revision);
  let unsaved = false;
  let blocked = false;
  let newest = revision;
  let running = false;
  let asRead = modeler.saveXML({ format: true }).then(({ xml }) => xml); // what the server compares the drawing with

  const say = (text, kind) => {
    state.textContent = text;
    state.dataset.kind = kind;
  };
  const advance = (saved) => {
    revision = saved.revision;
    newest = Math.max(newest, revision);
    page.dataset.revision = revision;
    seen.forEach((input) => (input.value = revision));
  };
  const accept = async (saved, sent) => {
    const now = (await modeler.saveXML({ format: true })).xml;
    unsaved = now !== sent;
    const joined = saved.revision > revision + 1;
    // What was drawn meanwhile does not know what others saved: the next save is joined with it once more.
    if (!joined) asRead = sent;
    if (!joined || !unsaved) advance(saved);
    if (joined && !unsaved) await take(saved.model_xml);
    say(words.saved.replace("{revision}", saved.revision).replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false })), "saved");
    if (unsaved) work.later();
    else if (newest > revision) await pull();
  };
  /** Others' work, while there is none of one's own: not under the hands of somebody who is typing. */
  const pull = async () => {
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || unsaved || blocked || page.querySelector("[data-fields]")?.contains(document.activeElement)) return;
    const theirs = await answer.json();
    if (unsaved || theirs.revision <= revision) return;
    advance(theirs);
    await take(theirs.model_xml);
  };
  /** Another drawing in the place of this one: what was chosen stays chosen, if it is still there. */
  const take = async (xml) => {
    const view = modeler.get("canvas").viewbox();
    const chosen = modeler.get("selection").get().map((element) => element.id);
    await modeler.importXML(xml);
    modeler.get("selection").select(chosen.map((id) => modeler.get("elementRegistry").get(id)).filter(Boolean));
    declareNamespace(modeler);
    asRead = modeler.saveXML({ format: true }).then((read) => read.xml);
    modeler.get("canvas").viewbox(view);
    say(words.merged, "saved");
  };
  const conflict = (refusal, xml) => {
    blocked = true;
    const dialog = document.getElementById("conflict");
    dialog.querySelector("[data-sentence]").textContent = refusal.detail;
    const link = dialog.querySelector("[data-download]");
    link.href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    say(words.conflict, "failed");
    if (!dialog.open) dialog.showModal();
  };
  const send = async () => {
    if (blocked || !unsaved) return;
    const { xml } = await modeler.saveXML({ format: true });
    say(words.now, "now");
    running = true;
    let answer;
    try {
      answer = await fetch(address, { method: "PUT", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify({ model_xml: xml, as_read: await asRead, seen: revision }) });
    } catch {
      say(words.offline, "failed");
      work.later(AGAIN_MS);
      return;
    }
    if (answer.ok) await accept(await answer.json(), xml);
    else if (answer.status === 409) conflict(await answer.json(), xml);
    else {
      const refusal = await answer.json().catch(() => ({}));
      say(`${words.refused} ${refusal.detail || answer.status}`, "failed");
      if (answer.status >= 500) work.later(AGAIN_MS);
    }
  };
  const work = queue(() => send().finally(() => (running = false)));

  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  document.getElementById("conflict").querySelector("[data-reload]").addEventListener("click", () => {
    unsaved = false;
    window.location.reload();
  });
  for (const form of page.querySelectorAll("form[data-needs-saved]")) {
    form.addEventListener("submit", async (event) => {
      if (!unsaved) return;
      event.preventDefault();
      await work.now();
      if (!unsaved) form.requestSubmit(event.submitter);
    });
  }
  return {
    later() {
      unsaved = true;
      say(words.pending, "pending");
      work.later();
    },
    now: work.now,
    revision: () => revision,
    /** Somebody has saved, perhaps this very page. */
    heard(number, by) {
      newest = Math.max(newest, number);
      if (newest <= revision || blocked || running) return;
      if (by) say(words.others.replace("{by}", by).replace("{revision}", newest), "pending");
      if (!unsaved) pull();
    },
    ended(by) {
      blocked = true;
      say(words.ended.replace("{by}", by), "failed");
    },
  };
}
