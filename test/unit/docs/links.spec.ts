import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../../conventions/project-root";
import { projectFiles, withoutCodeBlocks } from "../../support/markdown-pages";

/** The anchors of a page, in GitHub's format. */
function anchors(page: string): Set<string> {
  const headings = readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

describe("the documents' links", () => {
  for (const page of projectFiles("*.md")) {
    it(`in ${page} lead to files and headings that exist`, () => {
      const text = withoutCodeBlocks(readFileSync(join(projectRoot, page), "utf8"));
      const broken = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([link, path, anchor]) => {
          const file = path === "" ? join(projectRoot, page) : join(projectRoot, dirname(page), path!);
          if (!existsSync(file)) return [link];
          if (anchor === undefined || statSync(file).isDirectory()) return [];
          return anchors(file).has(anchor) ? [] : [`${link}: ${relative(projectRoot, file)} has no such heading`];
        },
      );
      assert.deepEqual(broken, []);
    });
  }
});

describe("the commands and paths in the documents", () => {
  // The changelog names removed things, and the tests' titles contain commands for another machine.
  const pages = projectFiles("*.md").filter((page) => page !== "CHANGELOG.md");
  const text = (page: string) => readFileSync(join(projectRoot, page), "utf8");

  it("are npm scripts and make targets that exist", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const targets = new Set([...text("Makefile").matchAll(/^(\w+):/gm)].map(([, target]) => target));
    const unknown = pages.flatMap((page) =>
      [
        ...[...text(page).matchAll(/npm run (?:-s |--silent )?([\w:]+(?:-[\w:]+)*)/g)].filter(
          ([, script]) => !(script! in scripts),
        ),
        ...[...text(page).matchAll(/(?:`|^ {4})make ([a-z]+)/gm)].filter(([, target]) => !targets.has(target)),
      ].map(([command]) => `${page}: ${command}`),
    );
    assert.deepEqual(unknown, []);
  });

  it("are files and folders that exist", () => {
    const roots = new Set(projectFiles().map((name) => name.split("/")[0]));
    const isPath = (name: string) => /^[\w.-]+\/[\w./-]*$/.test(name) && roots.has(name.split("/")[0]);
    const missing = pages.flatMap((page) =>
      [...withoutCodeBlocks(text(page)).matchAll(/`([^`\s]+)`/g)]
        .filter(([, name]) => isPath(name!) && !existsSync(join(projectRoot, name!)))
        .map(([, name]) => `${page}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });
});
