import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import * as net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import type { Change } from "../../lab/nodes/cluster-view";
import { Gossip } from "../../lab/nodes/gossip";
import type { Route } from "../../lab/nodes/pod-network";
import { freePort } from "../../lab/processes/ports";

const pod = (name: string, uid: string, podIP: string): V1Pod => ({
  metadata: { name, uid, namespace: "monitoring" },
  status: { podIP },
});
const flags = (own: string) => [
  `--cluster.advertise-address=[${own}]:9094`,
  "--cluster.listen-address=127.0.0.1:1",
  "--cluster.peer=am-0.am-headless:9094",
  "--cluster.peer=am-1.am-headless:9094",
  "--cluster.peer=am-2.am-headless:9094",
  "--cluster.peer-timeout=1s",
];
const portIn = (args: readonly string[], index: number) => Number(args[index]?.split(":").at(-1));

describe("the gossip between the lab's Alertmanagers", () => {
  const pods = [pod("am-0", "a", "10.244.0.2"), pod("am-1", "b", "10.244.1.2")];
  const routes = new Map<string, Route>();
  const cluster = Object.assign(new EventEmitter<{ change: [Change] }>(), {
    pods: { list: () => pods, get: (name: string) => pods.find(({ metadata }) => metadata?.name === name) },
  });
  const processes = new Map<string, number>();
  let gossip: Gossip;
  /** For each of both pods: the program, which answers over TCP with what it got, and keeps the packets it got. */
  let programs: { udp: Socket; tcp: net.Server; packets: string[]; relay: number }[];

  beforeEach(async () => {
    gossip = new Gossip(cluster, { route: (host) => routes.get(host) ?? { kind: "unknown", reason: "" } }, (name) =>
      processes.get(name),
    );
    programs = [];
    for (const [index, { metadata, status }] of pods.entries()) {
      const port = await freePort();
      const udp = createSocket("udp4").bind(port, "127.0.0.1");
      const tcp = net.createServer((socket) => socket.on("error", () => undefined).pipe(socket));
      tcp.listen(port, "127.0.0.1");
      await Promise.all([once(udp, "listening"), once(tcp, "listening")]);
      const packets: string[] = [];
      udp.on("message", (data) => packets.push(data.toString()));
      routes.set(status?.podIP ?? "", { kind: "open", port });
      const args = await gossip.rewrite(pods[index]!, flags(status?.podIP ?? ""));
      programs.push({ udp, tcp, packets, relay: portIn(args, 0) });
      assert.equal(metadata?.name, `am-${index}`);
    }
  });
  afterEach(() => {
    gossip.stop();
    processes.clear();
    for (const { udp, tcp } of programs) {
      udp.close();
      tcp.close();
    }
  });

  /** What comes back over TCP from a pod's gossip address: the text, `reset`, or nothing. */
  const answerOver = (index: number): Promise<string> =>
    new Promise((resolve) => {
      const socket = net.connect(programs[index]!.relay, "127.0.0.1", () => socket.write("hello"));
      const end = (seen: string) => {
        socket.destroy();
        resolve(seen);
      };
      socket.on("data", (data) => end(data.toString()));
      socket.on("error", () => end("reset"));
      setTimeout(() => end(""), 150);
    });
  /** Sends a packet from one pod's program to another pod, and returns whether it has arrived. */
  const arrives = async (from: number, to: number): Promise<boolean> => {
    programs[from]!.udp.send("ping", programs[to]!.relay, "127.0.0.1");
    await delay(100);
    return programs[to]!.packets.splice(0).length === 1;
  };

  it("goes to an address that stays the pod's own, and to those of the other pods that exist", async () => {
    const args = await gossip.rewrite(pods[1]!, flags("10.244.1.2"));
    const [first, second] = programs.map(({ relay }) => `127.0.0.1:${relay}`);
    assert.notEqual(first, second);
    assert.deepEqual(args, [
      `--cluster.advertise-address=${second}`,
      "--cluster.listen-address=127.0.0.1:1",
      `--cluster.peer=${first}`,
      `--cluster.peer=${second}`,
      "--cluster.peer-timeout=1s",
    ]);
    assert.deepEqual(await gossip.rewrite(pods[0]!, ["--a", "--cluster.listen-address="]), [
      "--a",
      "--cluster.listen-address=",
    ]);
  });

  it("reaches the program over TCP and UDP", async () => {
    assert.equal(await answerOver(1), "hello");
    assert.equal(await arrives(0, 1), true);
  });

  it("is refused if the program does not run, and gets no answer if the node is dead", async () => {
    routes.set("10.244.1.2", { kind: "refused" });
    assert.deepEqual([await answerOver(1), await arrives(0, 1)], ["reset", false]);
    routes.set("10.244.1.2", { kind: "swallowed" });
    assert.deepEqual([await answerOver(1), await arrives(0, 1)], ["", false]);
  });

  it("is lost in both directions while a pod is cut off, and not any more when it is fixed", async () => {
    gossip.cutOff("am-0");
    assert.deepEqual([await arrives(0, 1), await arrives(1, 0)], [false, false]);
    // This process is not the program of the pod that is cut off, and then it is.
    assert.deepEqual([await answerOver(0), await answerOver(1)], ["", "hello"]);
    processes.set("am-0", process.pid);
    assert.deepEqual([await answerOver(0), await answerOver(1)], ["", ""]);
    gossip.mend("am-0");
    assert.deepEqual([await arrives(0, 1), await arrives(1, 0)], [true, true]);
    assert.deepEqual([await answerOver(0), await answerOver(1)], ["hello", "hello"]);
  });

  it("ends its open connections when a pod is cut off", async () => {
    const socket = net.connect(programs[1]!.relay, "127.0.0.1");
    socket.write("hello");
    await once(socket, "data");
    const closed = once(socket, "close");
    gossip.cutOff("am-0");
    await closed;
  });

  it("gives a new pod of the same name a new address, and gives up the old one", async () => {
    cluster.emit("change", { kind: "pod", gone: true, object: pods[1]! });
    await delay(20);
    assert.equal(await answerOver(1), "reset");
    const args = await gossip.rewrite(pod("am-1", "c", "10.244.1.3"), flags("10.244.1.3"));
    assert.notEqual(portIn(args, 0), programs[1]!.relay);
  });
});
