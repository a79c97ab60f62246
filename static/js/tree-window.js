/** Which rows of a long list are drawn: those that are seen and some more on both sides; spaces stand for all others. */
export const MORE_ROWS = 16;
export const IN_STEPS_OF = 8;

/** {from, to}: the first row that is drawn and the one behind the last. It moves in steps, so that not each pixel draws. */
export function windowOf({ top, height, rowHeight, total }) {
  if (!rowHeight) return { from: 0, to: Math.min(total, 2 * MORE_ROWS) };
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight)), Math.max(0, total - 1));
  const from = Math.max(0, Math.floor(first / IN_STEPS_OF) * IN_STEPS_OF - MORE_ROWS);
  const to = Math.ceil((top + height) / rowHeight / IN_STEPS_OF) * IN_STEPS_OF + MORE_ROWS;
  return { from, to: Math.min(total, Math.max(to, from + 1)) };
}

/**
 * What is drawn, in order: rows by number, and spaces as {space: rows}. The row that has the focus is always drawn: who
 * scrolls away from it does not lose their place.
 */
export function drawnParts({ from, to }, kept, total) {
  const parts = [];
  const space = (rows) => rows > 0 && parts.push({ space: rows });
  const isBefore = kept >= 0 && kept < from;
  const isBehind = kept >= to && kept < total;
  space(isBefore ? kept : from);
  if (isBefore) parts.push(kept);
  if (isBefore) space(from - kept - 1);
  for (let row = from; row < to; row += 1) parts.push(row);
  if (isBehind) space(kept - to);
  if (isBehind) parts.push(kept);
  space(isBehind ? total - kept - 1 : total - to);
  return parts;
}

/** Where to scroll so that a row is seen whole; the same place when it is. */
export function scrolledTo(row, { top, height, rowHeight }) {
  if (row * rowHeight < top) return row * rowHeight;
  return Math.max(top, (row + 1) * rowHeight - height);
}

/** Puts these nodes into the body in this order and touches none that is there already. */
export function settle(body, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...body.children]) if (!wanted.has(node)) node.remove();
  let next = body.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else body.insertBefore(node, next);
  }
}
