import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stringify } from "yaml";
import { mountedSecret } from "./mounted-secret";
import { webClientFiles, webClientSecret, webFiles, webSecret } from "../values/web-values";
import { clientUser, grafanaUser, personUser, webUsers } from "../conventions/web-users";

/** A custom certificate from the secret `alerting:certificate`. */
export interface WebCertificate {
  /** The certificate and the intermediate certificates up to the authority, in PEM. */
  readonly chain: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
  /** What the certificate is checked against: the authorities, or the chain itself. */
  readonly authority: pulumi.Input<string>;
}

export interface WebAccessArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  /** Numbers of the passwords that are accepted; undefined if the pages have no password. */
  readonly passwords?: readonly number[];
  /** The certificate of the servers; undefined if they use plain HTTP. */
  readonly certificate?: WebCertificate;
  /** Whether Grafana gets a user at Prometheus. Default: it does not. */
  readonly admitsGrafana?: boolean;
  /** The provider that creates the passwords. */
  readonly randomProvider?: pulumi.ProviderResource;
}

type Password = random.RandomPassword;

/**
 * The passwords of the pages, and two Secrets: one for the servers with the hashes and the certificate, and one for
 * Prometheus itself with one password. Both change in place and need no restart.
 */
export class WebAccess extends pulumi.ComponentResource {
  public readonly secrets: readonly k8s.core.v1.Secret[];
  /** Grafana's user and password; undefined if it has none. */
  public readonly grafana?: { readonly user: string; readonly password: pulumi.Output<string> };

  constructor(name: string, args: WebAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    // `super` gets no args, because they would become inputs of the component in the state.
    super("alerting:access:WebAccess", name, {}, opts);
    const { namespace, labels, certificate } = args;
    const users = args.passwords && webUsers(args.passwords);
    const made = (kind: string, numbers: readonly number[] = []) =>
      new Map(numbers.map((number) => [number, this.password(`${kind}-${number}`, args.randomProvider)]));
    const people = made("web-password", users?.people);
    const clients = made("web-client-password", users?.clients);
    const grafana = made("web-grafana-password", args.admitsGrafana ? users?.clients : []);
    const hashesOf = (passwords: ReadonlyMap<number, Password>, user: (number: number) => string) =>
      [...passwords].map(([number, { bcryptHash }]) => ({ user: user(number), bcryptHash }));
    const hashes = [...hashesOf(people, personUser), ...hashesOf(clients, clientUser)];
    const config = (of: typeof hashes) => pulumi.all(of).apply((known) => webConfig(known, certificate !== undefined));
    const server = {
      [webFiles.config]: config(hashes),
      ...(grafana.size > 0 && { [webFiles.withGrafana]: config([...hashes, ...hashesOf(grafana, grafanaUser)]) }),
      ...(certificate && { [webFiles.certificate]: certificate.chain, [webFiles.key]: certificate.key }),
    };
    const client = {
      ...(users && {
        [webClientFiles.user]: clientUser(users.used),
        [webClientFiles.password]: clients.get(users.used)!.result,
      }),
      ...(certificate && { [webClientFiles.authority]: certificate.authority }),
    };
    const secret = (childName: string, secretName: string, texts: Readonly<Record<string, pulumi.Input<string>>>) =>
      mountedSecret(childName, { secretName, namespace, labels, texts }, this);
    this.secrets = [secret(name, webSecret, server), secret(`${name}-client`, webClientSecret, client)];
    const used = users && grafana.get(users.used);
    if (users && used) this.grafana = { user: grafanaUser(users.used), password: pulumi.secret(used.result) };
    this.registerOutputs({});
  }

  private password(name: string, provider: pulumi.ProviderResource | undefined): Password {
    // The password has only letters and digits, so that it can be pasted anywhere.
    return new random.RandomPassword(name, { length: 32, special: false }, { parent: this, provider });
  }
}

/**
 * The web configuration file, which Prometheus and Alertmanager read again for every request. Its paths are relative to
 * the file.
 */
export function webConfig(users: readonly { user: string; bcryptHash: string }[], hasCertificate: boolean): string {
  return stringify({
    ...(hasCertificate && {
      tls_server_config: { cert_file: webFiles.certificate, key_file: webFiles.key, min_version: "TLS12" },
    }),
    ...(users.length > 0 && {
      basic_auth_users: Object.fromEntries(users.map(({ user, bcryptHash }) => [user, bcryptHash])),
    }),
  });
}
