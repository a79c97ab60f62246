/**
 * <div class="tree-scroll"><table role="treegrid" data-tree-table="/rows/?of=1"><tbody data-rows> with rows
 * <tr data-key="run.7" data-under="process.1" data-below="12" data-cursor="7" aria-level="3">: only rows that are seen are in
 * the page, however many there are, and what a row opens to is read when it is opened: `&under=run.7&after=…` answers
 * <tbody data-size="12" data-more> with the next rows, `&row=run.7&row=…` these rows as they are now. `data-grows` on a row
 * says that its branch only grows at its end. Rows are of one height. Without scripts, each row is opened by its link.
 */
import { announcer } from "./announce.js";
import { coalesced, spread } from "./refresh.js";
import { toast } from "./toast.js";
import { ROOT, branches } from "./tree-branches.js";
import { meantBy } from "./tree-keys.js";
import { gathered, meansFor } from "./tree-live.js";
import { drawnParts, scrolledTo, settle, windowOf } from "./tree-window.js";

const MOST_ASKED = 100;
const LIVE_MS = 700;
const SPOKEN = ["failed", "incident"];

const rowOf = (line) => {
  const { key, under, cursor, below, grows } = line.dataset;
  for (const link of line.querySelectorAll("a")) link.tabIndex = -1;
  return { key, under, cursor, below: Number(below), grows: grows !== undefined, line };
};

