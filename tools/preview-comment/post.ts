/**
 * For the workflows: `post.ts comment --stack dev --number 7 --file comment.md` creates or updates a stack's only
 * comment on a pull request; `post.ts issue --stack dev --code 1 --file comment.md` does the same for its drift issue.
 * The author is the owner of GITHUB_TOKEN.
 */
import * as fs from "node:fs/promises";
import { type Command, print, runCommand, stackOption, option, WrongCommandLine } from "../shared/command-line";
import { repositoryOf } from "./github";
import { postComment, postIssue } from "./github-posts";

const command = {
  call: "node run.cjs tools/preview-comment/post.ts",
  positionals: "comment|issue",
  options: {
    stack: stackOption("the stack that the comment is about"),
    file: option("<file>", "the comment"),
    number: option("<number>", "for a comment: the number of the pull request"),
    code: option("<code>", "for an issue: the preview's exit code; with 0 the issue is closed"),
  },
  notes: "Exit code: 0 written, 1 not written, 2 wrong command line.",
} as const satisfies Command;

runCommand(
  command,
  async (values, [what = ""]) => {
    const given = (name: keyof typeof values): string => {
      const value = values[name];
      if (value === undefined) throw new WrongCommandLine(`--${name} is not given.`);
      return value;
    };
    const count = (name: "number" | "code"): number => {
      const text = given(name);
      if (!/^\d{1,12}$/.test(text)) throw new WrongCommandLine(`--${name} is "${text}"; it has to be a number.`);
      return Number(text);
    };
    const stack = given("stack");
    const repository = repositoryOf(process.env);
    const body = await fs.readFile(given("file"), "utf8");
    if (what === "comment") {
      await print(
        `The comment of ${stack}: ${await postComment(repository, { stack, number: count("number"), body })}.`,
      );
    } else if (what === "issue") {
      await print(
        `The issue of ${stack}: ${await postIssue(repository, { stack, drifted: count("code") !== 0, body })}.`,
      );
    } else throw new WrongCommandLine(`"${what}" is not known; write "comment" or "issue".`);
    return 0;
  },
  1,
);
