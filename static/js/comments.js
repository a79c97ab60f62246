/**
 * What is said about a thing, read by htmx into the page: <section data-comments="/ws/comments/run/7/after/" data-after="2">
 * with a list in it that reads itself again, but not under somebody who is changing a comment. The socket ends with the section.
 */
import { followRun } from "./follow-run.js";
import { readAgain, refresher } from "./refresh.js";

const refreshed = new Set();

const isTyping = (list) => list.querySelector("details[open] form") !== null;

/** Asked before the server is, and once more when it has answered: meanwhile somebody may have begun. */
export const unlessTyping = (again = readAgain, tools = globalThis) => async (list) => {
  const morph = (...words) => (isTyping(list) ? undefined : tools.Idiomorph.morph(...words));
  return isTyping(list) ? false : again(list, { morph: { morph } });
};

export function comments(section, { follow = followRun, refresh = refresher, doc = document } = {}) {
  if (section.dataset.followed) return;
  section.dataset.followed = "yes";
  const list = section.querySelector("[data-refresh]");
  if (!refreshed.has(list.id)) refresh(list, { again: unlessTyping() });
  refreshed.add(list.id);
  const socket = follow(section);
  const gone = () => {
    if (section.isConnected) return;
    socket.stop();
    doc.removeEventListener("htmx:afterSettle", gone);
  };
  doc.addEventListener("htmx:afterSettle", gone);
}

export function commentsIn(place) {
  const inside = place.querySelectorAll?.("[data-comments]") ?? [];
  [...(place.matches?.("[data-comments]") ? [place] : []), ...inside].forEach((section) => comments(section));
}
