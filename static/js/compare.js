/**
 * The page that compares two models: <div data-compare> with two diagrams ([data-side]), and a list of buttons
 * <button data-element="id" data-what="added|removed|changed|moved" data-sides="old new">. Choosing one shows its place in both.
 */
import { MARGIN, boxOf, viewOn } from "./diagram.js";
import { neighbour } from "./tabs.js";

const READABLE_ZOOM = 0.6;
const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowDown: "ArrowRight", ArrowUp: "ArrowLeft", Home: "Home", End: "End" };

/** What a side's diagram marks: element -> kind of difference. What is only drawn differently is marked when asked for. */
export function statesOf(rows, side, withLayout) {
  const shown = rows.filter(({ what, sides }) => sides.includes(side) && (withLayout || what !== "moved"));
  return Object.fromEntries(shown.map(({ element, what }) => [element, what]));
}

/** The part of a diagram around the box: as large as now, but never too small to be read. `whole` is what there is to be seen. */
export function viewAround(box, whole, outer, scale) {
  const zoom = Math.max(scale, READABLE_ZOOM);
  return viewOn(box, whole, { width: outer.width / zoom, height: outer.height / zoom }, MARGIN / zoom);
}

/** The box around several boxes. */
export function around(boxes) {
  const [x, y] = ["x", "y"].map((axis) => Math.min(...boxes.map((box) => box[axis])));
  const [right, bottom] = [["x", "width"], ["y", "height"]].map(([axis, size]) => Math.max(...boxes.map((box) => box[axis] + box[size])));
  return { x, y, width: right - x, height: bottom - y };
}

const registryOf = (diagram) => diagram.viewer.get("elementRegistry");
const canvasOf = (diagram) => diagram.viewer.get("canvas");

/** Shows what a collapsed sub-process holds when the element is in it. */
function openPlane(canvas, element) {
  const plane = canvas.findRoot(element);
  if (plane && plane !== canvas.getRootElement()) canvas.setRootElement(plane);
}

/** Two diagrams that are moved together; `alone` does something without taking the other along. */
function together(diagrams) {
  let isAlone = false;
  const alone = (work) => {
    isAlone = true;
    work();
    isAlone = false;
  };
  const all = Object.values(diagrams);
  for (const diagram of all) {
    diagram.viewer.get("eventBus").on("canvas.viewbox.changed", ({ viewbox: { x, y, width, height } }) => {
      if (isAlone) return;
      for (const other of all) if (other !== diagram && canvasOf(other).getContainer().offsetParent) alone(() => canvasOf(other).viewbox({ x, y, width, height }));
    });
  }
  return alone;
}

/** Draws what the old diagram has and the new one has not into the new one, where it was; false takes it away. */
function ghosts({ old, new: target }, rows, letter) {
  const layer = canvasOf(target).getLayer("ghosts", 1);
  const make = (parent, tag, attributes) => {
    const made = parent.appendChild(document.createElementNS(SVG, tag));
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  for (const { element } of rows.filter(({ what, sides }) => what === "removed" && sides.includes("old"))) {
    const shape = registryOf(old).get(element);
    if (!shape) continue;
    const ghost = make(layer, "g", { class: shape.waypoints ? "ghost is-line" : "ghost", "data-ghost": element });
    for (const part of [shape, ...shape.labels]) {
      const graphics = registryOf(old).getGraphics(part);
      const visual = graphics.querySelector(".djs-visual").cloneNode(true);
      if (graphics.getAttribute("transform")) visual.setAttribute("transform", graphics.getAttribute("transform"));
      ghost.append(visual);
    }
    arrows(ghost);
    const box = boxOf(shape);
    const corner = shape.waypoints ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: box.x + box.width, y: box.y };
    make(ghost, "rect", { x: corner.x - 8, y: corner.y - 8, width: 16, height: 16, rx: 3, class: "ghost-badge" });
    make(ghost, "text", { x: corner.x, y: corner.y + 4, class: "ghost-letter", "text-anchor": "middle" }).textContent = letter;
  }
  return layer;
}

/** The arrow heads of a line are drawn from the diagram that it was copied from, which may be hidden: they are copied too. */
function arrows(ghost) {
  for (const line of ghost.querySelectorAll("path, polyline")) {
    for (const end of ["markerStart", "markerEnd"]) {
      const name = /#([^")]+)/.exec(line.style[end])?.[1];
      const marker = name && document.getElementById(name);
      if (!marker) continue;
      const copy = marker.cloneNode(true);
      copy.id = `${name}-ghost`;
      if (!document.getElementById(copy.id)) ghost.append(copy);
      line.style[end] = `url("#${copy.id}")`;
    }
  }
}

