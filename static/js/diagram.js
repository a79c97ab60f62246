/**
 * <div data-diagram="/url/of/model.xml" data-looks="id-of-json" data-states="id-of-json" tabindex> shows a BPMN model.
 *
 * `looks` = {state: {tone, letter, label}}, `states` = {element id: state}; both are <script type="application/json">.
 * `mountDiagram` gives {setState, select}. A click on an element fires "diagram:select" with its id.
 */
import { isNow, placeOfInterest, stateBadge, toneClasses } from "./diagram-states.js";

const VIEWER = "../vendor/bpmn-view/18.31.1/bpmn-view.js";
const SHEETS = ["../vendor/bpmn-view/18.31.1/diagram-js.css", "../vendor/bpmn-view/18.31.1/bpmn-js.css"];
export const COLOURS = {
  defaultFillColor: "var(--cw-diagram-fill)",
  defaultStrokeColor: "var(--cw-diagram-stroke)",
  defaultLabelColor: "var(--cw-diagram-label)",
};
const LARGEST_ZOOM = 1.15;
const READABLE_ZOOM = 0.72;

function jsonOf(id) {
  const script = id && document.getElementById(id);
  return script ? JSON.parse(script.textContent) : {};
}

export function loadSheets(more = []) {
  for (const sheet of [...SHEETS, ...more]) {
    const href = new URL(sheet, import.meta.url).href;
    if (document.querySelector(`link[href="${href}"]`)) continue;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  }
}

export const MARGIN = 24;

