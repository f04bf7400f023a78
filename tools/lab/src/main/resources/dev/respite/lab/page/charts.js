// The charts of the page. Each takes what the engine has returned and gives {title, caption, key, table, draw}: draw(box, width, until)
// draws into an empty box of so many CSS pixels, as far as the time "until" in milliseconds. Nothing is told by colour alone: lines differ by
// dashes, marks by shape, and each chart has its numbers as a table.

import uPlot from "./uPlot.esm.js";

const DASHES = [[7, 4], [2, 3], [], [10, 3, 2, 3], [5, 2], [14, 4]];
const SVG = "http://www.w3.org/2000/svg";

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const color = index => css(`--c${index % 8}`);
const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const compact = new Intl.NumberFormat("en", {notation: "compact", maximumSignificantDigits: 3});
const few = new Intl.NumberFormat("en", {maximumSignificantDigits: 4});

export function time(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) {
    return "–";
  }
  return ms < 1 ? `${few.format(ms)} ms` : ms < 1000 ? `${few.format(Math.round(ms * 10) / 10)} ms`
    : `${few.format(Math.round(ms / 10) / 100)} s`;
}

function svg(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Round marks of an axis from 0, at most so many. */
function marks(most, count) {
  const raw = most / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= raw);
  const found = [];
  for (let mark = 0; mark <= most * 1.0001; mark += step) {
    found.push(mark);
  }
  return found;
}

/**
 * A line chart over time: lines are {name, values, index}, one value for each bin; the index decides how a line looks, and one that
 * isHollow is drawn as hollow bars.
 */
function series({title, caption, lines, binMs, durationMs, limit, faults = [], namesCoincidence = true}) {
  const most = Math.min(Math.floor(durationMs / binMs), Math.max(0, ...lines.map(line => line.values.length)));
  const seconds = Array.from({length: most}, (_, i) => i * binMs / 1000);
  return {
    title, caption: `${caption}${namesCoincidence ? coinciding(lines, most) : ""}`,
    key: lines.map(({name, index, isHollow}) => ({name, index, ...(isHollow ? {shape: "hollow bar"} : {})})).concat(limit ? [{name: limit.name, index: 7, dash: [3, 3]}] : []),
    table: {
      columns: ["second", ...lines.map(line => line.name)],
      rows: thin(seconds.map((second, i) => [few.format(second), ...lines.map(line => few.format(line.values[i] ?? 0))])),
    },
    draw(box, width, until) {
      const height = Math.round(Math.min(260, Math.max(170, width * 0.45)));
      const shown = seconds.filter(second => second * 1000 <= until + 0.5).length;
      if (!lines.length || !most) {
        return empty(box, "There is nothing to draw.");
      }
      const top = Math.max(1, limit?.value ?? 0, ...lines.flatMap(line => line.values.slice(0, most))) * 1.05;
      const plot = new uPlot({
        width, height,
        padding: [8, 8, 0, 0],
        cursor: {show: false},
        legend: {show: false},
        scales: {x: {time: false, range: [0, Math.max(seconds.at(-1) ?? 1, binMs / 1000)]}, y: {range: [0, top]}},
        axes: [axis("s", width < 420 ? 70 : 50), axis("", 30, 62)],
        series: [{}, ...lines.map(({index, isHollow}) => ({
          stroke: color(index), points: {show: false},
          ...(isHollow ? {width: 1, paths: uPlot.paths.bars({size: [0.8, 12]})}
            : {width: 2, dash: DASHES[index % DASHES.length], spanGaps: true}),
        })), ...(limit ? [{stroke: color(7), width: 1, dash: [3, 3], points: {show: false}}] : [])],
        hooks: {drawClear: [plot => shade(plot, faults)]},
      }, [
        seconds,
        // A bar without a height would be a line on the axis.
        ...lines.map(line => seconds.map((_, i) => (i < shown && (line.values[i] || !line.isHollow) ? line.values[i] ?? 0 : null))),
        ...(limit ? [seconds.map(() => limit.value)] : []),
      ], box);
      return () => plot.destroy();
    },
  };
}

