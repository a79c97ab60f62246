/**
 * Who else is at a thing: <p data-presence="/ws/at/approval/12/" data-me="7" data-together="Also here: {people}" data-reading="reading">.
 * Every other data attribute is the word for a place.
 * Others' saves go to the editor of the page at once. The page says every two seconds that it is there; without it, it has left.
 */
import { keepSocket, socketAddress } from "./socket.js";

export const BEAT_MS = 2000;
const SAVES = ["working_copy.saved", "working_copy.rebased"];
const ENDS = ["working_copy.finished", "working_copy.discarded"];

/** "Li Si (drawing), Wang Wu (reading a version)": everybody but me, once for each place. */
export function namesOf(people, me, places) {
  return people.filter(({ id }) => id !== me).map(({ name, place }) => (places[place] ? `${name} (${places[place]})` : name)).join(", ");
}

export function presence(line, { editor = () => null, keep = keepSocket, every = setInterval, ...tools } = {}) {
  const { me, together, ...places } = line.dataset;
  const show = (people) => {
    const names = namesOf(people, Number(me), places);
    const text = names && together.replace("{people}", names);
    if (line.textContent !== text) line.textContent = text;
  };
  const hear = ({ kind, actor, data }) => {
    const save = editor()?.save;
    if (SAVES.includes(kind)) save?.heard?.(data.revision, actor?.name);
    if (ENDS.includes(kind)) save?.ended?.(actor?.name);
  };
  const socket = keep({
    address: () => socketAddress(line.dataset.presence),
    after: 0,
    onFrame: (frame) => {
      if (frame.type === "present") show(frame.people);
      if (frame.type === "revision") editor()?.save?.heard?.(frame.revision, "");
      if (frame.type === "entry") hear(frame.entry);
      return 0;
    },
    onLink: (link) => link !== "online" && show([]),
    ...tools,
  });
  every(() => socket.send("here"), BEAT_MS);
  return socket;
}

const found = globalThis.document?.querySelector("[data-presence]");
if (found) {
  const socket = presence(found, { editor: () => document.querySelector("[data-editor]")?.editor });
  window.addEventListener("online", () => socket.again());
  window.addEventListener("pagehide", () => socket.stop());
}
