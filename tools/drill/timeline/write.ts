import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { DrillReport } from "../report";
import { drawPng } from "./png";
import { drawSvg } from "./svg";

/** Writes the drill's picture into a directory, as SVG and PNG; returns the file names. */
export async function writePictures(report: DrillReport, directory: string): Promise<string[]> {
  const svg = drawSvg(report);
  const files = { "timeline.svg": svg, "timeline.png": await drawPng(svg) };
  await fs.mkdir(directory, { recursive: true });
  return Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const file = path.join(directory, name);
      await fs.writeFile(file, content);
      return file;
    }),
  );
}
