/**
 * The page of a template in the admin site: the editor of processes, which keeps what is drawn in the form of the page. It is
 * saved with the form, so that the checks, the lock and the journal are those of the action.
 */
import { mountAll } from "./diagram.js";
import { dialogs } from "./dialogs.js";
import { declareNamespace } from "./editor-model.js";
import { mountEditor } from "./editor.js";
import { templateTests } from "./template-tests.js";

/** The admin site's theme on the editor, which knows light and dark by another name. */
function followTheme(box) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const take = () => {
    const chosen = root.dataset.theme;
    box.dataset.bsTheme = chosen === "dark" || (chosen !== "light" && dark.matches) ? "dark" : "light";
  };
  new MutationObserver(take).observe(root, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", take);
  take();
}

/**
 * In the place of the saver: the model goes into the form, at once and once more before the form is sent. The form says on which
 * document it was drawn and how the editor had read that, so that what the editor cannot show is kept.
 */
export function keepInForm(page, modeler) {
  const form = document.getElementById(page.dataset.templateEditor);
  const { model_xml: text, drawn_on: drawnOn, as_read: read } = form.elements;
  const state = page.querySelector("[data-save-state]");
  const write = async () => (await modeler.saveXML({ format: true })).xml;
  let ground = text.value;
  let asRead = write();
  let changed = false;
  let sending = false;
  const wasRefused = document.querySelector(".errornote") !== null; // so that what is on the page is saved nowhere
  const put = async () => {
    if (!changed) return;
    [text.value, drawnOn.value, read.value] = [await write(), ground, await asRead];
  };
  /** Another document takes the place of what is drawn. */
  const take = async (xml) => {
    await modeler.importXML(xml);
    declareNamespace(modeler);
    ground = xml;
    asRead = write();
    [text.value, drawnOn.value, read.value] = [xml, "", ""];
    changed = false;
  };
  form.addEventListener("submit", async (event) => {
    if (!changed || sending) {
      sending = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await put();
    sending = true;
    setTimeout(() => form.requestSubmit(submitter)); // not within this event, where a form does not let itself be sent
  });
  text.addEventListener("change", () => take(text.value).catch(() => {})); // written by hand under “The model as XML”
  window.addEventListener("beforeunload", (event) => {
    if ((changed || wasRefused) && !sending) event.preventDefault();
  });
  const say = () => {
    state.textContent = page.querySelector("[data-import-state]").dataset.wordChanged;
    state.dataset.kind = "pending";
  };
  return {
    later() {
      changed = true;
      say();
    },
    now: put,
    take: async (xml) => {
      await take(xml);
      say();
    },
    /** What is drawn, as the server would keep it. */
    async drawn() {
      if (!changed) return text.value;
      await put();
      const answer = await fetch(page.dataset.drawn, { method: "POST", credentials: "same-origin", body: new FormData(form) }).catch(() => null);
      return answer?.ok ? answer.text() : text.value;
    },
  };
}

function files(page, { modeler, save }) {
  const state = page.querySelector("[data-import-state]");
  page.querySelector("[data-import]").addEventListener("change", async ({ target }) => {
    const before = (await modeler.saveXML({ format: true })).xml;
    try {
      await save.take(await target.files[0].text());
      state.textContent = "";
    } catch {
      await modeler.importXML(before);
      state.textContent = state.dataset.wordBroken;
    }
    target.value = "";
  });
  page.querySelector("[data-export]").addEventListener("click", async () => {
    const model = new Blob([await save.drawn()], { type: "application/xml" });
    const link = Object.assign(document.createElement("a"), { download: `${page.dataset.key}.bpmn`, href: URL.createObjectURL(model) });
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

async function mount(page) {
  const editor = await mountEditor(page, { keep: keepInForm });
  files(page, editor);
  templateTests(document.querySelector("[data-template-tests]"), document.getElementById(page.dataset.templateEditor), editor.save.now);
}

document.querySelectorAll("[data-follows-admin]").forEach(followTheme);
dialogs();
mountAll();
const page = document.querySelector("[data-template-editor]");
if (page) mount(page).catch(() => page.classList.add("is-broken"));
