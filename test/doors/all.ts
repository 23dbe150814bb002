import type { Door } from "./door";

/** Doors of one kind. */
export interface Room {
  readonly name: string;
  readonly doors: readonly Door[];
}

/** Every door, room by room: what docs/security.md lists and `npm run doors` tries. */
export const rooms: readonly Room[] = [];
