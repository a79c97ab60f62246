/** Reads and writes what Clearway says on BPMN elements: attributes and extension elements of its own namespace. */
export const NAMESPACE = "urn:clearway:bpmn:1";
const PREFIX = "clearway";

/** The part of an element that carries an event's own facts: its first event definition. */
export const definitionOf = (element) => element.businessObject.eventDefinitions?.[0];

export function attribute(moddleElement, name) {
  return moddleElement.$attrs?.[`${PREFIX}:${name}`] ?? "";
}

export function extensions(businessObject, kind) {
  return (businessObject.extensionElements?.values || []).filter((one) => one.$type === `${PREFIX}:${kind}`);
}

/** Rows {target or name, value} of parameters, inputs or outputs. */
export function mappings(businessObject, kind) {
  const key = kind === "parameter" ? "name" : "target";
  return extensions(businessObject, kind).map((one) => ({ key: one[key] || "", value: one.value || "" }));
}

export const bodyOf = (businessObject, kind) => extensions(businessObject, kind)[0]?.$body || "";

export function writer(modeler) {
  const modeling = modeler.get("modeling");
  const moddle = modeler.get("moddle");
  const factory = modeler.get("bpmnFactory");

  const replaceExtensions = (element, kind, made) => {
    const owner = element.businessObject;
    const others = (owner.extensionElements?.values || []).filter((one) => one.$type !== `${PREFIX}:${kind}`);
    const values = [...others, ...made];
    const box = values.length ? factory.create("bpmn:ExtensionElements", { values }) : undefined;
    if (box) {
      box.$parent = owner;
      for (const one of values) one.$parent = box;
    }
    modeling.updateProperties(element, { extensionElements: box });
  };

  return {
    property: (element, name, value) => modeling.updateProperties(element, { [name]: value || undefined }),
    attribute: (element, name, value) => modeling.updateProperties(element, { [`${PREFIX}:${name}`]: value || undefined }),
    definitionAttribute(element, name, value) {
      modeling.updateModdleProperties(element, definitionOf(element), { [`${PREFIX}:${name}`]: value || undefined });
    },
    mappings(element, kind, rows) {
      const key = kind === "parameter" ? "name" : "target";
      const kept = rows.filter((row) => row.key.trim() || row.value.trim());
      replaceExtensions(element, kind, kept.map((row) => moddle.createAny(`${PREFIX}:${kind}`, NAMESPACE, { [key]: row.key.trim(), value: row.value })));
    },
    body(element, kind, text) {
      replaceExtensions(element, kind, text ? [moddle.createAny(`${PREFIX}:${kind}`, NAMESPACE, { $body: text })] : []);
    },
    expression(element, owner, name, text) {
      const made = text ? factory.create("bpmn:FormalExpression", { body: text }) : undefined;
      if (made) made.$parent = owner;
      modeling.updateModdleProperties(element, owner, { [name]: made });
    },
  };
}

/** Copies and changes of kind keep what Clearway says; the modeller itself only knows the standard's own properties. */
export function keepOwnFacts(modeler) {
  const bus = modeler.get("eventBus");
  const own = (from) => Object.fromEntries(Object.entries(from.$attrs || {}).filter(([name]) => name.startsWith(`${PREFIX}:`)));
  bus.on("copyPaste.copyElement", ({ descriptor, element }) => {
    descriptor.ownFacts = own(element.businessObject || {});
  });
  bus.on("copyPaste.pasteElement", 100, ({ descriptor }) => {
    if (descriptor.businessObject) Object.assign(descriptor.businessObject.$attrs, descriptor.ownFacts);
  });
  bus.on("commandStack.shape.replace.postExecute", ({ context }) => {
    const { businessObject: now } = context.newShape;
    const facts = ["nameEn", "deadline", ...(now.$instanceOf("bpmn:Activity") ? ["runbook"] : [])];
    for (const name of facts) {
      const value = attribute(context.oldShape.businessObject, name);
      if (value) now.$attrs[`${PREFIX}:${name}`] = value;
    }
  });
}

/** Documents of others may not name our namespace yet. */
export function declareNamespace(modeler) {
  const attributes = modeler.getDefinitions().$attrs;
  if (!Object.values(attributes).includes(NAMESPACE)) attributes[`xmlns:${PREFIX}`] = NAMESPACE;
}
