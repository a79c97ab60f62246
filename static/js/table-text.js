/** Tables as spreadsheets put them on the clipboard: cells parted by tabs, rows by line ends, quoted where they hold either. */

/** Rows of cells. Quotes only mean something where they begin a cell; empty lines at the end are left out. */
export function cellsOf(text) {
  const rows = [];
  let row = [];
  let at = 0;
  const source = text.replace(/\r\n?/g, "\n");
  while (at < source.length) {
    const [cell, end] = source[at] === '"' ? quoted(source, at) : bare(source, at);
    row.push(cell);
    at = end;
    if (source[at] === "\t") {
      at += 1;
      if (at === source.length) row.push("");
      continue;
    }
    at += 1;
    rows.push(row);
    row = [];
  }
  if (row.length) rows.push(row);
  while (rows.length && rows.at(-1).every((cell) => !cell.trim())) rows.pop();
  return rows;
}

function bare(source, at) {
  const end = source.slice(at).search(/[\t\n]/);
  return end < 0 ? [source.slice(at), source.length] : [source.slice(at, at + end), at + end];
}

function quoted(source, at) {
  let cell = "";
  for (let end = at + 1; end < source.length; end += 1) {
    if (source[end] !== '"') cell += source[end];
    else if (source[end + 1] === '"') cell += source[(end += 1)];
    else if (end + 1 === source.length || "\t\n".includes(source[end + 1])) return [cell, end + 1];
    else break;
  }
  return bare(source, at); // no cell of a spreadsheet: the quote is part of the text
}

const FORMULA = /^[=+\-@]/;

/** What a spreadsheet would compute is marked as text; `plain` takes the mark away again. */
export const asText = (value) => (FORMULA.test(value) ? `'${value}` : value);
export const plain = (cell) => {
  const bareCell = cell.trim();
  return bareCell.startsWith("'") && FORMULA.test(bareCell.slice(1)) ? bareCell.slice(1) : bareCell;
};

export function textOf(rows) {
  const cell = (value) => {
    const safe = asText(value);
    return /[\t\n"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map((value) => cell(value)).join("\t")).join("\r\n");
}

/** Parameters in one cell: `name = FEEL`, one in each line. Throws the first line that says neither. */
export function pairsOf(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const [, key, value] = line.match(/^([^=]+?)\s*=\s*(.+)$/) || [];
    if (!key) throw new SyntaxError(line);
    return { key, value };
  });
}

export const pairsText = (pairs) => pairs.map(({ key, value }) => `${key} = ${value}`).join("\n");
