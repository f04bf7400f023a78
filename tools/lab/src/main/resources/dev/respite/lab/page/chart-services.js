// Charts of what happens between services: layers, breakers, a transfer.

import {css, empty, marks, svg, time} from "./chart-kit.js";

/** Requests of each layer for one call, during the fault. */
export function layers(context) {
  const rows = context.observations.flatMap(({policy, fault}) => fault.layers.map(layer =>
    ({policy, name: `${layer.caller} → ${layer.service}`, perCall: layer.attempts / fault.calls})));
  const most = Math.max(...rows.map(row => row.perCall), 1);
  return {
    title: "Attempts of each layer, for one call of a client", isWide: true,
    caption: "Means over the calls that begin and end during the fault.",
    key: [],
    table: {columns: ["policy", "layer", "attempts for each call"], rows: rows.map(row => [row.policy, row.name, row.perCall.toFixed(2)])},
    draw(box, width) {
      if (rows.length === 0) {
        return empty(box, "No call begins and ends during the fault.");
      }
      const row = 38;
      const height = rows.length * row;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": rows.map(each => `${each.policy}, ${each.name}: ${each.perCall.toFixed(2)}`).join("; ")});
      rows.forEach((each, i) => {
        const y = i * row;
        svg(drawing, "text", {x: 0, y: y + 13}, `${each.policy}: ${each.name}`);
        const w = Math.max(2, (width - 60) * each.perCall / most);
        svg(drawing, "rect", {x: 0, y: y + 18, width: w, height: 12, class: each.policy === "none" ? "ok" : "bad"});
        svg(drawing, "text", {x: w + 5, y: y + 29}, each.perCall.toFixed(2));
      });
      return () => drawing.remove();
    },
  };
}

/** The requests of one call during the fault as a tree: a row for each layer, and a line from each request to those that it causes. */
export function tree(context) {
  const {policy, fault} = context.observations.at(-1);
  const rows = rowsOfTree(fault.tree);
  const counts = rows.map(({service, requests}) => `${requests.length === 1 ? "1 request" : `${requests.length} requests`} at '${service}'`);
  return {
    title: `One call that fails, under '${policy}'`, isWide: true,
    caption: "The first call that begins and fails during the fault. Each row has the requests at one service; a line leads to the requests that a request causes.",
    key: [{name: "call", shape: "ring"}, {name: "request that fails", shape: "cross"}],
    table: {columns: ["service", "requests"], rows: rows.map(({service, requests}) => [service, String(requests.length)])},
    draw(box, width, until, most) {
      if (rows.length === 0) {
        return empty(box, "No call begins and fails during the fault.");
      }
      const row = Math.max(40, Math.min(96, (most - 38) / rows.length));
      const height = 38 + rows.length * row;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `1 call, ${counts.join(", ")}`});
      const at = (place, of) => width * (place + 0.5) / of;
      svg(drawing, "text", {x: 0, y: 16, class: "soft"}, "1 call");
      rows.forEach(({requests}, level) => {
        const y = 14 + (level + 1) * row;
        const above = level === 0 ? 1 : rows[level - 1].requests.length;
        const size = Math.min(4, width / requests.length / 2 - 0.7);
        let lines = "";
        let crosses = "";
        requests.forEach(({parent}, i) => {
          const x = at(i, requests.length);
          lines += `M${at(parent, above).toFixed(1)} ${y - row + 6}L${x.toFixed(1)} ${y - 6}`;
          crosses += `M${(x - size).toFixed(1)} ${y - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`;
        });
        svg(drawing, "path", {d: lines, class: "rule", fill: "none"});
        svg(drawing, "path", {d: crosses, class: "bad-line", fill: "none", "stroke-width": Math.min(1.8, size / 1.8)});
        svg(drawing, "text", {x: 0, y: y + 20, class: "soft halo"}, counts[level]);
      });
      svg(drawing, "circle", {cx: at(0, 1), cy: 14, r: 5, class: "hollow"});
      return () => drawing.remove();
    },
  };
}

/** Returns the requests of each layer; each names the place, in the row above, of the request that has caused it. */
function rowsOfTree(calls) {
  const rows = [];
  // The places of the requests of each call.
  const places = new Map();
  const children = new Map();
  for (const {number, parent, service, attempts} of calls) {
    const level = parent === 0 ? 0 : places.get(parent).level + 1;
    rows[level] ??= {service, requests: []};
    // Each request causes one call: a call of the next layer belongs to the next request of its parent.
    const turn = children.get(parent) ?? 0;
    children.set(parent, turn + 1);
    const above = parent === 0 ? 0 : places.get(parent).first + turn;
    places.set(number, {level, first: rows[level].requests.length});
    rows[level].requests.push(...Array.from({length: attempts}, () => ({parent: above})));
  }
  return rows;
}

