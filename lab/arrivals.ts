import { EventEmitter } from "node:events";

/** Collects the items that have arrived, and notifies waiting callers, so that no caller has to poll. */
export class Arrivals<Item> {
  private readonly items: Item[] = [];
  private readonly emitter = new EventEmitter<{ item: [Item] }>();

  /** `what` names the items in error messages. */
  constructor(private readonly what: string) {
    this.emitter.setMaxListeners(0);
  }

  public get all(): readonly Item[] {
    return this.items;
  }

  public add(item: Item): void {
    this.items.push(item);
    this.emitter.emit("item", item);
  }

  /**
   * Returns the first matching item, after the first `from` items. If none has arrived yet, waits until one arrives or
   * the time-out is over.
   */
  public next(match: (item: Item) => boolean, timeoutMs: number, from = 0): Promise<Item> {
    const here = this.items.slice(from).find(match);
    if (here !== undefined) {
      return Promise.resolve(here);
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.emitter.off("item", onItem);
      };
      const onItem = (item: Item) => {
        if (match(item)) {
          end();
          resolve(item);
        }
      };
      const timer = setTimeout(() => {
        end();
        reject(
          new Error(
            `The ${this.what} that was waited for did not come within ${timeoutMs / 1000} s; ${this.items.length} others came.`,
          ),
        );
      }, timeoutMs);
      this.emitter.on("item", onItem);
    });
  }

  /**
   * Resolves when no item has arrived for `silenceMs`, or for `firstMs` if no item has arrived at all. Rejects if items
   * still arrive after `timeoutMs`.
   */
  public quiet(silenceMs: number, timeoutMs: number, firstMs = silenceMs): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(silence);
        clearTimeout(patience);
        this.emitter.off("item", restart);
      };
      const done = () => {
        end();
        resolve();
      };
      const restart = () => {
        clearTimeout(silence);
        silence = setTimeout(done, silenceMs);
      };
      let silence = setTimeout(done, firstMs);
      const patience = setTimeout(() => {
        end();
        reject(
          new Error(`A ${this.what} still comes at least every ${silenceMs / 1000} s after ${timeoutMs / 1000} s.`),
        );
      }, timeoutMs);
      this.emitter.on("item", restart);
    });
  }
}
