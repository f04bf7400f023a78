// What all charts are drawn with: numbers, marks of axes, elements of SVG, and the samples of a key.

export const DASHES = [[7, 4], [2, 3], [], [10, 3, 2, 3], [5, 2], [14, 4]];
export const SVG = "http://www.w3.org/2000/svg";

export const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const color = index => css(`--c${index % 8}`);
export const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
export const compact = new Intl.NumberFormat("en", {notation: "compact", maximumSignificantDigits: 3});
export const few = new Intl.NumberFormat("en", {maximumSignificantDigits: 4});

export function time(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) {
    return "–";
  }
  return ms < 1 ? `${few.format(ms)} ms` : ms < 1000 ? `${few.format(Math.round(ms * 10) / 10)} ms`
    : `${few.format(Math.round(ms / 10) / 100)} s`;
}

export function svg(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Round marks of an axis from 0, at most so many. */
export function marks(most, count) {
  const raw = most / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= raw);
  const found = [];
  for (let mark = 0; mark <= most * 1.0001; mark += step) {
    found.push(mark);
  }
  return found;
}

/** At most 120 rows, at equal distances. */
export function thin(rows) {
  const every = Math.ceil(rows.length / 120);
  return rows.filter((_, index) => index % every === 0);
}

export function empty(box, text) {
  const note = document.createElement("p");
  note.className = "soft";
  note.textContent = text;
  box.append(note);
  return () => note.remove();
}

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
  } else if (shape === "fault") {
    svg(box, "rect", {x: 6, y: 2, width: 24, height: 10, class: "fault axis"});
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
