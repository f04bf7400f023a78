// Charts of single calls and of their attempts.

import {css, marks, svg, thin, time, whole} from "./chart-kit.js";

/** Attempts and delays of calls to scale, one row for each call. */
export function ribbons(context) {
  const {calls} = context.observations[0];
  const end = Math.max(...calls.map(call => call.endMs ?? 0), 1);
  return {
    title: "Attempts and delays, to scale", isWide: true,
    caption: "Each row is one call. A block with a cross is an attempt that fails; the line after it is the delay.",
    key: [{name: "attempt that fails", shape: "cross"}, {name: "delay", shape: "line"}],
    table: {
      columns: ["call", ...calls[0].attempts.map((_, i) => `attempt ${i + 1} at`), "delays together"],
      rows: calls.map((call, i) => [`${i + 1}`, ...call.attempts.map(attempt => time(attempt.startMs)),
        time(call.delays.reduce((sum, delay) => sum + delay.delayMs, 0))]),
    },
    draw(box, width, until, most) {
      const left = width < 420 ? 16 : 24;
      const row = rowOf(calls.length, most, 26, 18, 44);
      const height = calls.length * row + 26;
      const scale = (width - left - 10) / end;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${calls.length} calls; the longest ends after ${time(end)}`});
      for (const mark of marks(end, width < 420 ? 4 : 8)) {
        const x = left + mark * scale;
        svg(drawing, "line", {x1: x, x2: x, y1: 0, y2: height - 22, class: "rule"});
        svg(drawing, "text", {x: Math.min(x, width - 18), y: height - 6, "text-anchor": "middle", class: "soft"}, time(mark));
      }
      calls.forEach((call, i) => {
        const y = i * row + row / 2;
        svg(drawing, "text", {x: 0, y: y + 4, class: "soft"}, i + 1);
        for (const delay of call.delays) {
          svg(drawing, "line", {x1: left + delay.startMs * scale, x2: left + (delay.startMs + delay.delayMs) * scale, y1: y, y2: y,
            class: "waiting", "stroke-width": 2, "stroke-dasharray": "3 3"});
        }
        for (const attempt of call.attempts) {
          const x = left + attempt.startMs * scale;
          // Wide enough for its cross.
          const w = Math.max(9, ((attempt.endMs ?? end) - attempt.startMs) * scale);
          svg(drawing, "rect", {x, y: y - 8, width: w, height: 16, class: attempt.result === "SERVED" ? "ok" : "bad"});
          if (attempt.result !== "SERVED") {
            svg(drawing, "path", {d: `M${x + w / 2 - 3} ${y - 3}l6 6m0 -6l-6 6`, stroke: css("--ground"), "stroke-width": 1.5});
          }
        }
      });
      return () => drawing.remove();
    },
  };
}

/** The height of a row, so that the rows fit below a limit. */
function rowOf(rows, most, rest, least, usual) {
  return Math.max(least, Math.min(usual, Math.floor((most - rest) / rows)));
}

/** The first clients, each in a lane, as far as the playhead. */
export function lanes(context) {
  const observation = context.observations.find(({policy}) => policy === context.taken) ?? context.observations[0];
  const clients = [...new Set(observation.calls.map(call => call.client))].sort((a, b) => a - b);
  const end = context.durationMs;
  const shapes = {SERVED: "filled", FAILED: "cross", TIMED_OUT: "cross", REJECTED: "bar", CANCELLED: "bar"};
  return {
    title: `${clients.length} of the clients, ${observation.policy.replaceAll("-", " ")}`, isWide: true,
    caption: "Each lane is a client. Filled: served. Cross: failed or timed out. Bar: rejected at once. Ring: the budget rejects the retry.",
    key: [{name: "served", shape: "filled"}, {name: "failed", shape: "cross"}, {name: "rejected", shape: "bar"},
      {name: "no budget", shape: "ring"}],
    table: {
      columns: ["client", "call at", "attempts", "ends after", "how"],
      rows: thin(observation.calls.map(call => [String(call.client + 1), time(call.startMs), String(call.attempts.length),
        call.endMs === null ? "–" : time(call.endMs - call.startMs), call.reason.toLowerCase().replaceAll("_", " ")])),
    },
    draw(box, width, until, most) {
      const lane = rowOf(clients.length, most, 24, 6, 11);
      const height = clients.length * lane + 24;
      const canvas = document.createElement("canvas");
      const ratio = devicePixelRatio || 1;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Attempts of ${clients.length} clients over ${time(end)}; the table has the numbers`);
      const draw = canvas.getContext("2d");
      draw.scale(ratio, ratio);
      const scale = (width - 12) / end;
      const x = ms => 6 + ms * scale;
      draw.fillStyle = css("--fault");
      for (const fault of context.faults) {
        draw.fillRect(x(fault.atMs), 0, fault.durationMs * scale, height - 22);
      }
      draw.strokeStyle = css("--rule");
      draw.fillStyle = css("--soft");
      draw.font = "12px system-ui";
      draw.textAlign = "center";
      for (const mark of marks(end, width < 420 ? 4 : 8)) {
        line(draw, x(mark), 0, x(mark), height - 22);
        draw.fillText(time(mark), Math.min(Math.max(x(mark), 14), width - 20), height - 6);
      }
      for (const call of observation.calls) {
        const y = clients.indexOf(call.client) * lane + lane / 2;
        if (call.startMs > until) {
          continue;
        }
        draw.strokeStyle = css("--soft");
        draw.lineWidth = 1;
        line(draw, x(call.startMs), y, x(Math.min(call.endMs ?? until, until)), y);
        for (const attempt of call.attempts.filter(each => each.startMs <= until)) {
          mark(draw, x(attempt.startMs), y, attempt.endMs === null || attempt.endMs > until ? "flight" : shapes[attempt.result]);
        }
        if (call.rejectedMs !== null && call.rejectedMs <= until) {
          mark(draw, x(call.rejectedMs) + 5, y, "ring");
        }
      }
      box.append(canvas);
      return () => canvas.remove();
    },
  };
}

