/** How wide characters of a sans-serif font are, in ems; close enough to break lines, on the wide side. */
const WIDTHS: readonly (readonly [characters: RegExp, ems: number])[] = [
  [/[ijl.,:;'|!`·]/u, 0.31],
  [/[ftrI()[\]{}/\\ -]/u, 0.39],
  [/[mwMWQ@%—…]/u, 0.95],
  [/[A-Z&<>+=~#_]/u, 0.72],
  [/[ -\u024f]/u, 0.61],
];
const MONOSPACE = 0.6;

/** The width of a text in the units of its font size. */
export function textWidth(text: string, size: number, monospace = false): number {
  let ems = 0;
  for (const character of text) {
    // Beyond Latin, characters may be as wide as they are high.
    ems += monospace ? MONOSPACE : (WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? 1);
  }
  return ems * size;
}

/** The longest beginning of a text that fits, one character at least. */
export function fitting(text: string, size: number, width: number, monospace = false): string {
  const characters = [...text];
  let count = 1;
  while (count < characters.length && textWidth(characters.slice(0, count + 1).join(""), size, monospace) <= width) {
    count++;
  }
  return characters.slice(0, count).join("");
}
