/**
 * Says when the page is no longer live. A short hiccup is not worth a word: the banner comes after `patience` ms.
 */
export const PATIENCE_MS = 1500;

export function timeText(instant, zone = "Asia/Shanghai") {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(instant);
}

export function connection(banner, dot, { now = () => new Date(), later = setTimeout, cancel = clearTimeout } = {}) {
  const text = banner.querySelector("[data-connection-text]");
  let seen = now();
  let shown = null;
  return (link) => {
    if (dot) {
      dot.hidden = false;
      dot.dataset.value = link;
    }
    if (link === "online") {
      seen = now();
      cancel(shown);
      shown = null;
      banner.hidden = true;
      return;
    }
    const say = () => {
      text.textContent = text.dataset[link].replace("{time}", timeText(seen));
      banner.hidden = false;
    };
    if (link === "refused") {
      cancel(shown);
      say();
    } else if (shown === null) {
      shown = later(say, PATIENCE_MS);
    }
  };
}