function ready(side) {
  if (side.diagram) return Promise.resolve(side.diagram);
  return new Promise((resolve) => side.addEventListener("diagram:ready", ({ detail }) => resolve(detail), { once: true }));
}

async function start(page) {
  const buttons = [...page.querySelectorAll("[data-differences] [data-element]")];
  const rows = buttons.map(({ dataset }) => ({ element: dataset.element, what: dataset.what, sides: dataset.sides }));
  const [old, fresh] = ["old", "new"].map((side) => page.querySelector(`[data-side="${side}"] [data-diagram]`));
  const looks = JSON.parse(document.getElementById("compare-looks").textContent);
  const [diagrams, box] = [{}, page.querySelector("[data-layout]")];
  let alone = (work) => work();
  let chosen = null;

  // A process is the ground on which others stand, and has no place itself.
  const placed = (side, element) => {
    const found = diagrams[side] && registryOf(diagrams[side]).get(element);
    return found?.parent ? found : null;
  };
  const show = (element) => {
    const scale = Math.max(...Object.values(diagrams).map((diagram) => canvasOf(diagram).zoom()));
    const whole = () => around(Object.values(diagrams).map((diagram) => canvasOf(diagram).viewbox().inner));
    for (const [side, diagram] of Object.entries(diagrams)) {
      const found = placed(side, element) || placed(side === "old" ? "new" : "old", element);
      if (placed(side, element)) alone(() => openPlane(canvasOf(diagram), element));
      if (found && canvasOf(diagram).getContainer().offsetParent) alone(() => canvasOf(diagram).viewbox(viewAround(boxOf(found), whole(), canvasOf(diagram).viewbox().outer, scale)));
      diagram.select(element);
    }
    for (const ghost of page.querySelectorAll("[data-ghost]")) ghost.classList.toggle("is-selected", ghost.dataset.ghost === element);
  };
  const choose = (button) => {
    chosen = button.dataset.element;
    for (const each of buttons) each.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    show(chosen);
  };
  const paint = () => {
    for (const [side, diagram] of Object.entries(diagrams)) {
      const states = statesOf(rows, side, box.checked);
      for (const { element } of rows) diagram.setState(element, states[element] ?? "");
    }
    for (const hidden of page.querySelectorAll('li[data-what="moved"], [data-only-drawn]')) hidden.hidden = !box.checked;
  };
  const view = (name) => {
    page.classList.toggle("is-overlaid", name === "overlaid");
    page.querySelector('[data-side="old"]').hidden = name === "overlaid";
    for (const button of page.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    for (const diagram of Object.values(diagrams)) alone(() => canvasOf(diagram).resized());
    if (chosen) show(chosen);
  };

  page.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-element]");
    if (buttons.includes(button)) choose(button);
    const wanted = target.closest("[data-view]");
    if (wanted) view(wanted.dataset.view);
  });
  page.querySelector("[data-differences]")?.addEventListener("keydown", (event) => {
    const seen = buttons.filter((button) => button.offsetParent);
    const next = KEYS[event.key] ? neighbour(seen.length, seen.indexOf(event.target), KEYS[event.key]) : -1;
    if (next < 0) return;
    event.preventDefault();
    seen[next].focus();
    choose(seen[next]);
  });
  page.addEventListener("diagram:select", ({ detail }) => {
    const button = buttons.find((each) => each.dataset.element === detail.id && each.offsetParent);
    if (!button) return;
    choose(button);
    button.scrollIntoView({ block: "nearest" });
  });
  box.addEventListener("change", paint);

  for (const [side, element] of [["old", old], ["new", fresh]]) {
    ready(element).then((diagram) => {
      diagrams[side] = diagram;
      paint();
    });
  }
  await Promise.all([ready(old), ready(fresh)]);
  alone = together(diagrams);
  ghosts(diagrams, rows, looks.removed.letter);
  const first = buttons.find(({ dataset }) => dataset.what !== "moved" && dataset.sides.trim());
  if (first) show(first.dataset.element);
  page.classList.add("is-ready");
}

const page = globalThis.document?.querySelector("[data-compare]");
if (page) start(page);
