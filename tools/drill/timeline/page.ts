import { toleranceSeconds } from "../bounds";
import type { DrillReport } from "../report";
import { secondsText, windowText } from "../texts";
import { fontFamily } from "./chart";
import type { Picture } from "./picture";

/** A whole page with the picture and the same figures as a table; it loads nothing from anywhere. */
export function drawPage(report: DrillReport, picture: Picture, svg: string): string {
  const rows = report.legs.map(
    (leg) =>
      `      <tr class="${leg.verdict}"><th scope="row">${escaped(leg.name)}</th><td>${secondsText(leg)}</td><td>${windowText(leg)}</td><td>${leg.verdict}</td></tr>`,
  );
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [`    <h2>${title}</h2>`, "    <ul>", ...lines.map((line) => `      <li>${escaped(line)}</li>`), "    </ul>"];
  return [
    "<!doctype html>",
    '<html lang="en">',
    "  <head>",
    '    <meta charset="utf-8">',
    `    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '    <meta name="viewport" content="width=device-width">',
    `    <title>${escaped(picture.title)}</title>`,
    `    <style>${style}</style>`,
    "  </head>",
    "  <body>",
    // The picture shows both; these are for those who have it read to them.
    `    <h1>${escaped(picture.title)}</h1>`,
    `    <p class="read">${escaped(picture.subtitle)}</p>`,
    `    <figure role="img" aria-label="Timeline of the drill; the table below has the same figures">${svg}</figure>`,
    "    <table>",
    '      <tr><th scope="col">leg</th><th scope="col">took</th><th scope="col">may take</th><th scope="col"></th></tr>',
    ...rows,
    "    </table>",
    `    <p>A leg counts as late when it took more than ${toleranceSeconds} s longer than its bound. Alertmanager was reached by ${escaped(report.way)}.</p>`,
    ...list("Shown by", report.proof),
    ...list("Wrong", report.faults),
    ...list("Not proven", report.unproven ?? []),
    "  </body>",
    "</html>",
    "",
  ].join("\n");
}

const style = [
  `body{font-family:${fontFamily};color:#1f2933;background:#fff;max-width:1000px;margin:24px auto;padding:0 16px;line-height:1.5}`,
  "h1,.read{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;margin:0}",
  "h2{font-size:16px}figure{margin:16px 0}figure svg{max-width:100%;height:auto}",
  "table{border-collapse:collapse}th,td{padding:6px 14px;border-bottom:1px solid #d9dfe6;text-align:left}",
  "td:nth-child(2),td:nth-child(3){text-align:right;font-variant-numeric:tabular-nums}th[scope=row]{font-weight:normal}",
  ".ok td:last-child{color:#1a7f4b}.late td:last-child{color:#c2570c}",
  ".failed td:last-child{color:#b42318}.unclear td:last-child,.early td:last-child{color:#8a6d00}",
].join("");

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);
}
