/** The theme button: auto → light → dark → auto. Kept in the cookie `theme`, which the server reads. */
const ORDER = ["auto", "light", "dark"];
const YEAR_SECONDS = 31536000;

export function nextTheme(theme) {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
}

export function shownTheme(theme, systemIsDark) {
  return theme === "auto" ? (systemIsDark ? "dark" : "light") : theme;
}

export function themeSwitch(button, { root = document.documentElement, doc = document, media = window.matchMedia("(prefers-color-scheme: dark)") } = {}) {
  const apply = (theme) => {
    root.dataset.theme = theme;
    root.dataset.bsTheme = shownTheme(theme, media.matches);
    for (const part of doc.querySelectorAll("[data-follows-theme]")) part.dataset.bsTheme = root.dataset.bsTheme;
    button.setAttribute("aria-label", button.dataset[theme]);
    button.title = button.dataset[theme];
  };
  apply(root.dataset.theme || "auto");
  media.addEventListener?.("change", () => apply(root.dataset.theme));
  button.addEventListener("click", () => {
    const theme = nextTheme(root.dataset.theme);
    doc.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
    apply(theme);
  });
}
