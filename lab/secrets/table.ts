import Table from "cli-table3";
import { colors } from "../../tools/shared/colors";
import { wrap } from "../slack-message";
import type { SecretScan } from "./scan";

/**
 * A table with one row for each kind of secret: where it was searched, how often it was found in forbidden places, and
 * where it belongs.
 */
export function secretsTable({ rows, placesSearched }: SecretScan): string {
  const table = new Table({
    head: ["secret", "number", "places", "hits", "where it belongs"],
    colAligns: ["left", "right", "right", "right", "left"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { name, secrets, hits, expected, missing, notSearched } of rows) {
    const count = hits.length === 0 ? colors.green("0") : colors.red(String(hits.length));
    const found = `${expected.length === 1 ? "once" : `${expected.length} times`}${missing.length === 0 ? "" : colors.red(`, not in ${missing.length}`)}`;
    const searched =
      notSearched === undefined ? [placesSearched.length, count, found] : ["-", "-", wrap(notSearched, 18).join("\n")];
    table.push([wrap(name, 26).join("\n"), secrets, ...searched]);
  }
  return table.toString();
}
