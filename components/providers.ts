import { Provider as AwsProvider } from "@pulumi/aws";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes";
import { Provider as RandomProvider } from "@pulumi/random";
import type { StackSettings } from "../config";

/**
 * The provider of the cluster. Of the kubeconfig, only the context is an input, so that two machines see no diff; the
 * file is found by the provider itself, as the look-up found it. The setting `alerting:kubeconfig` goes in as it is
 * written, which is the same text for everyone who uses the stack.
 */
export function kubernetesProvider(settings: Pick<StackSettings, "context" | "kubeconfig">): KubernetesProvider {
  // The SDK would make this machine's KUBECONFIG an input, and a replacement of everything on the next machine.
  const ambient = process.env.KUBECONFIG;
  delete process.env.KUBECONFIG;
  try {
    return new KubernetesProvider("cluster", {
      context: settings.context,
      kubeconfig: settings.kubeconfig,
      // A new webhook then updates its Secret, instead of replacing it.
      enableSecretMutable: true,
      // New addresses likewise update the ConfigMap of the outputs, which is never gone meanwhile.
      enableConfigMapMutable: true,
    });
  } finally {
    if (ambient !== undefined) process.env.KUBECONFIG = ambient;
  }
}

/** The provider of the AWS account and region. */
export function awsProvider(settings: StackSettings["aws"]): AwsProvider {
  return new AwsProvider("aws", { region: settings.region as never, profile: settings.profile });
}

/** The provider of the passwords; undefined where none is made, so that no plugin is asked for in vain. */
export function randomProvider({ password }: StackSettings["access"]): RandomProvider | undefined {
  return password ? new RandomProvider("random") : undefined;
}
