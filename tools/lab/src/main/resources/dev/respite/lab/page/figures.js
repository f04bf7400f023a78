// The figures of a step: the first is the picture beside the controls, the others follow below. Each begins as an empty frame.

import {sample} from "./chart-kit.js";
import {TITLES} from "./charts.js";
import {element, replaceDetails} from "./fields.js";

/** The picture with its key and player may have so much of the window's height beside its controls, or above them. */
const BESIDE = 0.6;
const ABOVE = 0.43;

const wide = matchMedia("(min-width: 60rem)");
const $ = id => document.getElementById(id);

export class Figures {
  #drawn = [];
  #frame = 0;
  #until;

  /** until() returns the time to draw to. */
  constructor(until) {
    this.#until = until;
    new ResizeObserver(() => this.redraw()).observe($("figures"));
    addEventListener("resize", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    wide.addEventListener("change", placeWords);
    placeWords();
  }

  /** Shows the frames of charts that have no data yet. */
  begin(names) {
    this.#undraw();
    const [title, ...titles] = names.map(name => TITLES[name]);
    const [heading, key, box] = $("picture").children;
    heading.textContent = title;
    key.replaceChildren();
    box.className = "drawing frame";
    box.replaceChildren();
    $("caption").textContent = "";
    $("numbers").replaceChildren();
    $("figures").replaceChildren(...titles.map(title =>
      element("figure", {}, element("h3", {}, title), element("div", {class: "drawing frame"}))));
  }

  /** Shows charts. Those that have none yet keep their frames. */
  show(charts, names) {
    this.#undraw();
    const [first, ...others] = charts;
    const [heading, key, box] = $("picture").children;
    heading.textContent = first.title;
    key.replaceChildren(...keyOf(first));
    box.className = "drawing";
    $("caption").textContent = first.caption;
    replaceDetails($("numbers"), [tableOf(first)]);
    this.#drawn = [{chart: first, box}];
    const figures = others.map(chart => {
      const box = element("div", {class: "drawing"});
      this.#drawn.push({chart, box});
      const key = element("ul", {class: "key"}, ...keyOf(chart));
      return element("figure", chart.isWide ? {class: "wide"} : {}, element("h3", {}, chart.title), key, box,
        element("figcaption", {}, chart.caption), tableOf(chart));
    });
    const frames = names.slice(charts.length).map(name =>
      element("figure", {}, element("h3", {}, TITLES[name]), element("div", {class: "drawing frame"})));
    replaceDetails($("figures"), [...figures, ...frames]);
    this.redraw();
  }

  redraw() {
    if (this.#frame) {
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#drawn.length === 0) {
        return;
      }
      const until = this.#until();
      this.#drawn.forEach((figure, index) => {
        const width = Math.floor(figure.box.clientWidth);
        if (width > 0) {
          const most = index === 0 ? room(figure.box) : Infinity;
          figure.remove?.();
          figure.box.replaceChildren();
          figure.remove = figure.chart.draw(figure.box, width, until, most);
        }
      });
    });
  }

  #undraw() {
    this.#drawn.forEach(figure => figure.remove?.());
    this.#drawn = [];
  }
}

/** The height that the drawing of the picture may have: its title, key and player count too. */
function room(box) {
  const around = $("picture").offsetHeight - box.offsetHeight;
  return Math.max(120, Math.floor(innerHeight * (wide.matches ? BESIDE : ABOVE) - around));
}

/** In a narrow window the controls come before the words about the picture, for the keyboard too. */
function placeWords() {
  $(wide.matches ? "left" : "stage").append($("words"));
}

function keyOf({key}) {
  return key.map(entry => {
    const item = element("li", {});
    item.append(sample(entry), element("span", {}, entry.name));
    return item;
  });
}

function tableOf({title, table, isTableOpen}) {
  const body = element("tbody", {});
  for (const row of table.rows) {
    body.append(element("tr", {}, ...row.map((cell, i) => element("td", Number.isNaN(Number.parseFloat(cell)) && i > 0
      ? {class: "left"} : {}, cell))));
  }
  const head = element("thead", {}, element("tr", {}, ...table.columns.map(name => element("th", {scope: "col"}, name))));
  const grid = element("table", {}, element("caption", {}, title), head, body);
  const scroll = element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": `The numbers: ${title}`}, grid);
  return element("details", isTableOpen ? {open: ""} : {}, element("summary", {}, "The numbers"), scroll);
}