/** The box around a shape or the points of a connection. */
export function boxOf(element) {
  if (!element.waypoints) return { x: element.x, y: element.y, width: element.width, height: element.height };
  const [xs, ys] = ["x", "y"].map((axis) => element.waypoints.map((point) => point[axis]));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Where a diagram begins: all of it when that can be read, else the part around the element that matters now. */
export function lookAt(canvas, shape) {
  fit(canvas);
  const { inner, outer } = canvas.viewbox();
  if (!shape || canvas.zoom() >= READABLE_ZOOM) return;
  const width = outer.width / READABLE_ZOOM;
  const height = outer.height / READABLE_ZOOM;
  canvas.viewbox(viewOn(boxOf(shape), inner, { width, height }, MARGIN / READABLE_ZOOM));
}

/** A part of this size with the box in its middle, as far as there is something to be seen on both sides of it. */
export function viewOn(box, whole, { width, height }, margin) {
  const within = (middle, size, start, length) => {
    if (size >= length + 2 * margin) return start - (size - length) / 2;
    return Math.min(Math.max(middle - size / 2, start - margin), start + length + margin - size);
  };
  return {
    x: within(box.x + box.width / 2, width, whole.x, whole.width),
    y: within(box.y + box.height / 2, height, whole.y, whole.height),
    width,
    height,
  };
}

/** Shows the whole model, in the middle of what `left` pixels leave free, with a margin, never larger than life. */
export function fit(canvas, { left = 0 } = {}) {
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const free = outer.width - left;
  const scale = Math.min(LARGEST_ZOOM, (free - 2 * MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height);
  const width = outer.width / scale;
  const height = outer.height / scale;
  const x = inner.x + inner.width / 2 - (left + free / 2) / scale;
  canvas.viewbox({ x, y: inner.y - (height - inner.height) / 2, width, height });
}

/** Buttons to zoom with the pointer. */
export function controls(element, canvas) {
  const words = element.dataset;
  const box = document.createElement("div");
  box.className = "diagram-controls";
  const add = (icon, label, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.textContent = icon;
    button.addEventListener("click", work);
    box.append(button);
  };
  add("+", words.wordIn || "Zoom in", () => canvas.zoom(canvas.zoom() * 1.2, "auto"));
  add("−", words.wordOut || "Zoom out", () => canvas.zoom(canvas.zoom() / 1.2, "auto"));
  add("⤢", words.wordFit || "Whole model", () => fit(canvas));
  element.append(box);
}

export async function mountDiagram(element) {
  if (element.dataset.mounted) return null;
  element.dataset.mounted = "yes";
  loadSheets();
  const [{ NavigatedViewer }, xml] = await Promise.all([
    import(VIEWER),
    fetch(element.dataset.diagram, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(`model: ${answer.status}`);
      return answer.text();
    }),
  ]);
  const viewer = new NavigatedViewer({ bpmnRenderer: COLOURS, zoomScroll: { enabled: false } });
  await viewer.importXML(xml);
  viewer.attachTo(element);
  const canvas = viewer.get("canvas");
  controls(element, canvas);
  element.classList.add("is-ready");

  const painter = paint(viewer, jsonOf(element.dataset.looks));
  const states = jsonOf(element.dataset.states);
  for (const [id, state] of Object.entries(states)) painter.setState(id, state);
  lookAt(canvas, viewer.get("elementRegistry").get(placeOfInterest(states)));

  followWork(element, viewer, painter);
  viewer.get("eventBus").on("element.click", ({ element: clicked }) => {
    element.dispatchEvent(new CustomEvent("diagram:select", { detail: { id: clicked.id.replace(/_label$/, "") }, bubbles: true }));
  });
  wheelOnlyWhenMeant(element, viewer);
  new ResizeObserver(() => canvas.resized()).observe(element);
  return { viewer, ...painter };
}

/** Brings the element that a person should look at into view, until somebody moves the diagram by hand. */
function followWork(element, viewer, painter) {
  const canvas = viewer.get("canvas");
  let byHand = false;
  for (const name of ["pointerdown", "wheel"]) element.addEventListener(name, () => (byHand = true), { passive: true });
  painter.onMove((id, state) => {
    const shape = viewer.get("elementRegistry").get(id);
    if (byHand || !isNow(state) || !shape) return;
    const { x, y, width, height } = canvas.viewbox();
    const isInView = shape.x >= x && shape.y >= y && shape.x + shape.width <= x + width && shape.y + shape.height <= y + height;
    if (!isInView) lookAt(canvas, shape);
  });
}

/** The wheel moves the page until somebody clicks into the diagram. */
function wheelOnlyWhenMeant(element, viewer) {
  const scroll = viewer.get("zoomScroll");
  element.addEventListener("click", () => scroll.toggle(true));
  element.addEventListener("mouseleave", () => scroll.toggle(false));
}

export function paint(viewer, looks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  const badges = new Map();
  const shown = new Map();
  let selected = null;
  let moved = () => {};

  return {
    onMove(work) {
      moved = work;
    },
    setState(id, state) {
      const shape = registry.get(id);
      if (!shape || shown.get(id) === state) return;
      const { removed, added } = toneClasses(looks[shown.get(id)], looks[state], state);
      for (const name of removed) canvas.removeMarker(id, name);
      for (const name of added) canvas.addMarker(id, name);
      if (badges.has(id)) overlays.remove(badges.get(id));
      badges.delete(id);
      if (looks[state]) {
        badges.set(id, overlays.add(id, "state", { position: { top: -10, right: 10 }, html: stateBadge(looks[state], state), show: { minZoom: 0.25 } }));
      }
      shown.set(id, state);
      moved(id, state);
    },
    stateOf: (id) => shown.get(id),
    select(id) {
      if (selected && registry.get(selected)) canvas.removeMarker(selected, "is-selected");
      selected = id;
      if (registry.get(id)) canvas.addMarker(id, "is-selected");
    },
  };
}

export function mountAll(root = document) {
  return Promise.all(
    [...root.querySelectorAll("[data-diagram]")].map((element) =>
      mountDiagram(element)
        .then((diagram) => {
          if (diagram) element.diagram = diagram;
          element.dispatchEvent(new CustomEvent("diagram:ready", { detail: diagram, bubbles: true }));
        })
        .catch(() => element.classList.add("is-broken")),
    ),
  );
}
