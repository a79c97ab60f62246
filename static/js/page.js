/** What every page starts. One behaviour per module; this file only joins them to the elements that ask for them. */
import { commentsIn } from "./comments.js";
import { connection } from "./connection.js";
import { mountAll } from "./diagram.js";
import { dialogs } from "./dialogs.js";
import { finder } from "./find.js";
import { followFeed } from "./follow-feed.js";
import { focusFirstError, formAgain, pickAll, submitOnChange } from "./forms.js";
import { fullscreen } from "./fullscreen.js";
import { jsonTexts } from "./json-texts.js";
import { keysHelp } from "./keys-help.js";
import { menu } from "./menu.js";
import { refresher } from "./refresh.js";
import { reachable } from "./sideways.js";
import { tabs } from "./tabs.js";
import { themeSwitch } from "./theme.js";
import { fading, toast } from "./toast.js";
import { tree } from "./tree.js";

const each = (selector, work) => document.querySelectorAll(selector).forEach((element) => work(element));

each("[data-theme-switch]", (button) => themeSwitch(button));
each("[data-menu]", (details) => menu(details));
each("[data-refresh]:not(.comments)", (section) => {
  const ask = refresher(section);
  if ("refreshAtOnce" in section.dataset) ask();
});
each("[data-submit-on-change]", submitOnChange);
each("[data-fullscreen]", fullscreen);
each("[data-toast]", (note) => fading(note));
each("[data-json-texts]", jsonTexts);
each("[data-tabs]", (list) => tabs(list));
each("[data-tree]", tree);
each("[data-find]", (dialog) => finder(dialog));
each("[data-keys-help]", (dialog) => keysHelp(dialog));
dialogs();
mountAll();
commentsIn(document);
document.addEventListener("htmx:load", ({ target }) => commentsIn(target));
reachable();
addEventListener("resize", () => reachable());
document.addEventListener("htmx:afterSettle", () => reachable());
document.addEventListener("change", pickAll);
document.addEventListener("htmx:beforeSwap", formAgain);
document.addEventListener("htmx:afterSwap", (event) => focusFirstError(event.detail.elt));
document.addEventListener("htmx:responseError", (event) => {
  const words = document.body.dataset;
  toast(`${words.wordError} (${event.detail.xhr.status})`, { error: true });
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.wordOffline, { error: true }));

const banner = document.querySelector("[data-connection-banner]");
export const onLink = banner ? connection(banner, document.querySelector("[data-link-state]")) : () => {};
if (document.body.dataset.feedAfter) {
  const feed = followFeed(document.body, { onLink });
  window.addEventListener("online", () => feed.again());
}
