import assert from "node:assert/strict";
import test from "node:test";
import { namesOf, presence } from "./presence.js";

const PLACES = { drawing: "drawing", version: "reading" };

function stage() {
  const line = { textContent: "", dataset: { me: "1", together: "Also here: {people}", drawing: "drawing", version: "reading", presence: "/ws/x/" } };
  const heard = [];
  const sent = [];
  let options;
  let beat;
  const save = { heard: (...facts) => heard.push(["saved", ...facts]), ended: (...facts) => heard.push(["ended", ...facts]) };
  presence(line, { editor: () => ({ save }), keep: (given) => ((options = given), { send: (text) => sent.push(text) }), every: (work) => (beat = work) });
  return { line, heard, sent, frame: (frame) => options.onFrame(frame), link: (state) => options.onLink(state), beat: () => beat() };
}

test("others are named with their places, oneself is not", () => {
  const people = [{ id: 1, name: "Me", place: "drawing" }, { id: 2, name: "Li", place: "drawing" }, { id: 3, name: "Wang", place: "version" }];

  assert.equal(namesOf(people, 1, PLACES), "Li (drawing), Wang (reading)");
  assert.equal(namesOf(people.slice(0, 1), 1, PLACES), "");
});

test("who comes is shown, and nobody while the connection is lost", () => {
  const { line, frame, link } = stage();

  frame({ type: "present", people: [{ id: 2, name: "Li", place: "drawing" }] });
  assert.equal(line.textContent, "Also here: Li (drawing)");
  link("offline");

  assert.equal(line.textContent, "");
});

test("the editor hears of others' saves and of the end of the working copy", () => {
  const { heard, frame } = stage();

  frame({ type: "entry", entry: { kind: "working_copy.saved", actor: { id: 2, name: "Li" }, data: { revision: 7 } } });
  frame({ type: "entry", entry: { kind: "working_copy.finished", actor: { id: 2, name: "Li" }, data: { revision: 7 } } });
  frame({ type: "entry", entry: { kind: "version.submitted", actor: { id: 2, name: "Li" }, data: {} } });

  assert.deepEqual(heard, [["saved", 7, "Li"], ["ended", "Li"]]);
});

test("it says that it is there", () => {
  const { sent, beat } = stage();

  beat();

  assert.deepEqual(sent, ["here"]);
});
