/**
 * For the workflows: `post.ts comment --stack dev --number 7 --file comment.md` writes a pull request's one comment of a
 * stack, `post.ts issue --stack dev --code 1 --file comment.md` its issue of drift. GITHUB_TOKEN says on whose behalf.
 */
import * as fs from "node:fs/promises";
import { parseArgs } from "node:util";
import { repositoryOf } from "./github";
import { postComment, postIssue } from "./posts";

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: "string" },
      number: { type: "string" },
      code: { type: "string" },
      file: { type: "string" },
    },
  });
  const [what] = positionals;
  const given = (name: "stack" | "number" | "code" | "file"): string => {
    const value = values[name];
    if (value === undefined || value === "") throw new Error(`--${name} is not given.`);
    return value;
  };
  const count = (name: "number" | "code"): number => {
    const text = given(name);
    if (!/^\d{1,12}$/.test(text)) throw new Error(`--${name} is "${text}"; it has to be a number.`);
    return Number(text);
  };
  const repository = repositoryOf(process.env);
  const body = await fs.readFile(given("file"), "utf8");
  const stack = given("stack");
  if (what === "comment") {
    return `The comment of ${stack}: ${await postComment(repository, { stack, number: count("number"), body })}.`;
  }
  if (what === "issue") {
    return `The issue of ${stack}: ${await postIssue(repository, { stack, drifted: count("code") !== 0, body })}.`;
  }
  throw new Error(`"${what ?? ""}" is not known; it is "comment" or "issue".`);
}

main().then(
  (done) => process.stdout.write(`${done}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