async function readRows(address, asked) {
  const answer = await fetch(`${address}&${new URLSearchParams(asked)}`, { headers: { "HX-Request": "true", "X-Refresh": "1" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const body = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("tbody");
  return { rows: [...body.rows].map(rowOf), size: Number(body.dataset.size), isLast: body.dataset.more === undefined };
}

/** What the page brought, as branches; a branch that the page shows from its middle is left out, and read when it is drawn. */
function taken(body, tree, middle) {
  const pages = new Map([[ROOT, { rows: [], size: 0, isLast: true }]]);
  for (const line of [...body.rows]) {
    const under = line.dataset.under ?? line.dataset.more;
    if (!pages.has(under)) pages.set(under, { rows: [], size: 0, isLast: true });
    if (line.dataset.key) pages.get(under).rows.push(rowOf(line));
    else Object.assign(pages.get(under), { size: Number(line.dataset.size), isLast: false });
  }
  for (const [under, page] of pages) {
    if (under !== middle) tree.put(under, page.rows, page);
    tree.open(under, true);
  }
  body.replaceChildren();
}

export function treeTable(table, { doc = document, query = new URLSearchParams(location.search) } = {}) {
  const body = table.querySelector("[data-rows]");
  const place = table.closest(".tree-scroll");
  const empty = doc.querySelector("[data-tree-empty]");
  const words = table.dataset;
  const columns = table.tHead.rows[0].cells.length;
  const tree = branches();
  const state = { active: "", column: -1, rowHeight: 0, from: 0, to: 0, busy: new Set(), failed: new Set() };
  const told = gathered();
  const say = announcer(doc.getElementById("announcer"));
  const spaces = [0, 1, 2].map(() => space(doc, columns));
  const read = (asked) => readRows(words.treeTable, asked);
  taken(body, tree, query.get("after") ? query.get("at") : null);

  // -- drawing -------------------------------------------------------------------------------------------------

  const pendingLine = ({ under }) => {
    const line = doc.createElement("tr");
    line.setAttribute("role", "row");
    line.setAttribute("aria-level", Number(tree.row(under)?.line.getAttribute("aria-level") ?? 0) + 1);
    line.className = "is-pending";
    const cell = line.insertCell();
    cell.setAttribute("role", "gridcell");
    cell.colSpan = columns;
    cell.textContent = state.failed.has(under) ? words.wordFailed : words.wordReading;
    return line;
  };
  const lineOf = (item, index) => {
    const row = tree.row(item.key);
    const line = row && !item.pending ? row.line : pendingLine(item);
    const isActive = item.key === state.active || (state.active === "" && index === state.from);
    if (row?.below) line.setAttribute("aria-expanded", String(tree.isOpen(item.key)));
    line.setAttribute("aria-setsize", item.size);
    line.setAttribute("aria-posinset", item.index + 1);
    line.setAttribute("aria-rowindex", index + 2);
    line.dataset.place = index;
    line.tabIndex = isActive && state.column < 0 ? 0 : -1;
    for (const link of line.querySelectorAll("a:not(.tree-toggle)")) link.tabIndex = isActive ? 0 : -1;
    return line;
  };
  const seen = () => ({ top: place.scrollTop, height: place.clientHeight - table.tHead.offsetHeight, rowHeight: state.rowHeight });
  const draw = () => {
    const items = tree.items();
    const kept = tree.indexOf(state.active);
    if (kept >= 0) state.active = items[kept].key;
    place.hidden = items.length === 0;
    if (empty) empty.hidden = items.length > 0;
    Object.assign(state, windowOf({ ...seen(), total: items.length }));
    const hadFocus = body.contains(doc.activeElement);
    const unused = [...spaces];
    settle(body, drawnParts(state, kept, items.length).map((part) => {
      if (typeof part === "number") return lineOf(items[part], part);
      const gap = unused.shift();
      gap.firstElementChild.style.height = `${part.space * state.rowHeight}px`;
      return gap;
    }));
    table.setAttribute("aria-rowcount", items.length + 1);
    if (hadFocus && !body.contains(doc.activeElement)) stand();
    if (!state.rowHeight && measured()) draw();
    else askFor(items.slice(state.from, state.to));
  };
  const measured = () => {
    const line = [...body.rows].find((each) => each.dataset.place !== undefined);
    state.rowHeight = line ? line.getBoundingClientRect().height : 0;
    return state.rowHeight > 0;
  };

  // -- reading -------------------------------------------------------------------------------------------------

  const askFor = (items) => {
    for (const under of new Set(items.filter(({ pending }) => pending).map((item) => item.under))) {
      if (!state.busy.has(under) && !state.failed.has(under)) load(under);
    }
    if (told.isSeenIn(items.map(({ key }) => key))) again();
  };
  const load = async (under) => {
    state.busy.add(under);
    try {
      const page = await read({ under, after: tree.cursor(under) });
      tree.put(under, page.rows, page);
    } catch {
      state.failed.add(under);
      toast(words.wordFailed, { error: true });
    }
    state.busy.delete(under);
    draw();
  };
  const tryAgain = (under) => {
    state.failed.delete(under);
    draw();
  };
  const again = coalesced(async () => {
    const { rows, anew, isLeft } = told.take(tree.items().slice(state.from, state.to).map(({ key }) => key), MOST_ASKED);
    try {
      const fresh = rows.length ? (await read(rows.map((key) => ["row", key]))).rows : [];
      const grown = fresh.filter((row) => tree.renew(row)).map(({ key }) => key);
      const here = new Set(fresh.map(({ key }) => key));
      const gone = rows.filter((key) => !here.has(key)).map((key) => tree.row(key).under);
      for (const under of new Set([...anew, ...grown, ...gone])) {
        const page = await read({ under });
        tree.put(under, page.rows, { ...page, fresh: true });
      }
    } catch {
      told.add({ now: [], whenSeen: rows, anew }); // with the next entry, or when it is drawn anew
      return;
    }
    draw();
    if (isLeft) again();
  }, LIVE_MS);

  // -- moving about --------------------------------------------------------------------------------------------

  const stand = () => {
    const line = [...body.rows].find((each) => Number(each.dataset.place) === tree.indexOf(state.active));
    const cell = line?.cells[state.column];
    (cell?.querySelector("a:not(.tree-toggle), button") ?? cell ?? line)?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const goTo = (index, column) => {
    const item = tree.items()[index];
    if (!item) return;
    Object.assign(state, { active: item.key, column: item.pending ? -1 : column });
    place.scrollTop = scrolledTo(index, seen());
    draw();
    for (const cell of tree.row(item.key)?.line.cells ?? []) cell.tabIndex = -1;
    stand();
  };
  const toggle = (key, isOpen) => {
    tree.open(key, isOpen);
    draw();
  };
  const pressed = (event) => {
    const index = tree.indexOf(state.active);
    const item = tree.items()[index];
    if (!item || !event.target.closest("tr")) return;
    const row = item.pending ? undefined : tree.row(item.key);
    const meant = meantBy(event, {
      row: index, column: state.column, total: tree.items().length, columns: row ? columns : 1, below: row?.below ?? 0,
      isOpen: tree.isOpen(item.key), above: item.under ? tree.indexOf(item.under) : -1, page: Math.max(1, Math.floor(seen().height / (state.rowHeight || 1)) - 1),
    });
    if (!meant || (meant.follow && event.target.closest("a, button"))) return;
    event.preventDefault();
    if (meant.open !== undefined) toggle(item.key, meant.open);
    else if (!meant.follow) goTo(meant.row, meant.column);
    else if (item.pending) tryAgain(item.under);
    else row.line.querySelector("[data-main]")?.click();
  };
  const clicked = (event) => {
    const line = event.target.closest("tr");
    const item = line && tree.items()[line.dataset.place];
    if (!item) return;
    const isToggle = event.target.closest(".tree-toggle") && tree.row(item.key)?.below;
    if (isToggle) event.preventDefault();
    else if (event.target.closest("a, button")) return;
    goTo(Number(line.dataset.place), -1);
    if (isToggle) toggle(item.key);
    else if (item.pending) tryAgain(item.under);
  };
  const entered = ({ target }) => {
    const item = tree.items()[target.closest("tr")?.dataset.place];
    if (!item) return;
    const isOther = item.key !== state.active;
    Object.assign(state, { active: item.key, column: target.closest("td")?.cellIndex ?? -1 });
    if (isOther) draw();
  };

  // -- what happens --------------------------------------------------------------------------------------------

  const show = ({ key, state: after }) => {
    const { line } = tree.row(key);
    const chip = doc.querySelector(`template[data-chip="${CSS.escape(after)}"]`);
    if (!chip) return;
    line.querySelector('[data-cell="state"]').replaceChildren(chip.content.cloneNode(true));
    if (SPOKEN.includes(after)) say(`${line.querySelector("[data-main]").textContent}: ${chip.content.textContent.trim()}`);
  };
  const hear = ({ detail: entry }) => {
    const meaning = meansFor(entry, tree, words.day);
    if (!meaning) return;
    if (meaning.chip) show(meaning.chip);
    told.add(meaning);
    setTimeout(again, spread(100));
  };
  const reset = () => {
    const keys = tree.items().filter(({ pending }) => !pending).map(({ key }) => key);
    state.failed.clear();
    told.add({ now: keys.filter((key) => tree.isRead(key)), whenSeen: keys, anew: [ROOT] });
    again();
  };

  let isWaiting = false;
  const scrolled = () => {
    isWaiting = false;
    const { from, to } = windowOf({ ...seen(), total: tree.items().length });
    if (from !== state.from || to !== state.to) draw();
  };
  place.addEventListener("scroll", () => {
    if (!isWaiting) requestAnimationFrame(scrolled);
    isWaiting = true;
  }, { passive: true });
  addEventListener("resize", () => (measured(), draw()));
  table.addEventListener("keydown", pressed);
  body.addEventListener("click", clicked);
  body.addEventListener("focusin", entered);
  doc.addEventListener("journal:entry", hear);
  doc.addEventListener("journal:reset", reset);
  draw();
  const at = tree.indexOf(query.get("at") ?? "");
  if (at > 0) place.scrollTop = scrolledTo(at, seen());
}

/** Stands for rows that are not drawn. */
function space(doc, columns) {
  const line = doc.createElement("tr");
  line.className = "tree-space";
  line.setAttribute("aria-hidden", "true");
  line.insertCell().colSpan = columns;
  return line;
}

const table = globalThis.document?.querySelector("[data-tree-table]");
if (table) treeTable(table);
