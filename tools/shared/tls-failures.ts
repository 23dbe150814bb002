const unknownAuthority = "is signed by an authority that this machine does not know";

const problems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed, and this machine does not trust it",
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
};

/** The problem with a certificate, by the error's code; undefined for any other error. */
export function certificateProblem(code = ""): string | undefined {
  return problems[code] ?? (code === "ERR_TLS_CERT_ALTNAME_INVALID" ? "is for another host" : undefined);
}

/** Whether the certificate is not signed by a trusted authority; the stack's own authority may have signed it. */
export function isUntrusted(code: string | undefined): boolean {
  // For a certificate that has also expired, either error may be reported.
  return code !== undefined && code in problems;
}

/** Whether the other side does not use TLS at all, such as a plain server or a proxy's page. */
export function isWithoutTls(code: string): boolean {
  return /^(EPROTO|ERR_SSL|ERR_TLS)/.test(code);
}

/** The problem with a server's certificate or TLS, as the end of a sentence that starts with the server's address. */
export function tlsProblem({ code = "", message }: { readonly code?: string; readonly message: string }) {
  const problem = certificateProblem(code);
  if (problem === unknownAuthority) return `is not trusted: its certificate ${problem}`;
  const [, wanted = "this one", found] = /Host: (\S+?)\. is not in the cert's altnames: (.+)$/.exec(message) ?? [];
  const hosts = found?.replaceAll("DNS:", "").replaceAll("IP Address:", "");
  const which =
    problem === "is for another host" ? ` than ${wanted}${hosts === undefined ? "" : ` (it is for ${hosts})`}` : "";
  if (problem !== undefined)
    return `is not trusted: its certificate ${problem}${which}; docs/access.md says how to change it`;
  return isWithoutTls(code)
    ? `does not speak TLS as it should (${code}): write http:// if it is plain there`
    : undefined;
}
