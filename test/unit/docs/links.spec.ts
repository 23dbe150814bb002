import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../../conventions/project-root";
import { projectFiles, withoutCodeBlocks } from "../../support/markdown-pages";

/** A page's anchors, as GitHub makes them of its headings. */
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
    it(`of ${page} lead to files and headings that exist`, () => {
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
