/** What every page starts. One behaviour per module; this file only joins them to the elements that ask for them. */
import { connection } from "./connection.js";
import { mountAll } from "./diagram.js";
import { dialogs } from "./dialogs.js";
import { followFeed } from "./follow-feed.js";
import { focusFirstError, formAgain, pickAll, submitOnChange } from "./forms.js";
import { jsonTexts } from "./json-texts.js";
import { menu } from "./menu.js";
import { refresher } from "./refresh.js";
import { tabs } from "./tabs.js";
import { themeSwitch } from "./theme.js";
import { fading, toast } from "./toast.js";

const each = (selector, work) => document.querySelectorAll(selector).forEach((element) => work(element));

each("[data-theme-switch]", (button) => themeSwitch(button));
each("[data-menu]", (details) => menu(details));
each("[data-refresh]", (section) => refresher(section));
each("[data-submit-on-change]", submitOnChange);
each("[data-toast]", (note) => fading(note));
each("[data-json-texts]", jsonTexts);
each("[data-tabs]", (list) => tabs(list));
dialogs();
mountAll();
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