/** A sentence on lines that lie on each other nearly everywhere, since the upper one hides the lower. */
function coinciding(lines, length) {
  const top = Math.max(1, ...lines.flatMap(line => line.values.slice(0, length)));
  const near = (one, other) => {
    let same = 0;
    for (let i = 0; i < length; i++) {
      same += Math.abs((one.values[i] ?? 0) - (other.values[i] ?? 0)) <= 0.02 * top ? 1 : 0;
    }
    return same >= 0.9 * length;
  };
  // Each hidden line is named once, with the uppermost of those that hide it.
  const hidden = new Map();
  lines.forEach((lower, i) => {
    const upper = lines.slice(i + 1).findLast(other => near(lower, other));
    if (upper) {
      hidden.set(upper, [...hidden.get(upper) ?? [], lower.name]);
    }
  });
  const texts = [...hidden].map(([{name}, names]) => `${listed(names)} ${names.length > 1 ? "lie" : "lies"} under ${name}`);
  return texts.length ? ` The lines coincide nearly everywhere: ${texts.join(", ")}.` : "";
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}

function axis(label, space, size = 34) {
  return {
    space, size, stroke: css("--soft"), font: "12px system-ui", grid: {stroke: css("--rule"), width: 1},
    ticks: {stroke: css("--rule"), width: 1},
    values: (plot, values) => values.map((value, i) => (value === null ? "" : (value < 10_000 ? few : compact).format(value) + (i === values.length - 1 ? ` ${label}` : ""))),
  };
}

/** A logarithmic axis, with a line for each power of ten only. */
function decades(space, size) {
  const filter = (plot, values) => values.map(value => (Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9 ? value : null));
  const plain = axis("", space, size);
  return {...plain, filter, grid: {...plain.grid, filter}, ticks: {...plain.ticks, filter}};
}

