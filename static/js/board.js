/**
 * <div data-board> with columns [data-state] of cards [data-name][data-state][data-moves='{"triaged":"triage"}']: who drags a
 * card, or takes it along with Shift and an arrow key, makes the move by the API. The feed then shows the board anew.
 */
import { toast } from "./toast.js";

/** The nearest column in a direction to which the card may go; null when there is none. */
export function nextState(states, moves, from, step) {
  for (let place = states.indexOf(from) + step; place >= 0 && place < states.length; place += step) {
    if (moves[states[place]]) return states[place];
  }
  return null;
}

/** The card to which an arrow key goes from the card at (column, row); columns without cards are passed over. */
export function neighbour(lengths, column, row, key) {
  if (key === "ArrowUp" || key === "ArrowDown") {
    const next = row + (key === "ArrowDown" ? 1 : -1);
    return next >= 0 && next < lengths[column] ? [column, next] : null;
  }
  const step = key === "ArrowRight" ? 1 : -1;
  for (let place = column + step; place >= 0 && place < lengths.length; place += step) {
    if (lengths[place]) return [place, Math.min(row, lengths[place] - 1)];
  }
  return null;
}

function reasonFor(doc) {
  const dialog = doc.getElementById("board-reason");
  const text = doc.getElementById("board-reason-text");
  text.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go" ? text.value.trim() : ""), { once: true });
  });
}

async function move(board, card, target, doc) {
  const name = JSON.parse(card.dataset.moves)[target];
  if (!name) return;
  const said = { seen: card.dataset.state };
  if (board.dataset.asking.split(" ").includes(name)) {
    said.reason = await reasonFor(doc);
    if (!said.reason) return;
  }
  const headers = { "Content-Type": "application/json", ...JSON.parse(doc.body.getAttribute("hx-headers")) };
  const answer = await fetch(`/api/tickets/${card.dataset.name}/${name}/`, {
    method: "POST", headers, body: JSON.stringify(said), credentials: "same-origin",
  }).catch(() => null);
  if (!answer) toast(doc.body.dataset.wordOffline, { error: true });
  else if (!answer.ok) toast((await answer.json().catch(() => ({}))).detail ?? doc.body.dataset.wordError, { error: true });
}

export function mountBoard(doc = document) {
  const board = () => doc.querySelector("[data-board]");
  const columns = () => [...board().querySelectorAll(".board-column")];
  const cardsOf = (column) => [...column.querySelectorAll(".board-card")];
  let held = null;
  const mark = (card) => {
    const moves = card ? JSON.parse(card.dataset.moves) : {};
    columns().forEach((column) => column.classList.toggle("takes-it", Boolean(moves[column.dataset.state])));
  };
  doc.addEventListener("dragstart", (event) => {
    held = event.target.closest?.(".board-card") ?? null;
    if (held) mark(held);
  });
  doc.addEventListener("dragend", () => mark((held = null)));
  doc.addEventListener("dragover", (event) => {
    if (held && event.target.closest?.(".takes-it")) event.preventDefault();
  });
  doc.addEventListener("drop", (event) => {
    const column = event.target.closest?.(".takes-it");
    if (!held || !column) return;
    event.preventDefault();
    move(board(), held, column.dataset.state, doc);
  });
  doc.addEventListener("keydown", (event) => {
    const card = event.target.closest?.(".board-card");
    if (!card || !["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const all = columns();
    const at = all.findIndex((column) => column.contains(card));
    if (event.shiftKey) {
      const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      const target = step && nextState(all.map((column) => column.dataset.state), JSON.parse(card.dataset.moves), card.dataset.state, step);
      if (target) move(board(), card, target, doc);
      return;
    }
    const next = neighbour(all.map((column) => cardsOf(column).length), at, cardsOf(all[at]).indexOf(card), event.key);
    if (next) cardsOf(all[next[0]])[next[1]].focus();
  });
}

if (globalThis.document?.querySelector("[data-board]")) mountBoard();
