import { rooms, type Room } from "./all";
import type { Door } from "./door";

const BEGIN = "<!-- doors:begin -->";
const END = "<!-- doors:end -->";
const head = ["door", "who could come by it", "what they would have", "what stops them", "what remains", "tried by"];

/** docs/security.md with the tables of doors between their marks, whatever stood there. */
export function withDoors(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`docs/security.md has no ${BEGIN} … ${END} to write the doors between.`);
  const tables = rooms.filter(({ doors }) => doors.length > 0).map(section);
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables.join("\n\n")}\n\n${page.slice(end)}`;
}

function section({ name, doors }: Room): string {
  return `### ${name}\n\n${[head, head.map(() => "---"), ...doors.map(cells)].map(row).join("\n")}`;
}

function cells({ door, who, reach, stoppedBy, remains, test: { spec, title } }: Door): string[] {
  const file = spec.replace(/^.*\//, "").replace(/\.spec\.ts$/, "");
  return [door, who, reach, stoppedBy, remains, `[${file}](../${spec}): “${title}”`];
}

const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`;