function line(draw, x1, y1, x2, y2) {
  draw.beginPath();
  draw.moveTo(x1, y1);
  draw.lineTo(x2, y2);
  draw.stroke();
}

/** A mark whose shape says how an attempt ended. */
function mark(draw, x, y, shape) {
  draw.lineWidth = 1.8;
  draw.strokeStyle = css("--c1");
  if (shape === "filled") {
    draw.fillStyle = css("--c3");
    draw.beginPath();
    draw.arc(x, y, 3.6, 0, 2 * Math.PI);
    draw.fill();
  } else if (shape === "cross") {
    line(draw, x - 3, y - 3, x + 3, y + 3);
    line(draw, x - 3, y + 3, x + 3, y - 3);
  } else if (shape === "ring") {
    draw.beginPath();
    draw.arc(x, y, 3.2, 0, 2 * Math.PI);
    draw.stroke();
  } else {
    draw.strokeStyle = css(shape === "bar" ? "--c1" : "--soft");
    line(draw, x, y - 4, x, y + 4);
  }
}

/**
 * Retries in short bins, against what the server can take: a panel for each policy, all with the same two axes. First attempts are left out:
 * they come at once under every policy.
 */
export function arrivals(context) {
  const {observations, capacity, durationMs: end} = context;
  const {binMs} = observations[0];
  const perBin = capacity * binMs / 1000;
  const panels = observations.map(({policy, bins}) => ({policy, counts: bins.retries, peak: Math.max(0, ...bins.retries)}));
  const highest = Math.max(perBin, 1, ...panels.map(({peak}) => peak));
  return {
    title: `Retries in ${binMs} ms`, isWide: true,
    caption: `Retries that are sent within ${binMs} ms, without the first attempts. Both panels have the same axes. The dashed line is what the server can`
      + ` take in that time, ${whole.format(perBin)}.`,
    key: [{name: "retries", shape: "block"}, {name: "capacity", index: 7, dash: [3, 3]}, {name: "outage", shape: "fault"}],
    table: {
      columns: ["from", ...panels.map(({policy}) => policy)],
      rows: Array.from({length: Math.max(...panels.map(({counts}) => counts.length))}, (_, i) => i).filter(i => panels.some(({counts}) => counts[i] > 0))
        .slice(0, 120).map(i => [time(i * binMs), ...panels.map(({counts}) => whole.format(counts[i] ?? 0))]),
    },
    draw(box, width, until, most) {
      const panel = Math.max(70, Math.min(150, Math.floor((most - 22) / panels.length)));
      const height = panels.length * panel + 22;
      const left = 44;
      const scale = (width - left - 8) / end;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "data-highest": highest, "data-end": end,
        "aria-label": `Most retries within ${binMs} ms: ${panels.map(({policy, peak}) => `${policy} ${whole.format(peak)}`).join(", ")};`
          + ` capacity ${whole.format(perBin)}`});
      panels.forEach(({policy, counts, peak}, row) => {
        const top = row * panel + 18;
        const bottom = (row + 1) * panel - 4;
        const up = value => bottom - (bottom - top) * value / highest;
        for (const fault of context.faults) {
          svg(drawing, "rect", {x: left + fault.atMs * scale, y: top, width: fault.durationMs * scale, height: bottom - top, class: "fault"});
        }
        for (const at of marks(highest, panel < 100 ? 2 : 4)) {
          svg(drawing, "line", {x1: left, x2: width - 8, y1: up(at), y2: up(at), class: "rule"});
          svg(drawing, "text", {x: left - 4, y: up(at) + 4, "text-anchor": "end", class: "soft"}, whole.format(at));
        }
        let path = "";
        counts.forEach((count, i) => {
          if (count > 0 && i * binMs <= until) {
            path += `M${(left + i * binMs * scale).toFixed(1)} ${bottom}V${up(count).toFixed(1)}`;
          }
        });
        svg(drawing, "path", {d: path, stroke: css("--c2"), "stroke-width": Math.max(1.5, binMs * scale), fill: "none"});
        svg(drawing, "line", {x1: left, x2: width - 8, y1: up(perBin), y2: up(perBin), stroke: css("--c7"), "stroke-dasharray": "3 3"});
        svg(drawing, "text", {x: left, y: top - 5}, `${policy.replaceAll("-", " ")}: at most ${whole.format(peak)}`);
      });
      for (const at of marks(end, width < 420 ? 4 : 8)) {
        svg(drawing, "text", {x: Math.min(left + at * scale, width - 16), y: height - 6, "text-anchor": "middle", class: "soft"}, time(at));
      }
      return () => drawing.remove();
    },
  };
}
