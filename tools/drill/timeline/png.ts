import * as fs from "node:fs/promises";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

let loading: Promise<readonly Uint8Array[]> | undefined;

/** Renders an SVG as PNG at twice its size, with built-in fonts: the result is the same on every machine. */
export async function drawPng(svg: string): Promise<Uint8Array> {
  const fontBuffers = await (loading ??= load());
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: {
      fontBuffers: [...fontBuffers],
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
      monospaceFamily: "DejaVu Sans Mono",
    },
  });
  try {
    return resvg.render().asPng();
  } finally {
    resvg.free();
  }
}

async function load(): Promise<readonly Uint8Array[]> {
  await initWasm(await fs.readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const font = (name: string) => fs.readFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  return Promise.all([font("DejaVuSans"), font("DejaVuSans-Bold"), font("DejaVuSansMono")]);
}
