import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonProblem } from "./json-texts.js";

test("an object, also an empty one or no text at all, is no problem", () => {
  for (const text of ["{}", ' {"a": [1, {"b": null}]} ', "", "  \n"]) assert.equal(jsonProblem(text), "");
});

test("what is no JSON, or no object, is named while it is written", () => {
  for (const text of ["{", '{"a": }', "[]", "null", "3", '"text"']) assert.notEqual(jsonProblem(text), "");
});
