/** What is wrong with a server's URL on a command line, as the rest of a sentence; undefined if nothing is. */
export function urlFault(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    return "is not a valid URL; write one such as http://alertmanager.example:9093.";
  }
  // Anyone who can list processes could read a password in the URL.
  if (url.username || url.password) return "has a user or a password in it, which do not belong on a command line.";
  return /[?#]/.test(text) ? "has a query or a fragment; write it up to the path." : undefined;
}
