import { pick, type Random } from "../random";

const signs = [
  ..."{}()[]\"'`|&=!<>~,.:;$%+-*/\\ 05aex\n",
  "{{",
  "}}",
  "[5m]",
  " and ",
  " or ",
  "by",
  "$value",
  ".Labels",
];

/** A string with one or two characters inserted, removed or replaced. */
export function mutatedText(text: string, next: Random): string {
  let result = text;
  for (let times = next() < 0.5 ? 1 : 2; times > 0; times--) {
    const at = Math.floor(next() * (result.length + 1));
    const sign = next() < 0.3 ? "" : pick(signs, next);
    result = result.slice(0, at) + sign + result.slice(at + (next() < 0.5 ? 1 : 0));
  }
  return result;
}
