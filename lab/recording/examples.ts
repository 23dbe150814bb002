/**
 * `npm run docs:previews` writes the comments of recorded previews into docs/pull-requests.md, between the markers.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { comment } from "../../tools/preview-comment/comment";
import { readPreview } from "../../tools/preview-comment/preview";
import { projectRoot } from "../run-directory";

export const examplesFile = path.join(projectRoot, "docs", "pull-requests.md");

const place = /(<!-- example:begin \(([^)]+)\) -->\n)[^]*?(<!-- example:end -->)/g;

/** The page, in which the comment of each recorded preview that the page names is updated. */
export async function withExamples(page: string): Promise<string> {
  const files = [...page.matchAll(place)].map(([, , file]) => file!);
  const comments = new Map<string, string>();
  for (const file of files) {
    const preview = readPreview(await fs.readFile(path.join(projectRoot, file), "utf8"));
    comments.set(file, comment({ stack: "dev", preview }));
  }
  return page.replace(
    place,
    (_, begin: string, file: string, end: string) =>
      `${begin}\n\`\`\`\`markdown\n${comments.get(file)}\`\`\`\`\n\n${end}`,
  );
}

/** Updates docs/pull-requests.md. */
export async function writeExamples(): Promise<void> {
  await fs.writeFile(examplesFile, await withExamples(await fs.readFile(examplesFile, "utf8")));
}

if (require.main === module) void writeExamples();
