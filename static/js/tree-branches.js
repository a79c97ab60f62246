/**
 * The rows of a tree that is read branch by branch, and the list of those that are seen: an item {key, under, index} for each,
 * `pending` where a row is known to be there and has not been read. A row is {key, under, cursor, below, line}; nothing is drawn here.
 */
export const ROOT = "";

/** The key of a place that has not been read yet. */
export const pendingKey = (under, index) => `${under}#${index}`;

export function branches() {
  const rows = new Map();
  const read = new Map([[ROOT, { keys: [], size: 0, isLast: true }]]);
  const opened = new Set();
  let seen = null;

  /** A page of a branch. `fresh` begins the branch anew: rows that are not in the page are gone. */
  const put = (under, page, { size, isLast, fresh = false }) => {
    const branch = fresh || !read.has(under) ? { keys: [] } : read.get(under);
    const known = new Set(branch.keys);
    for (const row of page) {
      rows.set(row.key, row);
      if (!known.has(row.key)) branch.keys.push(row.key);
    }
    branch.isLast = isLast;
    branch.size = isLast ? branch.keys.length : Math.max(size, branch.keys.length + 1);
    read.set(under, branch);
    seen = null;
  };

  /** A row as it is now. What it opens to has grown: the new places are pending. Whether its branch has to be read anew. */
  const renew = (row) => {
    const old = rows.get(row.key);
    if (!old) return false;
    rows.set(row.key, { ...row, under: old.under });
    const branch = read.get(row.key);
    seen = null;
    if (!branch || row.below === branch.size) return false;
    if (row.below < branch.keys.length || !row.grows) return true;
    Object.assign(branch, { size: row.below, isLast: row.below === branch.keys.length });
    return false;
  };

  const open = (key, isOpen = !opened.has(key)) => {
    const row = rows.get(key);
    if (!row?.below || opened.has(key) === isOpen) return false;
    opened[isOpen ? "add" : "delete"](key);
    if (isOpen && !read.has(key)) read.set(key, { keys: [], size: row.below, isLast: false });
    seen = null;
    return true;
  };

  const list = () => {
    if (seen) return seen;
    const items = [];
    const place = new Map();
    const add = (under) => {
      const { keys, size } = read.get(under);
      for (let index = 0; index < size; index += 1) {
        const key = keys[index] ?? pendingKey(under, index);
        place.set(key, items.length);
        items.push({ key, under, index, size, pending: index >= keys.length });
        if (opened.has(key) && rows.has(key)) add(key);
      }
    };
    add(ROOT);
    seen = { items, place };
    return seen;
  };

  /** Where a row stands among those that are seen. A place that was pending may have been read since; what is closed in counts as what closed it. */
  const indexOf = (key) => {
    const { place } = list();
    if (place.has(key)) return place.get(key);
    const [under, index] = key.includes("#") ? key.split("#") : [rows.get(key)?.under, null];
    const now = index === null ? undefined : read.get(under)?.keys[index];
    if (now !== undefined && place.has(now)) return place.get(now);
    return under ? indexOf(under) : -1;
  };

  const wayTo = (key) => {
    const way = [];
    for (let row = rows.get(key); row; row = rows.get(row.under)) way.unshift(row.key);
    return way;
  };

  return {
    put, renew, open, indexOf, wayTo,
    items: () => list().items,
    row: (key) => rows.get(key),
    isOpen: (key) => opened.has(key),
    isRead: (key) => read.has(key),
    readKeys: () => [...read.keys()].filter((key) => key !== ROOT),
    childrenOf: (key) => read.get(key)?.keys ?? [],
    /** Where the next page of a branch begins, "" for its first. */
    cursor: (under) => rows.get(read.get(under)?.keys.at(-1))?.cursor ?? "",
  };
}
