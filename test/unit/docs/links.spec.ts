import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(__dirname, "../../..");
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((name) => name !== "" && existsSync(join(root, name)));

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
  for (const page of pages) {
    it(`of ${page} lead to files and headings that exist`, () => {
      const text = readFileSync(join(root, page), "utf8").replace(/^( {4}|```)[^]*?$(?:\n```)?/gm, "");
      const broken = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([link, path, anchor]) => {
          const file = path === "" ? join(root, page) : join(root, dirname(page), path!);
          if (!existsSync(file)) return [link];
          if (anchor === undefined || statSync(file).isDirectory()) return [];
          return anchors(file).has(anchor) ? [] : [`${link}: ${relative(root, file)} has no such heading`];
        },
      );
      assert.deepEqual(broken, []);
    });
  }
});
