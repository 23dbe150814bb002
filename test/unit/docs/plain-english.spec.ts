import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../conventions/project-root";
import { projectFiles } from "../../support/markdown-pages";
import { avoidedWords, proseOf } from "../../support/plain-english";

/** Folders whose comments, errors and test titles are checked like the documents. Add a folder once it passes. */
const rooms: readonly string[] = ["examples", "outputs"];

const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");

describe("plain US English", () => {
  for (const page of projectFiles("*.md")) {
    it(`is used in ${page}`, () => assert.deepEqual(avoidedWords(proseOf(read(page))), []));
  }

  for (const room of rooms) {
    it(`is used in ${room}`, () => {
      const found = projectFiles(`${room}/*.ts`, `${room}/*.yaml`).flatMap((name) =>
        avoidedWords(read(name)).map((line) => `${name}:${line}`),
      );
      assert.deepEqual(found, []);
    });
  }

  it("is not used in these sentences", () => {
    const sentences = [
      "Of what is no map where one belongs, that is told.",
      "Whoever comes may read it anew.",
      "A text of one's own, in colour.",
    ];
    for (const sentence of sentences) assert.notDeepEqual(avoidedWords(sentence), [], sentence);
    assert.deepEqual(avoidedWords("There is no key; it is no longer there, and is reported."), []);
    assert.deepEqual(avoidedWords(proseOf("Run `whoever` or [read](colour.md).\n\n```\nanew\n```\n")), []);
  });
});
