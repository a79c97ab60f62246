/** The tests on the page of a template: rows to add, what the drawn model makes of them, and what one of them would expect. */
import { jsonTexts } from "./json-texts.js";

/** A new row from the template of rows; the form counts its rows from 0. */
export function addRow(section, { names = "tests" } = {}) {
  const total = section.querySelector(`[name=${names}-TOTAL_FORMS]`);
  const number = Number(total.value);
  const row = section.querySelector("template").content.querySelector("[data-test]").cloneNode(true);
  for (const node of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of node.attributes) attribute.value = attribute.value.replace("__prefix__", number);
  }
  section.querySelector("[data-rows]").append(row);
  total.value = number + 1;
  return row;
}

const parsed = (text) => new DOMParser().parseFromString(text, "text/html").body.childNodes;

/** `put` brings what is drawn into the form, as before it is sent. */
export function templateTests(section, form, put, { send = fetch, parse = parsed } = {}) {
  const results = section.querySelector("[data-results]");
  const show = async (answer) => results.replaceChildren(...parse(await answer.text()));
  const ask = async (address) => {
    await put();
    return send(address, { method: "POST", credentials: "same-origin", body: new FormData(form) });
  };
  const watch = (row) => {
    row.dataset.jsonTexts = section.dataset.jsonTexts;
    jsonTexts(row);
  };
  section.querySelectorAll("[data-rows] [data-test]").forEach(watch);
  section.querySelector("[data-add]").addEventListener("click", () => {
    const row = addRow(section);
    watch(row);
    row.querySelector("input").focus();
  });
  section.querySelector("[data-play]").addEventListener("click", async () => {
    await show(await ask(section.dataset.templateTests));
  });
  section.addEventListener("click", async ({ target }) => {
    const row = target.closest("[data-record]")?.closest("[data-test]");
    if (!row) return;
    const answer = await ask(`${section.dataset.templateTests}?record=${encodeURIComponent(row.dataset.test)}`);
    if (!answer.ok) {
      await show(answer);
      return;
    }
    const { expected } = await answer.json();
    if (expected) row.querySelector("[name$=-expected]").value = expected;
  });
}
