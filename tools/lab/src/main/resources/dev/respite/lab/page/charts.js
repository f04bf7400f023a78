// The charts of the page. Each takes what the engine has returned and gives {title, caption, key, table, draw}: draw(box, width, until, most)
// draws into an empty box of so many CSS pixels, as far as the time "until" in milliseconds, at most "most" pixels high. Nothing is told by
// colour alone: lines differ by dashes, marks by shape, and each chart has its numbers as a table.

import {arrivals, lanes, ribbons} from "./chart-calls.js";
import {budget, goodput, queue, requests, retries, tail, wasted} from "./chart-lines.js";
import {breakers, layers, transfer, tree} from "./chart-services.js";

export const CHARTS = {ribbons, lanes, arrivals, requests, goodput, queue, wasted, budget, retries, tail, layers, tree, breakers, transfer};

/** The titles of charts that have no data yet. */
export const TITLES = {
  ribbons: "Attempts and delays, to scale", lanes: "Clients", arrivals: "Retries in 50 ms", requests: "Requests each second",
  goodput: "Goodput: successes each second", queue: "Queue", wasted: "Wasted work", budget: "Budget", retries: "Retries each second",
  tail: "The slowest answers", layers: "Attempts of each layer", tree: "One call that fails", breakers: "Breakers",
  transfer: "Client and bank",
};
