import { createPrivateKey, type KeyObject } from "node:crypto";

/** The curves that Go's TLS can sign with, by their OpenSSL names. */
const curves = ["prime256v1", "secp384r1", "secp521r1"];
const usable = "RSA of 1024 bits or more, an elliptic curve (P-256, P-384, P-521) or Ed25519";

/**
 * Reads a private key from a string, or describes its problem without showing any part of the key. `setKey` is the
 * command that sets it.
 */
export function readPrivateKey(text: string, setKey: string): { key?: KeyObject; fault?: string } {
  if (/ENCRYPTED/.test(text)) {
    return {
      fault:
        "has a passphrase, and nobody could be asked for it. Remove it with `openssl pkey`, and set the key again.",
    };
  }
  const key = keyIn(text);
  if (key === undefined) {
    return { fault: `is not a private key in PEM (the value is a secret and not shown). Run \`${setKey}\`.` };
  }
  const kind = kindOf(key);
  if (isUsable(key)) return { key };
  return {
    key,
    fault: `is a kind of key (${kind}) that Prometheus and Alertmanager do not start with; accepted: ${usable}. Get a certificate for such a key.`,
  };
}

function keyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function isUsable({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === "rsa") return (details?.modulusLength ?? 0) >= 1024;
  return type === "ed25519" || (type === "ec" && curves.includes(details?.namedCurve ?? ""));
}

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  const more = details?.namedCurve ?? (details?.modulusLength && `${details.modulusLength} bits`);
  return [type ?? "unknown", ...(more ? [more] : [])].join(", ");
}
