/** Short words at the corner; they go by themselves and are read out by screen readers. Text only, never markup. */
export const SHOWN_MS = 6000;

export function toast(text, { error = false, doc = document, later = setTimeout } = {}) {
  const box = doc.getElementById("toasts");
  if (!box) return;
  const note = doc.createElement("div");
  note.className = error ? "toast-note is-error" : "toast-note";
  note.textContent = text;
  box.append(note);
  later(() => note.remove(), SHOWN_MS);
}

/** Words that came with the page go like the others. */
export function fading(note, { later = setTimeout } = {}) {
  later(() => note.remove(), SHOWN_MS);
}
