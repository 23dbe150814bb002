import type { IncomingMessage } from "node:http";
import { AuthenticationV1Api, AuthorizationV1Api } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";

/** How long a kubelet caches that a token is authorized. */
const rememberedMs = 120_000;

/** Decides who may send which request to a kubelet. Asks the API server, as kubelets with webhook authorization do. */
export class KubeletAccess {
  private readonly authentication: AuthenticationV1Api;
  private readonly authorization: AuthorizationV1Api;
  private readonly allowed = new Map<string, number>();

  constructor(
    config: KubeConfig,
    private readonly nodeName: string,
  ) {
    this.authentication = config.makeApiClient(AuthenticationV1Api);
    this.authorization = config.makeApiClient(AuthorizationV1Api);
  }

  /** Returns the status 200 if the request is allowed, 401 if it has no valid token, and 403 if it is not permitted. */
  public async statusFor(request: IncomingMessage): Promise<200 | 401 | 403> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) {
      return 401;
    }
    const subresource = (request.url ?? "").startsWith("/metrics") ? "metrics" : "healthz";
    const key = `${subresource} ${token}`;
    if ((this.allowed.get(key) ?? 0) > Date.now()) {
      return 200;
    }
    const review = await this.authentication.createTokenReview({ body: { spec: { token } } });
    const user = review.status?.user;
    if (review.status?.authenticated !== true || user?.username === undefined) {
      return 401;
    }
    const access = await this.authorization.createSubjectAccessReview({
      body: {
        spec: {
          user: user.username,
          groups: user.groups,
          resourceAttributes: { verb: "get", resource: "nodes", subresource, name: this.nodeName },
        },
      },
    });
    if (!access.status?.allowed) {
      return 403;
    }
    this.allowed.set(key, Date.now() + rememberedMs);
    return 200;
  }
}
