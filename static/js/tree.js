/** <table role="treegrid" data-tree>: rows that are only read and all in the page; many rows are for `tree-table.js`. Arrow keys move, left and right close and open, as does a click. */
import { rowTo, visible } from "./table-rows.js";

export function tree(table) {
  const lines = [...table.querySelectorAll("tr[data-row]")];
  const rows = lines.map((line) => ({ id: line.dataset.row, parent: line.dataset.parent, line }));
  const closed = new Set();
  const parents = new Set(rows.map(({ parent }) => parent));
  const show = () => {
    const seen = new Set(visible(rows, closed).map(({ id }) => id));
    for (const { id, line } of rows) {
      line.hidden = !seen.has(id);
      if (parents.has(id)) line.setAttribute("aria-expanded", String(!closed.has(id)));
    }
  };
  const go = (row) => {
    for (const { line } of rows) line.tabIndex = row.line === line ? 0 : -1;
    row.line.focus();
  };
  const toggle = (row, close = !closed.has(row.id)) => {
    closed[close ? "add" : "delete"](row.id);
    show();
  };
  const sideways = (row, key) => {
    const isOpen = parents.has(row.id) && !closed.has(row.id);
    const above = rows.find(({ id }) => id === row.parent);
    if (key === "ArrowRight" && parents.has(row.id)) toggle(row, false);
    else if (key === "ArrowLeft" && isOpen) toggle(row, true);
    else if (key === "ArrowLeft" && above) go(above);
  };
  table.addEventListener("keydown", (event) => {
    const row = rows.find(({ line }) => line === event.target);
    const next = row && rowTo(visible(rows, closed), row.id, event.key);
    if (next) go(next);
    else if (row && ["ArrowLeft", "ArrowRight"].includes(event.key)) sideways(row, event.key);
    else return;
    event.preventDefault();
  });
  table.addEventListener("click", (event) => {
    const row = rows.find(({ line }) => line === event.target.closest("tr"));
    if (!row) return;
    if (event.target.closest(".tree-name") && parents.has(row.id)) toggle(row);
    go(row);
  });
  show();
  if (rows.length) rows[0].line.tabIndex = 0;
}
