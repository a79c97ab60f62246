/** Fields of JSON say while one writes why they are none yet. The server's word is the last one. */

/** What keeps a text from being a JSON object, "" when nothing does; an empty text stands for {}. */
export function jsonProblem(text) {
  if (!text.trim()) return "";
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" && !Array.isArray(found) ? "" : "{ … }";
  } catch (error) {
    return error.message;
  }
}

/** For each `textarea[data-json]` of a form a line below it, read out when it changes. */
export function jsonTexts(form) {
  for (const field of form.querySelectorAll("textarea[data-json]")) {
    const line = document.createElement("div");
    line.className = "help";
    line.id = `${field.id}-json`;
    line.setAttribute("role", "status");
    field.after(line);
    field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
    field.addEventListener("input", () => {
      const problem = jsonProblem(field.value);
      line.textContent = problem ? `${form.dataset.jsonTexts} ${problem}` : "";
      field.setAttribute("aria-invalid", String(Boolean(problem)));
    });
  }
}
