/** What an entry of the journal means for a tree of lines, processes, runs and steps: what has to be read again, and why. */
import { ROOT } from "./tree-branches.js";

/**
 * {chip, now, whenSeen, anew}: the step whose state the entry itself says; rows to read again at once, and those that are read
 * again when they are drawn; branches to read from their beginning. Null when the entry concerns nothing that is here.
 */
export function meansFor(entry, tree, day) {
  const { run, step, after, parent, business_date: date } = entry.data;
  if (run === undefined) return null;
  const line = `line.${entry.line}`;
  const isNew = entry.kind === "run.begun" && !parent && date === day;
  if (!tree.row(`run.${run}`)) {
    if (!tree.row(line)) return isNew ? { chip: null, now: [], whenSeen: [], anew: [ROOT] } : null;
    return { chip: null, now: [line], whenSeen: tree.childrenOf(line), anew: [] };
  }
  const own = `step.${step}`;
  const isHere = tree.row(own) !== undefined;
  const chip = isHere && entry.kind === "step.moved" ? { key: own, state: after } : null;
  return { chip, now: tree.wayTo(`run.${run}`), whenSeen: isHere ? [own] : [], anew: [] };
}

/** What is still to be read again, gathered from entries until somebody takes it. */
export function gathered() {
  const now = new Set();
  const whenSeen = new Set();
  const anew = new Set();
  return {
    add(meaning) {
      meaning.now.forEach((key) => now.add(key));
      meaning.whenSeen.forEach((key) => whenSeen.add(key));
      meaning.anew.forEach((key) => anew.add(key));
    },
    isSeenIn: (keys) => keys.some((key) => whenSeen.has(key)),
    /** At most so many rows, those first that cannot wait until they are drawn. */
    take(drawn, most) {
      const rows = [...new Set([...now, ...drawn.filter((key) => whenSeen.has(key))])].slice(0, most);
      rows.forEach((key) => (now.delete(key), whenSeen.delete(key)));
      const from = [...anew];
      anew.clear();
      return { rows, anew: from, isLeft: now.size > 0 };
    },
  };
}