/** The time of the faults behind the lines, with an edge for those who see no colours. */
function shade(plot, faults) {
  const {ctx, bbox} = plot;
  ctx.save();
  for (const fault of faults) {
    const from = plot.valToPos(fault.atMs / 1000, "x", true);
    const to = plot.valToPos((fault.atMs + fault.durationMs) / 1000, "x", true);
    ctx.fillStyle = css("--fault");
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.strokeStyle = css("--soft");
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

/** At most 120 rows, at equal distances. */
function thin(rows) {
  const every = Math.ceil(rows.length / 120);
  return rows.filter((_, index) => index % every === 0);
}

/** Lines of one quantity in bins, per second, one for each policy. */
function counted(context, quantity, more) {
  const {observations} = context;
  const {binMs} = observations[0];
  const merge = Math.max(1, Math.round(1000 / binMs));
  const bins = Math.max(...observations.map(each => each.bins.requests.length), 1);
  return series({
    binMs: binMs * merge,
    durationMs: context.durationMs,
    faults: context.faults,
    lines: observations.map((each, index) => ({
      name: each.policy, index,
      values: Array.from({length: Math.ceil(bins / merge)}, (_, i) =>
        each.bins[quantity].slice(i * merge, (i + 1) * merge).reduce((sum, n) => sum + n, 0) * 1000 / (binMs * merge)),
    })),
    ...more,
  });
}

/** Lines of samples: {name, values}, one value for each bin. Lines without values are left out. */
function sampled(context, lines, more) {
  const {binMs} = context.observations[0];
  const every = Math.max(1, Math.round(500 / binMs));
  return series({
    binMs: binMs * every,
    durationMs: context.durationMs,
    faults: context.faults,
    lines: lines.map((line, index) => ({...line, index, values: line.values.filter((_, i) => i % every === 0)}))
      .filter(line => line.values.length),
    ...more,
  });
}

function requests(context) {
  return counted(context, "requests", {
    title: "Requests each second", caption: "Requests that arrive at the store each second. The shaded time is the fault.",
  });
}

function goodput(context) {
  return counted(context, "succeeded", {
    title: "Goodput: successes each second", caption: "Calls that succeed each second: what the callers get for it.",
  });
}

function queue(context) {
  return sampled(context, context.observations.map(each => ({name: each.policy, values: each.queue})), {
    title: "Queue", caption: "Requests that wait in front of the store.",
  });
}

function wasted(context) {
  return counted(context, "wastedMs", {
    title: "Wasted work",
    caption: "Work of the store for requests whose callers no longer wait, in milliseconds of work each second.",
  });
}

function retries(context) {
  const {observations} = context;
  const lines = observations.filter(each => each.policy !== "none").flatMap(each => [
    {name: `${each.policy}: sent`, values: perSecond(each, "retries")},
    {name: `${each.policy}: rejected by the budget`, values: perSecond(each, "rejectedRetries"), isHollow: true},
  ]);
  return series({
    title: "Retries each second", namesCoincidence: false, binMs: 1000, durationMs: context.durationMs, faults: context.faults,
    lines: lines.map((line, index) => ({...line, index})),
    caption: "Lines: retries that are sent. Hollow bars: retries that the budget rejects, whose calls fail at once instead.",
  });
}

function perSecond(observation, quantity) {
  const merge = Math.max(1, Math.round(1000 / observation.binMs));
  const numbers = observation.bins[quantity];
  return Array.from({length: Math.ceil(numbers.length / merge)}, (_, i) =>
    numbers.slice(i * merge, (i + 1) * merge).reduce((sum, n) => sum + n, 0));
}

function budget(context) {
  const lines = context.observations.filter(({policy}) => policy !== "none").flatMap(accounts);
  return sampled(context, lines, {
    title: "Budget",
    caption: "Retries that the budget of a client would grant now, on average: of ordinary errors such as a 500, and of overload signals such as"
      + " timeouts. A policy has one line if both have the same account, and none without a budget.",
  });
}

/** Returns the lines of a policy's budget. An unlimited budget has no number. The budget of the clients pays. */
function accounts({policy, budgets}) {
  const layer = budgets.find(each => each.retriesLeft.some(left => left !== null));
  if (!layer) {
    return [];
  }
  const ordinary = layer.retriesLeft.map(left => left ?? 0);
  const overload = layer.overloadRetriesLeft.map(left => left ?? 0);
  return ordinary.every((left, i) => left === overload[i]) ? [{name: policy, values: ordinary}]
    : [{name: `${policy}: ordinary errors`, values: ordinary}, {name: `${policy}: overload signals`, values: overload}];
}

/** Draws the number of calls that take longer than a time, on logarithmic axes. */
function tail(context) {
  const curves = context.observations.map(each => ({name: each.policy, pairs: pairs(each.latencyTail).filter(([fraction]) => fraction <= 0.5)}));
  return {
    title: "The slowest answers",
    caption: "The slowest half of the successful calls: the fraction of all that takes at least so long. Each line down is a tenth: 0.01 is the slowest percent.",
    key: curves.map((curve, index) => ({name: curve.name, index})),
    table: {
      columns: ["policy", "fraction of the calls", "take at least"],
      rows: curves.flatMap(curve => thin(curve.pairs).map(([fraction, ms]) => [curve.name, few.format(fraction), time(ms)])),
    },
    draw(box, width) {
      const height = Math.round(Math.min(280, Math.max(180, width * 0.45)));
      const all = [...new Set(curves.flatMap(curve => curve.pairs.map(([, ms]) => ms)))].filter(ms => ms > 0).sort((a, b) => a - b);
      const data = [all, ...curves.map(curve => all.map(ms => {
        const found = curve.pairs.filter(([, at]) => at === ms).at(-1);
        return found ? found[0] : null;
      }))];
      if (all.length < 2) {
        return empty(box, "No call succeeds, so no answer takes any time.");
      }
      const least = Math.min(...curves.flatMap(curve => curve.pairs.map(([fraction]) => fraction)));
      const plot = new uPlot({
        width, height, padding: [8, 12, 0, 0], cursor: {show: false}, legend: {show: false},
        scales: {x: {time: false, distr: 3}, y: {distr: 3, range: [10 ** Math.floor(Math.log10(least)), 1]}},
        axes: [{...decades(50), values: (plot, values) => values.map(value => (value === null ? "" : time(value)))}, decades(26, 66)],
        series: [{}, ...curves.map((curve, index) => ({
          stroke: color(index), width: 2, dash: DASHES[index % DASHES.length], points: {show: false}, spanGaps: true,
        }))],
      }, data, box);
      return () => plot.destroy();
    },
  };
}

function pairs(flat) {
  return Array.from({length: flat.length / 2}, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function empty(box, text) {
  const note = document.createElement("p");
  note.className = "soft";
  note.textContent = text;
  box.append(note);
  return () => note.remove();
}

/** Attempts and delays of calls to scale, one row for each call. */
function ribbons(context) {
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
    draw(box, width) {
      const left = width < 420 ? 16 : 24;
      const row = 26;
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

/** The first clients, each in a lane, as far as the playhead. */
function lanes(context) {
  const observation = context.observations[0];
  const clients = [...new Set(observation.calls.map(call => call.client))].sort((a, b) => a - b);
  const end = context.durationMs;
  const shapes = {SERVED: "filled", FAILED: "cross", TIMED_OUT: "cross", REJECTED: "bar", CANCELLED: "bar"};
  return {
    title: `${clients.length} of the clients`, isWide: true,
    caption: "Each lane is a client. Filled: served. Cross: failed or timed out. Bar: rejected at once. Ring: the budget rejects the retry.",
    key: [{name: "served", shape: "filled"}, {name: "failed", shape: "cross"}, {name: "rejected", shape: "bar"},
      {name: "no budget", shape: "ring"}],
    table: {
      columns: ["client", "call at", "attempts", "ends after", "how"],
      rows: thin(observation.calls.map(call => [String(call.client + 1), time(call.startMs), String(call.attempts.length),
        call.endMs === null ? "–" : time(call.endMs - call.startMs), call.reason.toLowerCase().replaceAll("_", " ")])),
    },
    draw(box, width, until) {
      const lane = 11;
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

/** Attempts in short bins, against what the server can take. */
function arrivals(context) {
  const observation = context.observations[0];
  const {binMs, bins} = observation;
  const perBin = context.capacity * binMs / 1000;
  const length = Math.max(bins.firstAttempts.length, bins.retries.length);
  const counts = Array.from({length}, (_, i) => (bins.firstAttempts[i] ?? 0) + (bins.retries[i] ?? 0));
  const most = Math.max(...counts, perBin, 1);
  const peak = Math.max(0, ...bins.retries);
  return {
    title: `Arrivals in ${binMs} ms`, isWide: true,
    caption: `Attempts that are sent within ${binMs} ms. The line is what the server can take in that time, ${whole.format(perBin)}.`
      + ` The most retries at once are ${whole.format(peak)}.`,
    key: [{name: "attempts", shape: "block"}, {name: "capacity", index: 7, dash: [3, 3]}],
    table: {
      columns: ["from", "attempts"],
      rows: counts.map((count, i) => [time(i * binMs), whole.format(count)]).filter((_, i) => counts[i] > 0).slice(0, 120),
    },
    draw(box, width, until) {
      const height = 190;
      const left = 44;
      const bottom = height - 22;
      const end = context.durationMs;
      const scale = (width - left - 8) / end;
      const up = value => bottom - (bottom - 8) * value / most;
      const drawing = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `At most ${whole.format(Math.max(...counts))} attempts within ${binMs} ms; capacity ${whole.format(perBin)}`});
      for (const fault of context.faults) {
        svg(drawing, "rect", {x: left + fault.atMs * scale, y: 8, width: fault.durationMs * scale, height: bottom - 8, class: "fault"});
      }
      for (const at of marks(most, 4)) {
        svg(drawing, "line", {x1: left, x2: width - 8, y1: up(at), y2: up(at), class: "rule"});
        svg(drawing, "text", {x: left - 4, y: up(at) + 4, "text-anchor": "end", class: "soft"}, whole.format(at));
      }
      for (const at of marks(end, width < 420 ? 4 : 8)) {
        svg(drawing, "text", {x: Math.min(left + at * scale, width - 16), y: height - 6, "text-anchor": "middle", class: "soft"}, time(at));
      }
      let path = "";
      counts.forEach((count, i) => {
        if (count > 0 && i * binMs <= until) {
          path += `M${(left + i * binMs * scale).toFixed(1)} ${bottom}V${up(count).toFixed(1)}`;
        }
      });
      svg(drawing, "path", {d: path, stroke: css("--c2"), "stroke-width": Math.max(1.5, binMs * scale), fill: "none"});
      svg(drawing, "line", {x1: left, x2: width - 8, y1: up(perBin), y2: up(perBin), stroke: css("--c7"), "stroke-dasharray": "3 3"});
      return () => drawing.remove();
    },
  };
}

/** Requests of each layer for one call, during the fault. */
function layers(context) {
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
function tree(context) {
  const {policy, fault} = context.observations.at(-1);
  const rows = rowsOfTree(fault.tree);
  const counts = rows.map(({service, requests}) => `${requests.length === 1 ? "1 request" : `${requests.length} requests`} at '${service}'`);
  return {
    title: `One call that fails, under '${policy}'`, isWide: true,
    caption: "The first call that begins and fails during the fault. Each row has the requests at one service; a line leads to the requests that a request causes.",
    key: [{name: "call", shape: "ring"}, {name: "request that fails", shape: "cross"}],
    table: {columns: ["service", "requests"], rows: rows.map(({service, requests}) => [service, String(requests.length)])},
    draw(box, width) {
      if (rows.length === 0) {
        return empty(box, "No call begins and fails during the fault.");
      }
      const row = 62;
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
function breakers(context) {
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
    key: [{name: "open or half open", shape: "area"}],
    table: {
      columns: ["policy", "breaker", "at", "becomes"],
      rows: strips.flatMap(strip => strip.changes.flatMap((changes, i) => changes.slice(1).map(change =>
        [strip.policy, String(i + 1), time(change.atMs), change.state.toLowerCase().replace("_", " ")]))).slice(0, 200),
    },
    draw(box, width, until) {
      const row = 56;
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
function transfer({transfer}) {
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

export const CHARTS = {ribbons, lanes, arrivals, requests, goodput, queue, wasted, budget, retries, tail, layers, tree, breakers, transfer};

/** The sample of a line or a mark in a key. */
export function sample({index = 2, dash, shape}) {
  const box = document.createElementNS(SVG, "svg");
  box.setAttribute("viewBox", "0 0 36 14");
  box.setAttribute("aria-hidden", "true");
  if (shape === "filled") {
    svg(box, "circle", {cx: 18, cy: 7, r: 5, class: "ok"});
  } else if (shape === "cross") {
    svg(box, "path", {d: "M13 2l10 10m0 -10l-10 10", class: "bad-line", "stroke-width": 2});
  } else if (shape === "ring") {
    svg(box, "circle", {cx: 18, cy: 7, r: 4.5, class: "hollow"});
  } else if (shape === "bar") {
    svg(box, "path", {d: "M18 1v12", class: "bad-line", "stroke-width": 2});
  } else if (shape === "block" || shape === "area") {
    svg(box, "rect", {x: 6, y: 2, width: 24, height: 10, class: shape === "block" ? "block" : "bad"});
  } else if (shape === "hollow bar") {
    svg(box, "rect", {x: 13, y: 1.5, width: 10, height: 11, fill: "none", class: `line${index % 8}`, "stroke-width": 1.5});
  } else if (shape === "line") {
    svg(box, "path", {d: "M2 7h32", class: "waiting", "stroke-width": 2, "stroke-dasharray": "3 3"});
  } else {
    svg(box, "path", {d: "M1 7h34", class: `line${index % 8}`, "stroke-width": 2,
      "stroke-dasharray": (dash ?? DASHES[index % DASHES.length]).join(" ") || "none"});
  }
  return box;
}
