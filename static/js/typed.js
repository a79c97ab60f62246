/**
 * What a person has put into fields and not sent. A morph sets every field but the focused one back to what the server
 * wrote; `keepTyped` puts it in again: into the field with the same id, else the same name (and value, where it is
 * ticked) in the same form. Never by place: a row may have come above it. Hidden fields are the server's own.
 */
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const isOurs = (field) => field.type === "hidden" || field.type === "submit" || field.type === "button";

function chosen(field) {
  return [...field.options].filter((option) => option.selected).map((option) => option.value);
}

function written(field) {
  const marked = [...field.options].filter((option) => option.defaultSelected).map((option) => option.value);
  if (marked.length || field.multiple) return marked;
  return [...field.options].slice(0, 1).map((option) => option.value);
}

export function isTouched(field) {
  if (isOurs(field)) return false;
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.options) return chosen(field).join("\n") !== written(field).join("\n");
  return field.value !== field.defaultValue;
}

export function nameOf(field) {
  if (field.id) return `#${field.id}`;
  const form = field.form;
  const place = form ? form.getAttribute("id") || `${form.getAttribute("action") ?? ""} ${form.getAttribute("aria-label") ?? ""}` : "";
  return isTicked(field) ? `${place} ${field.name}=${field.value}` : `${place} ${field.name}`;
}

function putIn(field, kept) {
  if (isTicked(field)) field.checked = kept.checked;
  else if (kept.files) field.files = kept.files;
  else if (kept.chosen) for (const option of field.options) option.selected = kept.chosen.includes(option.value);
  else if (field.value !== kept.value) field.value = kept.value;
}

function read(field) {
  if (field.type === "file") return { files: field.files };
  return { value: field.value, checked: field.checked, chosen: field.options ? chosen(field) : null };
}

const fieldsOf = (section) => [...section.querySelectorAll("input, select, textarea")];

/** Remembers what is typed in a section now; the answer puts it into the fields of the section as it is then. */
export function keepTyped(section) {
  const typed = fieldsOf(section).filter(isTouched).map((field) => [nameOf(field), read(field)]);
  return (fresh) => {
    if (!typed.length || !fresh) return;
    const fields = fieldsOf(fresh);
    for (const [name, kept] of typed) {
      const same = fields.filter((field) => nameOf(field) === name);
      if (same.length === 1) putIn(same[0], kept);
    }
  };
}
