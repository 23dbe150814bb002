import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../conventions/project-root";
import { projectFiles } from "../../support/markdown-pages";
import { avoidedWords, commentsOf, proseOf } from "../../support/plain-english";

const rooms = new Set(projectFiles("*.ts", "*.go").map((name) => (name.includes("/") ? name.split("/")[0]! : "*.ts")));

const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");

describe("plain US English", () => {
  for (const page of projectFiles("*.md")) {
    it(`is used in ${page}`, () => assert.deepEqual(avoidedWords(proseOf(read(page))), []));
  }

  for (const room of rooms) {
    it(`is used in the comments and test titles of ${room}`, () => {
      const files = room === "*.ts" ? projectFiles(":(glob)*.ts") : projectFiles(`${room}/*.ts`, `${room}/*.go`);
      const found = files.flatMap((name) => avoidedWords(commentsOf(read(name))).map((line) => `${name}:${line}`));
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
    assert.deepEqual(avoidedWords(commentsOf("const texts = 1;\n// Names `texts`.")), []);
    assert.notDeepEqual(avoidedWords(commentsOf("const one = 1;\n/** Read\n * anew. */")), []);
    assert.deepEqual(avoidedWords(proseOf("Run `whoever` or [read](colour.md).\n\n```\nanew\n```\n")), []);
  });
});
