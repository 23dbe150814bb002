import assert from "node:assert/strict";
import { type Kind, notOneOf, wrongValue } from "../../../validation/wrong-value";

describe("the message about a value of the wrong type", () => {
  for (const [value, accepted, sentence] of [
    ["x", ["map"], 'got "x"; accepted: a map'],
    [[1], ["map"], "got a list; accepted: a map"],
    [{ a: 1 }, ["list", "string"], "got a map; accepted: a list or a string"],
    [null, ["list"], "has no value; accepted: a list"],
    [undefined, ["number"], "is not set; accepted: a number"],
    [5, ["string"], 'got 5; write "5", in quotes'],
    [1.1, ["string"], 'got 1.1; write "1.1", in quotes (without quotes YAML reads 1.10 as 1.1)'],
    [false, ["string"], 'got false; write "false", in quotes'],
    ["Yes", ["boolean"], 'got "Yes"; write true, without quotes'],
    ["off", ["boolean"], 'got "off"; write false, without quotes'],
    [0, ["boolean"], "got 0; write false"],
    ["-15", ["integer"], 'got "-15"; write -15, without quotes'],
    ["-15", ["natural"], 'got "-15"; accepted: a whole number from 0 on'],
    ["1.5", ["integer"], 'got "1.5"; accepted: a whole number'],
    ["0123", ["integer"], 'got "0123"; accepted: a whole number'],
    ["a", ["list"], 'got "a"; accepted: a list, such as ["a"]'],
    ['{"a":1}', ["map"], 'got "{\\"a\\":1}"; accepted: a map; write it without quotes'],
    [15, ["duration"], 'got 15; accepted: a duration such as "30s", "1m30s" or "15d"'],
  ] as const) {
    it(`says what the value is and what to write: ${sentence}`, () => {
      assert.equal(wrongValue(value, accepted as readonly Kind[]), sentence);
    });
  }

  it("never shows a value that may be a secret", () => {
    for (const [value, accepted] of [
      ["12345678", "integer"],
      ["hunter2", "list"],
      [12345678, "string"],
    ] as const)
      assert.doesNotMatch(wrongValue(value, [accepted], true), /1234|hunter2/);
  });

  it("names the accepted values, and the most similar one", () => {
    assert.equal(notOneOf("Hard", ["", "soft", "hard"]), 'got "Hard"; accepted: "", "soft", "hard". Is "hard" meant?');
    assert.equal(notOneOf(7, ["soft", "hard"]), 'got 7; accepted: "soft", "hard"');
  });
});
