/** How a state is drawn on a diagram: marker classes on the shape, a badge with a letter at its corner. */
const NOW = ["ready", "running", "waiting", "offered", "claimed", "failed", "incident"];

const URGENT = ["failed", "incident", "offered", "claimed", "running", "ready", "waiting"];

export function isNow(state) {
  return NOW.includes(state);
}

/** The element that people want to see first: a failure, then what waits for people, then what runs. */
export function placeOfInterest(states) {
  for (const state of URGENT) {
    const found = Object.keys(states).filter((id) => states[id] === state);
    if (found.length) return found.at(-1);
  }
  return Object.keys(states).at(-1);
}

/** Class names to take off and to put on when an element goes from one look to another. */
export function toneClasses(before, after, state) {
  const removed = before ? [`tone-${before.tone}`, "is-now"] : [];
  const added = after ? [`tone-${after.tone}`, ...(isNow(state) ? ["is-now"] : [])] : [];
  return { removed, added };
}

export function stateBadge(look, state, doc = document) {
  const badge = doc.createElement("span");
  badge.className = `state-letter state-${look.tone}`;
  badge.dataset.state = state;
  badge.title = look.label;
  badge.textContent = look.letter;
  return badge;
}
