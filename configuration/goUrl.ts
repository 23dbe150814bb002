const url =
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(\[[0-9a-f:.]+(?:%25[^\]]*)?\]|[^/?#:@[\]]*)(?::\d*)?(\/[^?#]*)?(?:\?[^#]*)?(#.*)?$/i;

/** Whether Go reads the text as a URL of a host: unlike browsers it mends nothing, no `%zz`, no space, no port of letters. */
export function isGoUrl(text: string): boolean {
  const [, host, path = "", fragment = ""] = url.exec(text) ?? [];
  if (host === undefined || host === "" || hasControl(text)) return false;
  return !/%(?![0-9a-f]{2})/i.test(path + fragment) && (host.startsWith("[") || !/[\s^`{|}\\%]/.test(host));
}

// eslint-disable-next-line no-control-regex
const hasControl = (text: string) => /[\0-\x1f\x7f]/.test(text);
