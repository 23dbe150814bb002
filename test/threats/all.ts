import { accessThreats } from "./access";
import { fileSystemThreats } from "./file-system";
import { networkThreats } from "./network";
import { podsThreats } from "./pods";
import { secretsThreats } from "./secrets";
import { supplyThreats } from "./supply";
import type { Threat } from "./threat";

/** Every threat that docs/security.md lists, by section. */
export const sections: readonly { readonly name: string; readonly threats: readonly Threat[] }[] = [
  { name: "Access to the pages", threats: accessThreats },
  { name: "Pods", threats: podsThreats },
  { name: "Network", threats: networkThreats },
  { name: "File system", threats: fileSystemThreats },
  { name: "Secrets", threats: secretsThreats },
  { name: "Supply chain", threats: supplyThreats },
];
