import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

let ready: Promise<void> | undefined;

/** An SVG as a PNG of twice its size, in fonts that come with the packages, so that it is the same on every machine. */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  ready ??= readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")).then(initWasm);
  await ready;
  const fonts = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const files = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"];
  const fontBuffers = await Promise.all(files.map((file) => readFile(join(fonts, file))));
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: {
      fontBuffers,
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
      monospaceFamily: "DejaVu Sans Mono",
    },
  }).render();
  try {
    return image.asPng();
  } finally {
    image.free();
  }
}
