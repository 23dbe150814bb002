import { accessDoors } from "./access";
import { accessToolsDoors } from "./access-tools";
import type { Door } from "./door";
import { fileSystemDoors } from "./file-system";
import { networkDoors } from "./network";
import { podDoors } from "./pods";
import { secretDoors } from "./secrets";
import { supplyDoors } from "./supply";

/** Doors of one kind. */
export interface Room {
  readonly name: string;
  readonly doors: readonly Door[];
}

/** Every door, room by room: what docs/security.md lists and `npm run doors` tries. */
export const rooms: readonly Room[] = [
  { name: "Who may look", doors: [...accessDoors, ...accessToolsDoors] },
  { name: "What pods may do", doors: podDoors },
  { name: "Who may talk to whom", doors: networkDoors },
  { name: "The file system", doors: fileSystemDoors },
  { name: "The secrets", doors: secretDoors },
  { name: "What is deployed", doors: supplyDoors },
];
