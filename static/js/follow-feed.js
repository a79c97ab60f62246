/** Follows everything this person may see: <body data-feed-after="123.456"> fires "journal:entry" per entry. */
import { keepSocket, socketAddress } from "./socket.js";

const REMEMBERED = 500;

/** Whether an entry is shown for the first time: after a reconnect the server may repeat some that came ahead of their place. */
export function firstTime(seen, id) {
  if (seen.has(id)) return false;
  seen.add(id);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  return true;
}

export function followFeed(element, { onLink, Event = globalThis.CustomEvent, keep = keepSocket, ...tools } = {}) {
  const seen = new Set();
  return keep({
    address: (after) => socketAddress(`/ws/feed/after/${after}/`),
    after: element.dataset.feedAfter,
    onLink,
    onFrame: (frame) => {
      if (frame.position) element.dataset.feedAfter = frame.position;
      if (frame.type === "entry" && firstTime(seen, frame.entry.id)) element.dispatchEvent(new Event("journal:entry", { detail: frame.entry, bubbles: true }));
      if (frame.type === "reset") element.dispatchEvent(new Event("journal:reset", { detail: {}, bubbles: true }));
      return frame.position;
    },
    ...tools,
  });
}
