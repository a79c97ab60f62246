/**
 * What a key means in a treegrid, as the WAI-ARIA practices say it: the focus is on a row (column -1) or on one of its cells.
 * Answers {row, column} to go to, {open: true | false}, {follow: true} for the row's own page, or null for keys of others.
 */
export function meantBy(event, at) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey || metaKey || shiftKey) return null;
  if (ctrlKey) return { Home: { row: 0, column: at.column }, End: { row: at.total - 1, column: at.column } }[key] ?? null;
  const jumps = { ArrowDown: at.row + 1, ArrowUp: at.row - 1, PageDown: at.row + at.page, PageUp: at.row - at.page };
  if (key in jumps) return { row: Math.min(Math.max(jumps[key], 0), at.total - 1), column: at.column };
  if (key === "ArrowLeft" || key === "ArrowRight") return sideways(key === "ArrowRight", at);
  if (key === "Home" || key === "End") return at.column < 0 ? ends(key, at) : { row: at.row, column: key === "Home" ? 0 : at.columns - 1 };
  if (key === "Enter") return { follow: true };
  if (key === " ") return at.below ? { open: !at.isOpen } : { row: at.row, column: at.column };
  return null;
}

const ends = (key, at) => ({ row: key === "Home" ? 0 : at.total - 1, column: -1 });

function sideways(isRight, at) {
  const stay = { row: at.row, column: at.column };
  if (isRight && at.column < 0 && at.below && !at.isOpen) return { open: true };
  if (isRight) return { row: at.row, column: Math.min(at.column + 1, at.columns - 1) };
  if (at.column >= 0) return { row: at.row, column: at.column - 1 };
  if (at.below && at.isOpen) return { open: false };
  return at.above >= 0 ? { row: at.above, column: -1 } : stay;
}
