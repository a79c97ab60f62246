/**
 * Forms of human steps as rows that people can fill in, and back to the JSON schema that the model carries.
 * What a schema says beyond these rows is kept as it is.
 */
export const KINDS = {
  text: { type: "string" },
  long: { type: "string", "x-widget": "textarea" },
  choice: { type: "string" },
  date: { type: "string", format: "date" },
  whole: { type: "integer" },
  yes: { type: "boolean" },
};
const MARKS = ["type", "x-widget", "format", "enum", "x-enum-titles", "x-enum-titles-en"];

export function kindOf(property) {
  if (property.enum) return "choice";
  if (property.type === "boolean") return "yes";
  if (property.type === "integer" || property.type === "number") return "whole";
  if (property.format === "date") return "date";
  return property["x-widget"] === "textarea" ? "long" : "text";
}

/** Rows {name, title, titleEn, kind, required, choices, rest} of a schema's text; none for an empty text. Throws on no JSON. */
export function rowsOf(text) {
  if (!text.trim()) return [];
  const schema = JSON.parse(text);
  const required = new Set(schema.required || []);
  const order = schema["x-order"] || Object.keys(schema.properties || {});
  return order.map((name) => {
    const property = schema.properties[name];
    const rest = Object.fromEntries(Object.entries(property).filter(([key]) => ![...MARKS, "title", "x-title-en"].includes(key)));
    const titles = property["x-enum-titles"] || {};
    const choices = (property.enum || []).map((value) => (titles[value] ? `${value}=${titles[value]}` : value)).join("\n");
    return { name, title: property.title || "", titleEn: property["x-title-en"] || "", kind: kindOf(property), required: required.has(name), choices, rest, before: property };
  });
}

function choicesOf(row) {
  const lines = row.choices.split("\n").map((line) => line.trim()).filter(Boolean);
  const pairs = lines.map((line) => line.split("=").map((part) => part.trim()));
  const titles = Object.fromEntries(pairs.filter(([, title]) => title));
  return { enum: pairs.map(([value]) => value), ...(Object.keys(titles).length ? { "x-enum-titles": titles } : {}) };
}

function propertyOf(row) {
  const before = row.before && kindOf(row.before) === row.kind ? row.before : {};
  const marks = row.kind === "choice" ? choicesOf(row) : {};
  const english = row.kind === "choice" && before["x-enum-titles-en"] ? { "x-enum-titles-en": before["x-enum-titles-en"] } : {};
  const type = before.type ? { type: before.type } : {};
  return {
    ...KINDS[row.kind], ...type,
    ...(row.title ? { title: row.title } : {}),
    ...(row.titleEn ? { "x-title-en": row.titleEn } : {}),
    ...marks, ...english, ...(row.before && Object.keys(before).length === 0 ? {} : row.rest),
  };
}

/** The schema's text of rows, "" for no rows. Rows without a name are left out. */
export function textOf(rows, before = "") {
  const named = rows.filter((row) => row.name.trim());
  if (!named.length) return "";
  const old = before.trim() ? JSON.parse(before) : { type: "object", additionalProperties: false };
  const { "x-order": _order, ...kept } = old;
  const properties = Object.fromEntries(named.map((row) => [row.name.trim(), propertyOf(row)]));
  const required = named.filter((row) => row.required).map((row) => row.name.trim());
  const schema = { ...kept, properties };
  if (required.length) schema.required = required;
  else delete schema.required;
  return JSON.stringify(schema);
}
