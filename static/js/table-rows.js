/**
 * A process model as the rows of a table: processes, their phases (lanes or groups), parts (sub-processes) and steps, in the
 * order in which they are done. `apps/processes/core/table.py` says the same on the server.
 */

/** Ids in the order of the flows: what comes first stands first, the first branch before the second; loops are not followed. */
export function inOrder(ids, next) {
  const entered = new Set(ids.flatMap((id) => next(id)));
  const seen = new Set();
  const walked = (starts) => {
    const done = [];
    for (const start of [...starts].reverse()) walk(start, next, seen, done);
    return done.reverse();
  };
  const fromStarts = walked(ids.filter((id) => !entered.has(id)));
  return [...fromStarts, ...walked(ids.filter((id) => !seen.has(id)))];
}

/** Appends what can be reached to `done`, each after all that follows it. Not recursive: models are long. */
function walk(start, next, seen, done) {
  const open = seen.has(start) ? [] : [[start, [...next(start)].reverse()]];
  seen.add(start);
  while (open.length) {
    const [id, waiting] = open.at(-1);
    const follower = waiting.shift();
    if (follower === undefined) {
      done.push(id);
      open.pop();
    } else if (!seen.has(follower)) {
      seen.add(follower);
      open.push([follower, [...next(follower)].reverse()]);
    }
  }
}

/**
 * Rows {id, level, parent, hasChildren, ...facts} in the order of the page.
 * `facts`: {processes, phases, nodes}; a node names its `scope` (process or sub-process) and may name `phase` and `host`.
 */
export function tree({ processes, phases, nodes }) {
  const next = new Map(nodes.map((node) => [node.id, []]));
  const scopes = new Map();
  for (const node of nodes) {
    scopes.set(node.scope, [...(scopes.get(node.scope) || []), node.id]);
    next.set(node.id, node.next.filter((id) => next.has(id)));
  }
  const hosted = new Map();
  for (const { id, host } of nodes) if (host) hosted.set(host, [...(hosted.get(host) || []), id]);
  const followers = (id) => [...(hosted.get(id) || []), ...next.get(id)];
  const place = new Map();
  for (const ids of scopes.values()) inOrder(ids, (id) => followers(id).filter((other) => ids.includes(other))).forEach((id, index) => place.set(id, index));
  return flat(childrenOf(processes, phases, [...nodes].sort((one, other) => place.get(one.id) - place.get(other.id))));
}

/** Rows by the id of the row above them. A phase stands where its first step stands; one without steps stands last. */
function childrenOf(processes, phases, ordered) {
  const known = new Map(phases.map((phase) => [phase.id, phase]));
  const children = new Map([["", processes]]);
  const put = (parent, row) => {
    const rows = children.get(parent) || [];
    if (!rows.includes(row)) children.set(parent, [...rows, row]);
  };
  const putPhase = (phase) => {
    if (known.has(phase.parent)) putPhase(known.get(phase.parent));
    put(phase.parent, phase);
  };
  for (const node of ordered) {
    const phase = known.get(node.phase);
    if (phase && !node.host) putPhase(phase);
    put(node.host || (phase ? phase.id : node.scope), node);
  }
  phases.forEach(putPhase);
  return children;
}

function flat(children) {
  const rows = [];
  const add = (row, level, parent) => {
    const below = children.get(row.id) || [];
    rows.push({ ...row, level, parent, hasChildren: below.length > 0 });
    for (const child of below) add(child, level + 1, row.id);
  };
  for (const process of children.get("")) add(process, 1, "");
  return rows;
}

/** The rows that are seen when these ids are closed. */
export function visible(rows, closed) {
  const hidden = new Set();
  return rows.filter((row) => {
    if (hidden.has(row.parent) || closed.has(row.parent)) hidden.add(row.id);
    return !hidden.has(row.id);
  });
}

/** The row that an arrow key leads to; undefined where there is none. */
export function rowTo(rows, id, key) {
  const at = rows.findIndex((row) => row.id === id);
  const jumps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 10, rows.length - 1), PageUp: Math.max(at - 10, 0), Home: 0, End: rows.length - 1 };
  return rows[jumps[key]];
}

/** What stands above a row: names of the phase and of the part, "" where there is none. */
export function above(rows, row) {
  const byId = new Map(rows.map((one) => [one.id, one]));
  const found = { phase: "", part: "" };
  for (let one = byId.get(row.parent); one; one = byId.get(one.parent)) {
    if (one.group === "phase") found.phase ||= one.name || one.id;
    else if (one.group === "part") found.part ||= one.name || one.id;
  }
  return found;
}
