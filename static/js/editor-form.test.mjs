import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf, textOf } from "./editor-form.js";

const FORM = JSON.stringify({
  type: "object",
  required: ["decision"],
  additionalProperties: false,
  properties: {
    decision: { type: "string", title: "结论", "x-title-en": "Decision", enum: ["yes", "no"], "x-enum-titles": { yes: "同意" }, "x-enum-titles-en": { yes: "Agree" }, default: "yes" },
    note: { type: "string", title: "说明", maxLength: 500, "x-widget": "textarea" },
  },
});

test("a form that nobody changed is written as it was read", () => {
  assert.deepEqual(JSON.parse(textOf(rowsOf(FORM), FORM)), JSON.parse(FORM));
});

test("what a row says is what the schema says", () => {
  const rows = rowsOf(FORM);
  rows[1].required = true;
  rows[0].choices = "yes=同意\nno=退回";
  const schema = JSON.parse(textOf(rows, FORM));
  assert.deepEqual(schema.required, ["decision", "note"]);
  assert.deepEqual(schema.properties.decision["x-enum-titles"], { yes: "同意", no: "退回" });
});

test("another kind drops what only the old kind could have", () => {
  const rows = rowsOf(FORM);
  rows[1].kind = "whole";
  assert.deepEqual(JSON.parse(textOf(rows, FORM)).properties.note, { type: "integer", title: "说明" });
});

test("no rows are no form, and rows without a name are left out", () => {
  assert.deepEqual(rowsOf(""), []);
  assert.equal(textOf([]), "");
  assert.equal(textOf([{ name: " ", title: "x", titleEn: "", kind: "text", required: false, choices: "", rest: {} }]), "");
});
