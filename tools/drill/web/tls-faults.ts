const unknownAuthority = "is signed by an authority that this machine does not know";

const words: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself, and this machine does not know it",
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
};

const changeIt = "docs/access.md says how it is changed";

/** Whether nobody who is trusted vouches for a certificate: the stack's own authority may. */
export function isUntrusted(code: string | undefined): boolean {
  // One that has expired as well may be told either way.
  return code !== undefined && code in words;
}

/** What is wrong with a server's certificate, or with its TLS: what follows its address in a sentence. */
export function tlsFault({ code = "", message }: { readonly code?: string; readonly message: string }) {
  if (words[code] === unknownAuthority) return `is not trusted: its certificate ${unknownAuthority}`;
  if (words[code] !== undefined) return `is not trusted: its certificate ${words[code]}; ${changeIt}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const [, wanted = "this one", found] = /Host: (\S+?)\. is not in the cert's altnames: (.+)$/.exec(message) ?? [];
    const itsOwn =
      found === undefined ? "" : ` (it is for ${found.replaceAll("DNS:", "").replaceAll("IP Address:", "")})`;
    return `is not trusted: its certificate is for another host than ${wanted}${itsOwn}; ${changeIt}`;
  }
  // A plain server, or a proxy's page.
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code))
    return `does not speak TLS as it should (${code}): write http:// if it is plain there`;
  return undefined;
}
