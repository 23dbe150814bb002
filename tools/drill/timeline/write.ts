import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { DrillReport } from "../report";
import { drawSvg } from "./chart";
import { drawPage } from "./page";
import { pictureOf } from "./picture";
import { drawPng } from "./png";

/** Writes the drill's picture into a directory, as SVG, as PNG and as a page; gives the files. */
export async function writePictures(report: DrillReport, directory: string): Promise<string[]> {
  const picture = pictureOf(report);
  const svg = drawSvg(picture);
  const files: readonly [name: string, content: string | Uint8Array][] = [
    ["timeline.svg", svg],
    ["timeline.png", await drawPng(svg)],
    ["timeline.html", drawPage(report, picture, svg)],
  ];
  await fs.mkdir(directory, { recursive: true });
  return Promise.all(
    files.map(async ([name, content]) => {
      const file = path.join(directory, name);
      await fs.writeFile(file, content);
      return file;
    }),
  );
}