/** The state of each breaker over time. */
export function breakers(context) {
  const strips = context.observations.map(each => {
    const byBreaker = new Map();
    for (const {atMs, breaker, state} of each.breakers) {
      byBreaker.set(breaker, [...(byBreaker.get(breaker) ?? []), {atMs, state}]);
    }
    return {policy: each.policy, changes: [...byBreaker.values()]};
  });
  const end = context.durationMs;
  const openPart = (changes, at) => changes.filter(of => of.filter(change => change.atMs <= at).at(-1)?.state !== "CLOSED").length
    / changes.length;
  return {
    title: "Breakers", isWide: true,
    caption: "How many of the breakers are not closed, from the bottom up. A policy without breakers has no strip.",
    key: [{name: "open or half open", shape: "area"}, {name: "fault", shape: "fault"}],
    table: {
      columns: ["policy", "breaker", "at", "becomes"],
      rows: strips.flatMap(strip => strip.changes.flatMap((changes, i) => changes.slice(1).map(change =>
        [strip.policy, String(i + 1), time(change.atMs), change.state.toLowerCase().replace("_", " ")]))).slice(0, 200),
    },
    draw(box, width, until, most) {
      const row = Math.max(48, Math.min(88, (most - 22) / strips.length));
      const height = strips.length * row + 22;
      const left = 18;
      const scale = (width - left - 18) / end;
      const x = ms => (left + ms * scale).toFixed(1);
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": "States of the breakers over time; the table has the numbers"});
      strips.forEach(({policy, changes}, i) => {
        const bottom = i * row + row - 6;
        svg(drawing, "text", {x: 0, y: i * row + 13}, changes.length ? `${policy}: ${changes.length === 1 ? "1 breaker" : `${changes.length} breakers`}` : `${policy}: no breaker`);
        for (const fault of context.faults) {
          svg(drawing, "rect", {x: x(fault.atMs), y: i * row + 18, width: fault.durationMs * scale, height: row - 24, class: "fault"});
        }
        let path = `M${left} ${bottom}`;
        const step = end / Math.min(width, 600);
        for (let at = 0; changes.length && at <= Math.min(end, until); at += step) {
          path += `L${x(at)} ${(bottom - (row - 24) * openPart(changes, at)).toFixed(1)}`;
        }
        svg(drawing, "path", {d: `${path}V${bottom}Z`, class: "bad"});
        svg(drawing, "line", {x1: left, x2: x(end), y1: bottom, y2: bottom, class: "axis"});
      });
      for (const at of marks(end, width < 420 ? 4 : 8)) {
        svg(drawing, "text", {x: x(at), y: height - 5, "text-anchor": "middle", class: "soft"}, time(at));
      }
      return () => drawing.remove();
    },
  };
}

/** The attempts of a transfer, and the bank's ledger below. */
export function transfer({transfer}) {
  const end = Math.max(...transfer.attempts.map(attempt => attempt.endMs), 1000);
  return {
    title: "Client and bank", isWide: true,
    caption: "Above, the client's attempts: a cross is one whose response is lost. Below, the bank's entries: filled executes, hollow replays.",
    key: [{name: "response lost", shape: "cross"}, {name: "transfer executed", shape: "filled"}, {name: "replayed", shape: "ring"}],
    isTableOpen: true,
    table: {
      columns: ["at", "entry in the bank's ledger", "amount", "balance"],
      rows: [["", "before", "", String(transfer.startBalance)],
        ...transfer.ledger.map(entry => [time(entry.atMs), entry.text, String(entry.amount), String(entry.balance)])],
    },
    draw(box, width) {
      const left = 52;
      const scale = (width - left - 12) / end;
      const height = 112;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${transfer.attempts.length} attempts; balance ${transfer.startBalance} before, ${transfer.balance} after`});
      svg(drawing, "text", {x: 0, y: 30}, "client");
      svg(drawing, "text", {x: 0, y: 74}, "bank");
      for (const at of marks(end, width < 420 ? 4 : 8)) {
        svg(drawing, "line", {x1: left + at * scale, x2: left + at * scale, y1: 4, y2: height - 22, class: "rule"});
        svg(drawing, "text", {x: Math.min(left + at * scale, width - 16), y: height - 6, "text-anchor": "middle", class: "soft"}, time(at));
      }
      for (const {startMs, endMs, result} of transfer.attempts) {
        const x = left + startMs * scale;
        const w = Math.max(4, (endMs - startMs) * scale);
        svg(drawing, "rect", {x, y: 16, width: w, height: 18, class: result === "SERVED" ? "ok" : "bad"});
        if (result !== "SERVED") {
          svg(drawing, "path", {d: `M${x + w / 2 - 4} 21l8 8m0 -8l-8 8`, stroke: css("--ground"), "stroke-width": 2});
        }
      }
      for (const {atMs, amount} of transfer.ledger) {
        svg(drawing, "circle", {cx: left + atMs * scale, cy: 70, r: 6, class: amount ? "ok" : "hollow"});
      }
      return () => drawing.remove();
    },
  };
}
