/**
 * Follows one run: <section data-run="17" data-after="42"> fires "journal:entry" once per new entry, in order.
 * <section data-comments="/ws/comments/ticket/5/after/" data-after="3"> follows what is said about a thing in the same way.
 *
 * Entry numbers of a stream are dense. A number that is not the next one is a gap: the socket is opened again from the
 * last number seen, and the server reads what is missing.
 */
import { keepSocket, socketAddress } from "./socket.js";

/** What to do with a numbered thing after `last`: "take", "drop" (seen already) or "gap". */
export function judge(last, number) {
  if (number <= last) return "drop";
  return number === last + 1 ? "take" : "gap";
}

export function followRun(element, { onLink, Event = globalThis.CustomEvent, keep = keepSocket, ...tools } = {}) {
  let last = Number(element.dataset.after);
  const path = element.dataset.comments ?? `/ws/runs/${element.dataset.run}/after/`;
  const line = keep({
    address: (after) => socketAddress(`${path}${after}/`),
    after: last,
    onLink,
    onFrame: (frame) => {
      const number = frame.type === "entry" ? frame.entry.number : frame.number;
      const verdict = frame.type === "entry" ? judge(last, number) : number > last ? "gap" : "drop";
      if (verdict === "gap") line.restart();
      if (verdict !== "take") return undefined;
      last = number;
      element.dataset.after = String(number);
      element.dispatchEvent(new Event("journal:entry", { detail: frame.entry, bubbles: true }));
      return number;
    },
    ...tools,
  });
  return line;
}
