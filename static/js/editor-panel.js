/**
 * The panel beside the drawing: fields for the chosen element, made from its kind and from the handlers' JSON schemas.
 * Everything typed here is one step of the modeller's undo.
 */
import { KINDS, rowsOf, textOf } from "./editor-form.js";
import { attribute, bodyOf, definitionOf, mappings, writer } from "./editor-model.js";

const TASKS = ["bpmn:Task", "bpmn:UserTask", "bpmn:ManualTask", "bpmn:ServiceTask", "bpmn:SendTask", "bpmn:ReceiveTask", "bpmn:ScriptTask", "bpmn:BusinessRuleTask", "bpmn:CallActivity", "bpmn:SubProcess"];

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export function panel(box, modeler, choices, words) {
  const write = writer(modeler);
  let shown = null;
  let drawing = false;

  const field = (label, control, { help = "", required = false } = {}) => {
    const id = `editor-${label.replace(/\W+/g, "-")}-${box.querySelectorAll(".field").length}`;
    control.id = id;
    if (required) control.required = true;
    const caption = make("label", { htmlFor: id, textContent: label });
    if (required) caption.append(make("span", { className: "required", textContent: " *", title: words.required }));
    const wrap = make("div", { className: "field" }, caption, control);
    if (help) wrap.append(make("div", { className: "help", textContent: help }));
    box.append(wrap);
    return control;
  };
  const changed = (control, work) => control.addEventListener("change", () => {
    drawing = true;
    work(control.value);
    drawing = false;
  });
  const text = (label, value, work, options = {}) => {
    const control = options.lines ? make("textarea", { rows: options.lines, value }) : make("input", { type: "text", value });
    control.className = options.feel ? "form-control is-feel" : "form-control";
    if (options.feel) control.spellcheck = false;
    if (options.hint) control.placeholder = options.hint;
    if (options.parameter) control.dataset.parameter = options.parameter;
    changed(field(label, control, options), work);
  };
  const select = (label, value, options, work, more = {}) => {
    const control = make("select", { className: "form-select" });
    const known = options.some((one) => one.value === value);
    control.append(make("option", { value: "", textContent: words.none }));
    if (value && !known) control.append(make("option", { value, textContent: `${value} · ${words.unknown}` }));
    for (const one of options) control.append(make("option", { value: one.value, textContent: one.label }));
    control.value = value;
    changed(field(label, control, more), work);
  };
  const heading = (label) => box.append(make("h3", { textContent: label }));

  /** A table of pairs with a row for the next one. */
  const pairs = (label, rows, work, [left, right]) => {
    heading(label);
    const list = make("div", { className: "pairs", role: "group", ariaLabel: label });
    const take = () => {
      drawing = true;
      work([...list.querySelectorAll(".pair")].map((row) => ({ key: row.children[0].value, value: row.children[1].value })));
      drawing = false;
    };
    const add = ({ key, value }) => {
      const row = make("div", { className: "pair" },
        make("input", { type: "text", className: "form-control", value: key, ariaLabel: left, placeholder: left }),
        make("input", { type: "text", className: "form-control is-feel", value, ariaLabel: right, placeholder: right, spellcheck: false }),
        make("button", { type: "button", className: "btn btn-quiet btn-small", textContent: "×", ariaLabel: words.remove }));
      row.addEventListener("change", take);
      row.lastChild.addEventListener("click", () => {
        row.remove();
        take();
      });
      list.append(row);
    };
    rows.forEach(add);
    const more = make("button", { type: "button", className: "btn btn-quiet btn-small", textContent: `+ ${words.add}` });
    more.addEventListener("click", () => {
      add({ key: "", value: "" });
      list.lastChild.firstChild.focus();
    });
    box.append(list, more);
  };

  const parametersOf = (element, handler) => {
    const properties = handler?.schema?.properties || {};
    const rows = mappings(element.businessObject, "parameter");
    const valueOf = (name) => rows.find((row) => row.key === name)?.value || "";
    const store = (name, value) => write.mappings(element, "parameter", [...mappings(element.businessObject, "parameter").filter((row) => row.key !== name), { key: value ? name : "", value }]);
    if (Object.keys(properties).length) heading(words.parameters);
    for (const [name, property] of Object.entries(properties)) {
      const fallback = property.default === undefined || property.default === null ? "" : JSON.stringify(property.default);
      text(name, valueOf(name), (value) => store(name, value), {
        feel: true, parameter: name, help: property.description || "", hint: fallback, required: (handler.schema.required || []).includes(name),
      });
    }
    for (const row of rows.filter((one) => !(one.key in properties))) {
      text(row.key, row.value, (value) => store(row.key, value), { feel: true, help: handler ? words.unknown : "" });
    }
  };

  const formOf = (element) => {
    heading(words.form);
    const before = bodyOf(element.businessObject, "form");
    let rows;
    try {
      rows = rowsOf(before);
    } catch {
      return text(words.form, before, (value) => write.body(element, "form", value), { lines: 6, feel: true });
    }
    const keep = () => {
      drawing = true;
      write.body(element, "form", textOf(rows, bodyOf(element.businessObject, "form")));
      drawing = false;
    };
    const list = make("div", { className: "form-rows" });
    const add = (row) => {
      const bound = (tag, name, properties) => {
        const control = make(tag, { className: tag === "select" ? "form-select" : "form-control", ...properties });
        if (tag === "select") for (const kind of Object.keys(KINDS)) control.append(make("option", { value: kind, textContent: words.kinds[kind] }));
        if (control.type === "checkbox") control.checked = row[name];
        else control.value = row[name];
        control.addEventListener("change", () => {
          row[name] = control.type === "checkbox" ? control.checked : control.value;
          keep();
          if (name === "kind") options.hidden = row.kind !== "choice";
        });
        return control;
      };
      const options = bound("textarea", "choices", { rows: 2, ariaLabel: words.choices, placeholder: words.choicesHint });
      options.hidden = row.kind !== "choice";
      const gone = make("button", { type: "button", className: "btn btn-quiet btn-small", textContent: "×", ariaLabel: words.remove });
      const tick = make("label", { className: "choice" }, bound("input", "required", { type: "checkbox", className: "form-check-input" }), ` ${words.required}`);
      const wrap = make("fieldset", { className: "form-row" },
        bound("input", "name", { type: "text", ariaLabel: words.fieldName, placeholder: words.fieldName }), bound("select", "kind", { ariaLabel: words.fieldKind }), gone,
        bound("input", "title", { type: "text", ariaLabel: words.chinese, placeholder: words.chinese }), bound("input", "titleEn", { type: "text", ariaLabel: words.english, placeholder: words.english }),
        options, tick);
      gone.addEventListener("click", () => {
        rows.splice(rows.indexOf(row), 1);
        wrap.remove();
        keep();
      });
      list.append(wrap);
    };
    rows.forEach(add);
    const more = make("button", { type: "button", className: "btn btn-quiet btn-small", textContent: `+ ${words.addField}` });
    more.addEventListener("click", () => {
      const row = { name: "", title: "", titleEn: "", kind: "text", required: false, choices: "", rest: {} };
      rows.push(row);
      add(row);
      list.lastChild.firstChild.focus();
    });
    box.append(list, more);
    return undefined;
  };

  const others = (type, but) => modeler.get("elementRegistry").filter((one) => one.type === type && one !== but && !one.labelTarget)
    .map((one) => ({ value: one.id, label: one.businessObject.name || one.id }));

  const timing = (element) => {
    const definition = definitionOf(element);
    select(words.moment, attribute(definition, "timeNode"), choices.moments, (value) => write.definitionAttribute(element, "timeNode", value));
    for (const [name, label] of [["timeDuration", words.duration], ["timeDate", words.date], ["timeCycle", words.cycle]]) {
      text(label, definition[name]?.body || "", (value) => write.expression(element, definition, name, value), { feel: true });
    }
  };

  const byKind = {
    "bpmn:UserTask"(element) {
      select(words.role, attribute(element.businessObject, "role"), choices.roles, (value) => write.attribute(element, "role", value), { required: true });
      select(words.checks, attribute(element.businessObject, "checks"), others("bpmn:UserTask", element), (value) => write.attribute(element, "checks", value), { help: words.checksHelp });
      formOf(element);
    },
    "bpmn:ServiceTask"(element) {
      const options = choices.handlers.map((one) => ({ value: one.name, label: `${one.title} · ${one.name}` }));
      const named = attribute(element.businessObject, "handler");
      select(words.handler, named, options, (value) => {
        write.attribute(element, "handler", value);
        show(element);
      }, { required: true });
      parametersOf(element, choices.handlers.find((one) => one.name === named));
    },
    "bpmn:ReceiveTask"(element) {
      text(words.message, attribute(element.businessObject, "message"), (value) => write.attribute(element, "message", value), { required: true });
      text(words.correlation, attribute(element.businessObject, "correlation"), (value) => write.attribute(element, "correlation", value), { feel: true, required: true });
    },
    "bpmn:CallActivity"(element) {
      select(words.called, element.businessObject.calledElement || "", choices.processes, (value) => write.property(element, "calledElement", value), { required: true });
    },
    "bpmn:ScriptTask"(element) {
      text(words.script, element.businessObject.script || "", (value) => write.property(element, "script", value), { feel: true, lines: 3, required: true });
      text(words.result, attribute(element.businessObject, "resultVariable"), (value) => write.attribute(element, "resultVariable", value));
    },
    "bpmn:BusinessRuleTask"(element) {
      text(words.decision, attribute(element.businessObject, "decision"), (value) => write.attribute(element, "decision", value));
      text(words.result, attribute(element.businessObject, "resultVariable"), (value) => write.attribute(element, "resultVariable", value));
    },
    "bpmn:SequenceFlow"(element) {
      const owner = element.businessObject;
      const isDefault = owner.sourceRef.default === owner;
      const branches = owner.sourceRef.outgoing?.length > 1;
      text(words.condition, owner.conditionExpression?.body || "", (value) => write.expression(element, owner, "conditionExpression", value), { feel: true, lines: 2, help: words.conditionHelp });
      if (!branches) return;
      const tick = make("input", { type: "checkbox", checked: isDefault, className: "form-check-input" });
      tick.addEventListener("change", () => modeler.get("modeling").updateProperties(element.source, { default: tick.checked ? owner : undefined }));
      box.append(make("label", { className: "choice" }, tick, ` ${words.byDefault}`));
    },
  };
  byKind["bpmn:ManualTask"] = byKind["bpmn:UserTask"];
  byKind["bpmn:SendTask"] = byKind["bpmn:ServiceTask"];

  function show(element) {
    shown = element;
    box.replaceChildren();
    const owner = element.businessObject;
    const kind = element.type.replace("bpmn:", "");
    box.append(make("p", { className: "dim small" }, make("span", { textContent: `${words.elements[kind] || kind} ` }), make("code", { textContent: owner.id })));
    text(words.chinese, owner.name || "", (value) => write.property(element, "name", value));
    text(words.english, attribute(owner, "nameEn"), (value) => write.attribute(element, "nameEn", value));
    byKind[element.type]?.(element);
    if (definitionOf(element)?.$type === "bpmn:TimerEventDefinition") timing(element);
    if (!TASKS.includes(element.type)) return;
    select(words.deadline, attribute(owner, "deadline"), choices.moments, (value) => write.attribute(element, "deadline", value));
    text(words.runbook, attribute(owner, "runbook"), (value) => write.attribute(element, "runbook", value.trim()), { help: words.runbookHelp, hint: "https://" });
    if (element.type === "bpmn:CallActivity") pairs(words.inputs, mappings(owner, "input"), (rows) => write.mappings(element, "input", rows), [words.variable, words.value]);
    pairs(words.outputs, mappings(owner, "output"), (rows) => write.mappings(element, "output", rows), [words.variable, words.value]);
  }

  modeler.get("eventBus").on("selection.changed", ({ newSelection }) => {
    const root = modeler.get("canvas").getRootElement();
    show(newSelection.length === 1 ? newSelection[0].labelTarget || newSelection[0] : root);
  });
  modeler.get("eventBus").on("elements.changed", ({ elements }) => {
    if (!drawing && shown && elements.includes(shown)) show(shown);
  });
  return { show, showRoot: () => show(modeler.get("canvas").getRootElement()) };
}
