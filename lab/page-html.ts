/** The lab's page: no file, script or font from anywhere else; every text is set as text, never as HTML. */
export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The lab</title>
<style>
  body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2b36; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e3e8ec; vertical-align: top; }
  .up, .real { color: #16794c; } .down, .firing { color: #b3261e; font-weight: 600; } .pending, .unknown { color: #9a6700; }
  .message { border-left: 4px solid #888; padding: .3rem .8rem; margin: .6rem 0; background: #f6f8fa; white-space: pre-wrap; overflow-wrap: anywhere; }
  .message b { display: block; } .dim { color: #667; font-size: .85em; }
  .good { border-color: #2eb886; } .danger { border-color: #a30200; }
</style>
<h1>The lab</h1>
<p id="links"></p>
<p class="dim">Prometheus and Alertmanager show web pages of their own only in official builds; those that the lab
builds from Go modules have the API alone. This page shows what they know, and what came to Slack.</p>
<p id="trouble" class="down"></p>
<h2>Alerts</h2><table id="alerts"></table>
<h2>Slack, newest first</h2><div id="messages"></div>
<h2>Targets</h2><table id="targets"></table>
<h2>What is real here, and what is not</h2><table id="parts"></table>
<script>
  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text ?? "";
    if (className) made.className = className;
    return made;
  };
  const fill = (id, heads, rows, empty) => {
    const table = document.getElementById(id);
    const head = element("tr");
    head.append(...heads.map((text) => element("th", text)));
    const lines = rows.map((cells) => {
      const line = element("tr");
      line.append(...cells.map(([text, className]) => element("td", text, className)));
      return line;
    });
    table.replaceChildren(...(rows.length ? [head, ...lines] : [element("caption", empty)]));
  };
  const clock = (iso) => new Date(iso).toLocaleTimeString();
  async function show() {
    let state;
    try {
      state = await (await fetch("/state.json")).json();
    } catch {
      document.getElementById("trouble").textContent = "The lab does not answer any more.";
      return;
    }
    document.getElementById("trouble").textContent = state.trouble.join(" ");
    const links = Object.entries(state.links).flatMap(([name, url]) => {
      const link = element("a", name + ": " + url);
      link.href = url;
      return [link, element("br")];
    });
    document.getElementById("links").replaceChildren(...links);
    fill("alerts", ["alert", "instance", "state", "since"],
      state.alerts.map((one) => [[one.name], [one.instance], [one.state, one.state], [clock(one.since)]]), "none active");
    fill("targets", ["job", "instance", "health", ""],
      state.targets.map((one) => [[one.job], [one.instance], [one.health, one.health], [one.error]]), "none known");
    fill("parts", ["part", "what it is", "version", ""],
      state.parts.map((one) => [[one.name], [one.kind, one.kind], [one.version], [one.note]]), "");
    const boxes = state.messages.map((one) => {
      const box = element("div", "", "message " + (one.color ?? ""));
      box.append(element("span", one.channel + "  " + clock(one.at), "dim"), element("b", one.title), one.lines.join("\\n"));
      return box;
    });
    document.getElementById("messages").replaceChildren(...(boxes.length ? boxes : [element("p", "no message yet", "dim")]));
  }
  show();
  setInterval(show, 2000);
</script>
</html>
`;
