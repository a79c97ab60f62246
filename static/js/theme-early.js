// Runs before the first paint, so that a dark screen never flashes white. Classic script on purpose: modules run too late.
(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    const chosen = root.dataset.theme;
    root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  }
  apply();
  dark.addEventListener("change", apply);
})();
